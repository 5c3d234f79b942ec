#include "tests/unit/ledger/ledger_backend.h"
#include "tests/unit/ledger/ledger_fixture.h"
#include "tests/unit/ledger/plain_sqlite.h"

namespace tidewaiter {
namespace {

class SqliteBackend final : public LedgerBackend {
 public:
  LedgerPaths new_place(const std::filesystem::path& folder) override { return paths_in(folder); }

  /// As it is on disk, with its WAL.
  void copy_tables(const LedgerPaths& from, const LedgerPaths& to) override {
    for (const char* suffix : {"", "-wal", "-shm"}) {
      const std::string source = from.database.string() + suffix;
      std::filesystem::remove(to.database.string() + suffix);
      if (!std::filesystem::exists(source)) continue;
      std::filesystem::copy_file(source, to.database.string() + suffix);
    }
  }

  std::string run_as_owner(const LedgerPaths& paths, const OwnersSql& sql) override {
    return plain_sql(paths.database, sql.sqlite);
  }
};

}  // namespace

std::unique_ptr<LedgerBackend> make_ledger_backend() { return std::make_unique<SqliteBackend>(); }

}  // namespace tidewaiter
