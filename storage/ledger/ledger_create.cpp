#include <filesystem>
#include <span>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>
#include <sodium.h>

#include "storage/evidence/vault.h"
#include "storage/files/durable_file.h"
#include "storage/ledger/creation.h"
#include "storage/ledger/entry.h"
#include "storage/ledger/entry_type.h"
#include "storage/ledger/key_file.h"
#include "storage/ledger/ledger.h"
#include "storage/ledger/ledger_server.h"
#include "storage/ledger/lock_store.h"
#include "storage/ledger/merkle.h"
#include "storage/ledger/schema.h"
#include "storage/ledger/signed_note.h"
#include "storage/ledger/signer.h"
#include "storage/ledger/tree_store.h"
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
Result<void> write_first_entry(LedgerStore& store, const VerifierKey& verifier, UtcTime now,
                               const std::optional<FormerLedger>& former) {
  const std::string vkey = format_verifier_key(verifier);
  EntryStamp stamp{now, {}};
  randombytes_buf(stamp.nonce.data(), stamp.nonce.size());
  nlohmann::json fields = {{"origin", verifier.name}, {"vkey", vkey}};
  if (former) fields["previous"] = former_to_json(*former);
  LedgerCommit commit;
  commit.events.push_back({std::string(kCreatedType), fields.dump()});
  const auto first = build_event(kCreatedType, commit.events[0].fields, stamp);
  if (!first) return tl::unexpected(first.error());
  CompactRange range;
  const std::string nodes = append_leaf(range, leaf_hash(first->body));
  return store.in_transaction([&]() -> Result<void> {
    if (auto put = store.put_identity({verifier.name, vkey}, now); !put) return put;
    return store.put_commit({commit, 0, std::span(&*first, 1), std::span(&nodes, 1), now});
  });
}

/// Signs entry 0 as head 1, re-read from the disk like every head.
Result<void> sign_first_entry(const LedgerPaths& paths, LedgerStore& store,
                              const std::string& origin, const SigningKey& key, UtcTime now) {
  auto lock = LockStore::open(paths.lock, origin);
  if (!lock) return tl::unexpected(lock.error());
  const auto tree = rederive_tree(store, std::nullopt);
  if (!tree) return tl::unexpected(tree.error());
  const auto head = publish_head({origin, {tree->size(), tree->root()}, {}}, NumberedNote{},
                                 {key, *lock, store}, now);
  if (!head) return tl::unexpected(head.error());
  return {};
}

tl::unexpected<Error> there_already(const std::string& place) {
  return fail(ErrorCode::kRefused, "`" + place + "` is there already; nothing was changed");
}

/// That none of a ledger's parts is there.
Result<void> check_absent(const LedgerPaths& paths) {
  if (paths.server) {
    const Result<bool> there = paths.server->has_ledger();
    if (!there) return tl::unexpected(there.error());
    if (*there) return there_already(paths.server->name());
  }
  for (const auto& path :
       {paths.database, paths.lock, paths.key, verifier_key_file(paths.key), paths.vault}) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return there_already(path.string());
  }
  return {};
}

/// Key, lock store and vault; what is made is told to `undo`.
Result<void> make_parts(const LedgerPaths& paths, const std::string& origin, const SigningKey& key,
                        Undo& undo) {
  const std::filesystem::path public_key = verifier_key_file(paths.key);
  auto made = create_key_file(paths.key, key);
  if (!made) return made;
  undo.add(paths.key);
  made = create_file(public_key, kEverybodyReads,
                     format_verifier_key({origin, key.public_key()}) + "\n");
  if (!made) return made;
  undo.add(public_key);
  made = LockStore::create(paths.lock, origin);
  if (made || made.error().code != ErrorCode::kRefused) undo.add(paths.lock);
  if (!made) return made;
  made = Vault::create(paths.vault, paths.vault_key);
  if (made || made.error().code != ErrorCode::kRefused) undo.add(paths.vault);
  return made;
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
  if (auto absent = check_absent(paths); !absent) return absent;
  const auto key = SigningKey::generate();
  if (!key) return tl::unexpected(key.error());

  Undo undo;
  auto made = make_parts(paths, origin, *key, undo);
  if (!made) return made;
  if (!paths.server) {
    made = create_sqlite_file(paths.database, kDatabaseMode, kLedgerIdentity, SqliteJournal::kWal,
                              ledger_schema());
    if (made || made.error().code != ErrorCode::kRefused) undo.add(paths.database);
    if (!made) return made;
  }
  {
    const auto store = open_store(paths, Mode::kReadWrite);
    if (!store) return tl::unexpected(store.error());
    made = write_first_entry(**store, {origin, key->public_key()}, now, former);
    // On a server nothing is taken back, and entry 0 without its key would be nobody's. Where the
    // answer was lost it may be there (creation.h).
    if (paths.server && (made || made.error().code == ErrorCode::kUnavailable)) undo.dismiss();
    if (!made) return made;
    made = sign_first_entry(paths, **store, origin, *key, now);
    if (!made) return made;
  }
  undo.dismiss();
  return {};
}

Result<void> finish_creation(const LedgerPaths& paths, UtcTime now) {
  const auto key = read_key_file(paths.key);
  if (!key) return tl::unexpected(key.error());
  const auto store = open_store(paths, Ledger::Mode::kReadWrite);
  if (!store) return tl::unexpected(store.error());
  const auto identity = (*store)->identity();
  if (!identity) return tl::unexpected(identity.error());
  if (format_verifier_key({identity->origin, key->public_key()}) != identity->verifier_key) {
    return fail(ErrorCode::kRefused, "the signing key `" + paths.key.string() +
                                         "` is not the one of the ledger that `" +
                                         place_of_tables(paths) + "` holds");
  }
  return sign_first_entry(paths, **store, identity->origin, *key, now);
}

}  // namespace tidewaiter
