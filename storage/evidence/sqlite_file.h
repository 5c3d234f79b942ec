#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "policies/model/error.h"

namespace SQLite {  // NOLINT(readability-identifier-naming): not ours
class Database;
class Exception;
}  // namespace SQLite

namespace tidewaiter {

/// A SQLite file's kind and the version of its schema, as its header holds them.
struct SqliteIdentity {
  std::int32_t application_id = 0;
  std::int32_t version = 0;
  std::string_view what;  ///< "ledger", for messages
};

/// How a file keeps its promises: kWal is WAL with synchronous=FULL; kRollback a rollback journal
/// with synchronous=EXTRA (the directory is synced too) and secure_delete=ON.
enum class SqliteJournal : std::uint8_t { kWal, kRollback };

enum class SqliteAccess : std::uint8_t { kReadOnly, kReadWrite };

/// Our error for a SQLite one. `doing`: "commit to the ledger".
/// kUnavailable: disk full, read-only, locked, not openable; kCorruption: damaged, not a database;
/// kRefused: a constraint or a trigger.
[[nodiscard]] Error sqlite_error(const SQLite::Exception& exception, std::string_view doing);

/// Makes a file that must not be there yet, with these bytes; synced with its directory on return.
/// Errors: kRefused if it is there, kUnavailable.
[[nodiscard]] Result<void> create_file(const std::filesystem::path& path, mode_t mode,
                                       std::string_view bytes);

/// Makes a database with `schema` and nothing else. Errors as create_file.
[[nodiscard]] Result<void> create_sqlite_file(const std::filesystem::path& path, mode_t mode,
                                              const SqliteIdentity& identity, SqliteJournal journal,
                                              std::span<const std::string_view> schema);

/// Opens a database that is there: trusted_schema=OFF, cell_size_check=ON, a busy timeout of five
/// seconds. Errors: kNotFound; kCorruption if it is another kind of file; kRefused for a newer
/// schema; kUnavailable.
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> open_sqlite_file(
    const std::filesystem::path& path, SqliteAccess access, const SqliteIdentity& identity,
    SqliteJournal journal);

}  // namespace tidewaiter
