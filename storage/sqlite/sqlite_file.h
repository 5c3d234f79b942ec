#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "policies/model/error.h"
#include "policies/model/time.h"

namespace SQLite {
class Database;
}

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

/// Files that SQLite may keep beside a database; the empty suffix is the database itself.
inline constexpr std::array<std::string_view, 4> kSqliteSuffixes{"", "-wal", "-shm", "-journal"};

inline constexpr Duration kSqliteBusyTimeout{5 * kSecond.us};

/// Makes a database with `schema` and nothing else. Errors as create_file.
[[nodiscard]] Result<void> create_sqlite_file(const std::filesystem::path& path, mode_t mode,
                                              const SqliteIdentity& identity, SqliteJournal journal,
                                              std::span<const std::string_view> schema);

/// Opens a database that is there: connect_sqlite(), identify_sqlite(), and for writing
/// enforce_journal(). Errors: those of the three, and kRefused for a database without tables.
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> open_sqlite_file(
    const std::filesystem::path& path, SqliteAccess access, const SqliteIdentity& identity,
    SqliteJournal journal);

// The parts of open_sqlite_file(), for a store that fills an empty file itself.

/// Opens a file that is there, whatever it holds, with trusted_schema=OFF and cell_size_check=ON.
/// Errors: kNotFound, naming `what` is looked for; kUnavailable, kCorruption.
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> connect_sqlite(
    const std::filesystem::path& path, SqliteAccess access, std::string_view what,
    Duration busy_timeout = kSqliteBusyTimeout);

enum class SqliteContent : std::uint8_t { kEmpty, kKnown };

/// Compares a database's header with `identity`. Changes nothing.
/// Errors: kRefused for another program's database or a newer schema. SQLite::Exception passes
/// through.
[[nodiscard]] Result<SqliteContent> identify_sqlite(SQLite::Database& database,
                                                    const std::filesystem::path& path,
                                                    const SqliteIdentity& identity);

/// Puts a writable connection and its file into the mode that `journal` promises. A copy that was
/// restored (`VACUUM INTO`, a dump) comes in another one.
/// Errors: kUnavailable if the file stays in another mode. SQLite::Exception passes through.
[[nodiscard]] Result<void> enforce_journal(SQLite::Database& database,
                                           const std::filesystem::path& path,
                                           SqliteJournal journal);

}  // namespace tidewaiter
