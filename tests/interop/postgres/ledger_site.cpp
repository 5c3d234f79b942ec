#include "ledger_site.h"

#include "storage/postgres/ledger_database.h"
#include "storage/postgres/ledger_schema.h"

namespace tidewaiter {
namespace {

constexpr const char* kTemplate = "ledger_template";

}  // namespace

LedgerSite* LedgerSite::instance() {
  static const std::unique_ptr<LedgerSite> site = [] {
    const auto programs = postgres_programs();
    return programs ? std::unique_ptr<LedgerSite>(new LedgerSite(*programs)) : nullptr;
  }();
  return site.get();
}

LedgerSite::LedgerSite(const std::filesystem::path& programs) : server_(programs) {
  Sql owner = server_.owner();
  owner.run(std::string("CREATE ROLE ") + kRole + " LOGIN PASSWORD '" + kPassword + "'");
  owner.run(std::string("CREATE DATABASE ") + kTemplate);
  owner_of(kTemplate).run(ledger_schema_sql(kRole));
}

std::string LedgerSite::new_database() {
  const std::string name = "ledger_" + std::to_string(++made_);
  copy_database(kTemplate, name);
  return name;
}

void LedgerSite::copy_database(const std::string& from, const std::string& to) {
  Sql owner = server_.owner();
  owner.run("DROP DATABASE IF EXISTS " + to + " WITH (FORCE)");
  owner.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + from +
            "'");
  owner.run("CREATE DATABASE " + to + " TEMPLATE " + from);
}

std::string LedgerSite::url_of(const std::string& database, const std::string& role) const {
  std::string host;
  for (const char c : server_.host()) host += c == '/' ? std::string("%2F") : std::string(1, c);
  return "postgresql://" + role + "@" + host + "/" + database;
}

std::shared_ptr<const LedgerServer> LedgerSite::server_for(const std::string& database) {
  PostgresPlace place;
  place.url = read_database_url(url_of(database)).value();
  place.password = [](const std::function<void(std::string_view)>& use) -> Result<void> {
    use(kPassword);
    return {};
  };
  auto server = make_ledger_database(std::move(place));
  names_[server.get()] = database;
  return server;
}

}  // namespace tidewaiter
