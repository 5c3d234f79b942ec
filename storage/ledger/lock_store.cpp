#include "storage/ledger/lock_store.h"

#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/ledger/schema.h"
#include "storage/sqlite/sqlite_error.h"

namespace tidewaiter {
namespace {

constexpr mode_t kMode = 0640;

Result<std::unique_ptr<SQLite::Database>> open_lock(const std::filesystem::path& path) {
  return open_sqlite_file(path, SqliteAccess::kReadWrite, kLockIdentity, SqliteJournal::kRollback);
}

}  // namespace

LockStore::LockStore(std::unique_ptr<SQLite::Database> database) : database_(std::move(database)) {}
LockStore::LockStore(LockStore&&) noexcept = default;
LockStore& LockStore::operator=(LockStore&&) noexcept = default;
LockStore::~LockStore() = default;

Result<void> LockStore::create(const std::filesystem::path& path, const std::string& origin) {
  if (auto made =
          create_sqlite_file(path, kMode, kLockIdentity, SqliteJournal::kRollback, lock_schema());
      !made) {
    return made;
  }
  auto database = open_lock(path);
  if (!database) return tl::unexpected(database.error());
  try {
    SQLite::Statement insert(**database, "INSERT INTO head VALUES (1, ?, 0, '')");
    insert.bind(1, origin);
    insert.exec();
    return {};
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "create the lock store"));
  }
}

Result<LockStore> LockStore::open(const std::filesystem::path& path, const std::string& origin) {
  auto database = open_lock(path);
  if (!database) return tl::unexpected(database.error());
  try {
    SQLite::Statement select(**database, "SELECT origin FROM head");
    if (!select.executeStep()) {
      return fail(ErrorCode::kCorruption, "the lock store `" + path.string() + "` is empty");
    }
    const std::string locked = select.getColumn(0).getString();
    if (locked != origin) {
      return fail(ErrorCode::kRefused, "the lock store `" + path.string() +
                                           "` belongs to the origin `" + locked +
                                           "`, the ledger is `" + origin + "`");
    }
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the lock store"));
  }
  return LockStore(std::move(*database));
}

Result<NumberedNote> LockStore::head() const {
  try {
    SQLite::Statement select(*database_, "SELECT number, note FROM head");
    if (!select.executeStep()) return fail(ErrorCode::kCorruption, "the lock store is empty");
    return NumberedNote{select.getColumn(0).getInt64(), select.getColumn(1).getString()};
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the lock store"));
  }
}

Result<void> LockStore::swap(const NumberedNote& old, const NumberedNote& next) {
  try {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement update(*database_,
                             "UPDATE head SET number = ?, note = ? WHERE number = ? AND note = ?");
    update.bind(1, next.number);
    update.bind(2, next.note);
    update.bind(3, old.number);
    update.bind(4, old.note);
    if (update.exec() != 1) {
      return fail(ErrorCode::kRefused,
                  "another process has signed a head since this one read the lock store; "
                  "only one may write: stop one of them, then start the other again");
    }
    transaction.commit();
    return {};
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "write the lock store"));
  }
}

}  // namespace tidewaiter
