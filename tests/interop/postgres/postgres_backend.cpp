#include "ledger_site.h"
#include "tests/unit/ledger/ledger_backend.h"
#include "tests/unit/ledger/ledger_fixture.h"

namespace tidewaiter {
namespace {

class PostgresBackend final : public LedgerBackend {
 public:
  explicit PostgresBackend(LedgerSite& site) : site_(site) {}

  LedgerPaths new_place(const std::filesystem::path& folder) override {
    LedgerPaths paths = paths_in(folder);
    paths.server = site_.server_for(site_.new_database());
    return paths;
  }
  void copy_tables(const LedgerPaths& from, const LedgerPaths& to) override {
    site_.copy_database(site_.database_of(from), site_.database_of(to));
  }
  std::string run_as_owner(const LedgerPaths& paths, const OwnersSql& sql) override {
    return site_.owner_of(site_.database_of(paths))
        .error_of("SET search_path = tidewaiter, pg_catalog; " + sql.postgres);
  }

 private:
  LedgerSite& site_;
};

}  // namespace

std::unique_ptr<LedgerBackend> make_ledger_backend() {
  LedgerSite* const site = LedgerSite::instance();
  return site == nullptr ? nullptr : std::make_unique<PostgresBackend>(*site);
}

}  // namespace tidewaiter
