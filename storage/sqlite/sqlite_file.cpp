#include "storage/sqlite/sqlite_file.h"

#include <system_error>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/files/durable_file.h"
#include "storage/sqlite/sqlite_error.h"

namespace tidewaiter {
namespace {

std::string quoted(const std::filesystem::path& path) { return "`" + path.string() + "`"; }

int milliseconds(Duration duration) { return static_cast<int>(duration.us / 1000); }

}  // namespace

Result<void> create_sqlite_file(const std::filesystem::path& path, mode_t mode,
                                const SqliteIdentity& identity, SqliteJournal journal,
                                std::span<const std::string_view> schema) {
  if (auto made = create_file(path, mode, ""); !made) return made;
  auto database = connect_sqlite(path, SqliteAccess::kReadWrite, identity.what);
  if (!database) return tl::unexpected(database.error());
  try {
    if (auto kept = enforce_journal(**database, path, journal); !kept) return kept;
    SQLite::Transaction transaction(**database, SQLite::TransactionBehavior::IMMEDIATE);
    for (const std::string_view statement : schema) (*database)->exec(std::string(statement));
    (*database)->exec("PRAGMA application_id = " + std::to_string(identity.application_id));
    (*database)->exec("PRAGMA user_version = " + std::to_string(identity.version));
    transaction.commit();
    return {};
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "create " + quoted(path)));
  }
}

Result<std::unique_ptr<SQLite::Database>> open_sqlite_file(const std::filesystem::path& path,
                                                           SqliteAccess access,
                                                           const SqliteIdentity& identity,
                                                           SqliteJournal journal) {
  auto database = connect_sqlite(path, access, identity.what);
  if (!database) return database;
  try {
    const auto content = identify_sqlite(**database, path, identity);
    if (!content) return tl::unexpected(content.error());
    if (*content == SqliteContent::kEmpty) {
      return fail(ErrorCode::kRefused,
                  quoted(path) + " is an empty database, but no " + std::string(identity.what));
    }
    if (access == SqliteAccess::kReadWrite) {
      if (auto kept = enforce_journal(**database, path, journal); !kept) {
        return tl::unexpected(kept.error());
      }
    }
    return database;
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "open " + quoted(path)));
  }
}

Result<std::unique_ptr<SQLite::Database>> connect_sqlite(const std::filesystem::path& path,
                                                         SqliteAccess access, std::string_view what,
                                                         Duration busy_timeout) {
  std::error_code ignored;  // what cannot be looked at cannot be opened either, which says why
  if (!std::filesystem::exists(path, ignored) && !ignored) {
    return fail(ErrorCode::kNotFound, "there is no " + std::string(what) + " at " + quoted(path));
  }
  try {
    const int flags =
        access == SqliteAccess::kReadOnly ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE;
    auto database =
        std::make_unique<SQLite::Database>(path.string(), flags, milliseconds(busy_timeout));
    database->exec("PRAGMA trusted_schema = OFF");
    database->exec("PRAGMA cell_size_check = ON");
    return database;
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "open " + quoted(path)));
  }
}

Result<SqliteContent> identify_sqlite(SQLite::Database& database, const std::filesystem::path& path,
                                      const SqliteIdentity& identity) {
  const int application = database.execAndGet("PRAGMA application_id").getInt();
  const int version = database.execAndGet("PRAGMA user_version").getInt();
  if (application == 0 && version == 0 &&
      database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt64() == 0) {
    return SqliteContent::kEmpty;
  }
  if (application != identity.application_id || version < 1) {
    return fail(ErrorCode::kRefused, quoted(path) + " is another program's database, no " +
                                         std::string(identity.what) + ": name another path");
  }
  if (version > identity.version) {
    return fail(ErrorCode::kRefused, quoted(path) + " has schema version " +
                                         std::to_string(version) + ", this program knows " +
                                         std::to_string(identity.version) +
                                         ": use the version that wrote it, or a newer one");
  }
  return SqliteContent::kKnown;
}

Result<void> enforce_journal(SQLite::Database& database, const std::filesystem::path& path,
                             SqliteJournal journal) {
  const std::string wanted = journal == SqliteJournal::kWal ? "wal" : "delete";
  const std::string mode = database.execAndGet("PRAGMA journal_mode = " + wanted).getString();
  if (mode != wanted) {
    return fail(ErrorCode::kUnavailable, quoted(path) + " is in journal mode `" + mode +
                                             "` and cannot be put into `" + wanted +
                                             "`: keep it on a file system that has locks and "
                                             "shared memory");
  }
  if (journal == SqliteJournal::kWal) {
    database.exec("PRAGMA synchronous = FULL");
  } else {
    database.exec("PRAGMA synchronous = EXTRA");
    database.exec("PRAGMA secure_delete = ON");
  }
  return {};
}

}  // namespace tidewaiter
