#include "storage/ledger/creation.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/evidence/vault.h"
#include "storage/files/durable_file.h"
#include "storage/ledger/key_file.h"
#include "storage/ledger/ledger_server.h"
#include "storage/ledger/schema.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {
namespace {

/// What one part of a ledger holds.
struct Part {
  bool there = false;
  std::optional<std::int64_t> rows;  ///< absent: half-made, it cannot be read
};

/// Counts by `sql` in a database whose making may have been cut off anywhere.
Result<Part> look_at(const std::filesystem::path& path, const SqliteIdentity& identity,
                     const std::string& sql) {
  const auto there = is_there(path);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return Part{};
  Part part{true, std::nullopt};
  // Writable: a killed creation may leave a journal that SQLite has to roll back before it reads.
  auto database = connect_sqlite(path, SqliteAccess::kReadWrite, identity.what);
  if (!database) {
    if (database.error().code == ErrorCode::kCorruption) return part;
    return tl::unexpected(database.error());
  }
  try {
    const auto content = identify_sqlite(**database, path, identity);
    if (!content) return tl::unexpected(content.error());
    if (*content == SqliteContent::kKnown) part.rows = (*database)->execAndGet(sql).getInt64();
    return part;
  } catch (const SQLite::Exception& e) {
    Error error = sqlite_error(e, "read `" + path.string() + "`");
    if (error.code == ErrorCode::kCorruption) return part;
    return tl::unexpected(std::move(error));
  }
}

tl::unexpected<Error> more_than_a_creation(const LedgerPaths& paths, std::int64_t entries,
                                           std::int64_t heads, std::int64_t keys) {
  return fail(ErrorCode::kRefused,
              "`" + place_of_tables(paths) + "` with its lock store and vault holds " +
                  std::to_string(entries) + " entries, " + std::to_string(heads) +
                  " signed heads and " + std::to_string(keys) +
                  " keys of subjects, which is not what an unfinished creation leaves");
}

/// What a server holds.
struct ServerPart {
  std::int64_t entries = 0;
  std::int64_t heads = 0;
};

Result<ServerPart> look_at_server(const LedgerServer& server) {
  const auto there = server.has_ledger();
  if (!there) return tl::unexpected(there.error());
  if (!*there) return ServerPart{};
  const auto store = server.open(Ledger::Mode::kReadOnly);
  if (!store) return tl::unexpected(store.error());
  const auto entries = (*store)->size();
  if (!entries) return tl::unexpected(entries.error());
  const auto heads = (*store)->count_checkpoints();
  if (!heads) return tl::unexpected(heads.error());
  return ServerPart{*entries, *heads};
}

Result<CreationState> judge_server(const LedgerPaths& paths, const Part& lock, const Part& vault) {
  const auto server = look_at_server(*paths.server);
  if (!server) return tl::unexpected(server.error());
  const std::int64_t heads = std::max(server->heads, lock.rows.value_or(0));
  const std::int64_t keys = vault.rows.value_or(0);
  if (server->entries == 0 && heads == 0 && keys == 0) return CreationState::kUnfinished;
  const auto key = is_there(paths.key);
  if (!key) return tl::unexpected(key.error());
  const bool whole = lock.rows && vault.rows && *key;
  if (!whole || server->entries != 1 || heads > 1 || keys > 0 || lock.rows < server->heads) {
    return more_than_a_creation(paths, server->entries, heads, keys);
  }
  return heads == 0 ? CreationState::kUnsigned : CreationState::kFinished;
}

}  // namespace

Result<CreationState> inspect_creation(const LedgerPaths& paths) {
  const auto lock =
      look_at(paths.lock, kLockIdentity, "SELECT count(*) FROM head WHERE note <> ''");
  if (!lock) return tl::unexpected(lock.error());
  const auto vault = look_at(paths.vault, kVaultIdentity, "SELECT count(*) FROM subject_key");
  if (!vault) return tl::unexpected(vault.error());
  if (paths.server) return judge_server(paths, *lock, *vault);
  const auto entry = look_at(paths.database, kLedgerIdentity, "SELECT count(*) FROM entry");
  if (!entry) return tl::unexpected(entry.error());
  const auto head = look_at(paths.database, kLedgerIdentity, "SELECT count(*) FROM checkpoint");
  if (!head) return tl::unexpected(head.error());

  const std::int64_t entries = entry->rows.value_or(0);
  const std::int64_t heads = std::max(head->rows.value_or(0), lock->rows.value_or(0));
  const std::int64_t keys = vault->rows.value_or(0);
  if (entries > 1 || heads > 1 || keys > 0) {
    return more_than_a_creation(paths, entries, heads, keys);
  }
  if (heads == 0) {
    // The lock store is made before the database: one that is gone or damaged may have held a head.
    if (!entry->there || lock->rows) return CreationState::kUnfinished;
    return fail(ErrorCode::kRefused, "there is `" + paths.database.string() +
                                         "`, but its lock store `" + paths.lock.string() +
                                         "` is missing or damaged, so that nobody can tell whether "
                                         "anything was signed");
  }
  const auto key = is_there(paths.key);
  if (!key) return tl::unexpected(key.error());
  if (lock->rows == 1 && entries == 1 && vault->rows && *key) return CreationState::kFinished;
  return more_than_a_creation(paths, entries, heads, keys);
}

Result<void> remove_unfinished(const LedgerPaths& paths) {
  for (const auto& part :
       {paths.database, paths.lock, paths.vault, paths.key, verifier_key_file(paths.key)}) {
    for (const std::string_view suffix : kSqliteSuffixes) {
      if (auto gone = remove_file(part.string() + std::string(suffix)); !gone) return gone;
    }
  }
  return {};
}

}  // namespace tidewaiter
