#include "storage/sqlite/compact.h"

#include <string>

#include <SQLiteCpp/SQLiteCpp.h>

namespace tidewaiter {
namespace {

bool empties_wal(SQLite::Database& database) {
  // The pragma's first column is 1 where a reader or writer was in the way.
  return database.execAndGet("PRAGMA wal_checkpoint(TRUNCATE)").getInt() == 0;
}

}  // namespace

Result<void> compact_sqlite(SQLite::Database& database, const std::filesystem::path& path) {
  database.exec("PRAGMA secure_delete = ON");
  if (empties_wal(database)) {
    database.exec("VACUUM");
    if (empties_wal(database)) return {};
  }
  return fail(ErrorCode::kUnavailable,
              "another process reads `" + path.string() +
                  "`, whose write-ahead log holds what was erased: end it, and try again");
}

}  // namespace tidewaiter
