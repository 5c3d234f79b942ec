#include <filesystem>
#include <system_error>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <nlohmann/json.hpp>
#include <sodium.h>

#include "storage/evidence/vault.h"
#include "storage/files/durable_file.h"
#include "storage/ledger/entry.h"
#include "storage/ledger/entry_type.h"
#include "storage/ledger/key_file.h"
#include "storage/ledger/ledger.h"
#include "storage/ledger/ledger_writer.h"
#include "storage/ledger/lock_store.h"
#include "storage/ledger/merkle.h"
#include "storage/ledger/schema.h"
#include "storage/ledger/signed_note.h"
#include "storage/ledger/signer.h"
#include "storage/ledger/tree_store.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {
namespace {

constexpr mode_t kDatabaseMode = 0640;
constexpr mode_t kEverybodyReads = 0444;

/// Removes what create() has made so far, unless it is told that all is well.
class Undo {
 public:
  Undo() = default;
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;
  ~Undo() {
    std::error_code ignored;
    for (const auto& path : made_) {
      for (const std::string_view suffix : kSqliteSuffixes) {
        std::filesystem::remove(path.string() + std::string(suffix), ignored);
      }
    }
  }
  void add(std::filesystem::path path) { made_.push_back(std::move(path)); }
  void dismiss() { made_.clear(); }

 private:
  std::vector<std::filesystem::path> made_;
};

/// The row of table `ledger` and entry 0.
Result<void> write_first_entry(const LedgerPaths& paths, const VerifierKey& verifier, UtcTime now,
                               const std::optional<FormerLedger>& former) {
  auto database = open_sqlite_file(paths.database, SqliteAccess::kReadWrite, kLedgerIdentity,
                                   SqliteJournal::kWal);
  if (!database) return tl::unexpected(database.error());
  const std::string vkey = format_verifier_key(verifier);
  EntryStamp stamp{now, {}};
  randombytes_buf(stamp.nonce.data(), stamp.nonce.size());
  nlohmann::json fields = {{"origin", verifier.name}, {"vkey", vkey}};
  if (former) fields["previous"] = former_to_json(*former);
  const auto first = build_event(kCreatedType, fields.dump(), stamp);
  if (!first) return tl::unexpected(first.error());
  try {
    SQLite::Transaction transaction(**database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement insert(**database, "INSERT INTO ledger VALUES (1, ?, ?, ?)");
    insert.bind(1, verifier.name);
    insert.bind(2, vkey);
    insert.bind(3, now.us);
    insert.exec();
    CompactRange range;
    const std::string nodes = append_leaf(range, leaf_hash(first->body));
    LedgerWriter(**database).put_entry(0, nodes, *first);
    transaction.commit();
    return {};
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "write the ledger's first entry"));
  }
}

/// Signs entry 0 as head 1, re-read from the disk like every head.
Result<void> sign_first_entry(const LedgerPaths& paths, const std::string& origin,
                              const SigningKey& key, UtcTime now) {
  auto lock = LockStore::open(paths.lock, origin);
  if (!lock) return tl::unexpected(lock.error());
  auto database = open_sqlite_file(paths.database, SqliteAccess::kReadWrite, kLedgerIdentity,
                                   SqliteJournal::kWal);
  if (!database) return tl::unexpected(database.error());
  const auto tree = rederive_tree(paths.database, std::nullopt);
  if (!tree) return tl::unexpected(tree.error());
  try {
    LedgerWriter rows(**database);
    const auto head = publish_head({origin, {tree->size(), tree->root()}, {}}, NumberedNote{},
                                   {key, *lock, rows}, now);
    if (!head) return tl::unexpected(head.error());
    return {};
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "prepare the ledger for its first head"));
  }
}

}  // namespace

Result<void> Ledger::create(const LedgerPaths& paths, const std::string& origin, UtcTime now,
                            const std::optional<FormerLedger>& former) {
  if (!is_key_name(origin)) {
    return fail(ErrorCode::kInvalidInput, "an origin has no spaces and no `+`, got `" + origin +
                                              "`; expected one such as "
                                              "`tidewaiter.example.org/ledger`");
  }
  if (former) {
    if (auto head = former_head(*former, origin); !head) return tl::unexpected(head.error());
  }
  const std::filesystem::path public_key = verifier_key_file(paths.key);
  for (const auto& path : {paths.database, paths.lock, paths.key, public_key, paths.vault}) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) {
      return fail(ErrorCode::kRefused,
                  "`" + path.string() + "` is there already; nothing was changed");
    }
  }
  const auto key = SigningKey::generate();
  if (!key) return tl::unexpected(key.error());
  const VerifierKey verifier{origin, key->public_key()};

  Undo undo;
  auto made = create_key_file(paths.key, *key);
  if (!made) return made;
  undo.add(paths.key);
  made = create_file(public_key, kEverybodyReads, format_verifier_key(verifier) + "\n");
  if (!made) return made;
  undo.add(public_key);
  made = LockStore::create(paths.lock, origin);
  if (made || made.error().code != ErrorCode::kRefused) undo.add(paths.lock);
  if (!made) return made;
  made = Vault::create(paths.vault, paths.vault_key);
  if (made || made.error().code != ErrorCode::kRefused) undo.add(paths.vault);
  if (!made) return made;
  made = create_sqlite_file(paths.database, kDatabaseMode, kLedgerIdentity, SqliteJournal::kWal,
                            ledger_schema());
  if (made || made.error().code != ErrorCode::kRefused) undo.add(paths.database);
  if (!made) return made;
  made = write_first_entry(paths, verifier, now, former);
  if (!made) return made;
  made = sign_first_entry(paths, origin, *key, now);
  if (!made) return made;
  undo.dismiss();
  return {};
}

}  // namespace tidewaiter
