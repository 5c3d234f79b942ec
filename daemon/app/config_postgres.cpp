#include <array>
#include <utility>

#include "daemon/app/config_reader.h"
#include "storage/postgres/ledger_database.h"

namespace tidewaiter {
namespace {

/// The variables that reading a secret asks for: no other secret of the environment is kept.
Variables variables_for(const std::optional<SecretRef>& secret, const Variables& variables) {
  Variables kept;
  if (!secret) return kept;
  const std::string name =
      secret->kind == SecretRef::Kind::kEnv ? secret->name : "CREDENTIALS_DIRECTORY";
  if (const auto found = variables.find(name); found != variables.end()) kept.insert(*found);
  return kept;
}

}  // namespace

void read_ledger_postgres(ConfigReader& reader, const YamlNode& node, Config& config) {
  static constexpr std::array<std::string_view, 2> kKeys = {"url", "password"};
  if (!reader.map(node, "`postgres`", kKeys)) return;
  const YamlNode* url = node.find("url");
  if (url == nullptr) {
    reader.error(node.span, kMissingKey, "`postgres` needs `url`",
                 "name the database: `postgresql://ROLE@HOST/DATABASE`");
    return;
  }
  LedgerPostgres postgres;
  if (const auto text = reader.text(*url, "`url`")) {
    postgres.url = *text;
    if (const auto read = read_database_url(*text); !read) {
      reader.error(url->span, kConfigUrl, read.error().message,
                   "write `postgresql://ROLE@HOST/DATABASE`, and name the password's place in "
                   "`password`");
      return;
    }
  }
  if (const YamlNode* password = node.find("password")) {
    postgres.password = read_secret_ref(reader, *password, "password", config);
  }
  config.ledger.postgres = std::move(postgres);
}

std::shared_ptr<const LedgerServer> ledger_server(const std::optional<LedgerPostgres>& postgres,
                                                  const Variables& variables) {
  if (!postgres) return nullptr;
  auto url = read_database_url(postgres->url);
  if (!url) return nullptr;  // told where it was read
  PostgresPlace place{std::move(*url), {}};
  if (postgres->password) {
    place.password = [ref = *postgres->password,
                      kept = variables_for(postgres->password, variables)](
                         const std::function<void(std::string_view)>& use) -> Result<void> {
      const Result<Secret> secret = read_secret(ref, kept);
      if (!secret) return tl::unexpected(secret.error());
      use(secret->expose());
      return {};
    };
  }
  return make_ledger_database(std::move(place));
}

}  // namespace tidewaiter
