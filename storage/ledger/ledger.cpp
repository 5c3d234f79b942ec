#include "storage/ledger/ledger.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>
#include <sodium.h>

#include "storage/evidence/vault.h"
#include "storage/files/durable_file.h"
#include "storage/ledger/commit_entries.h"
#include "storage/ledger/commit_rules.h"
#include "storage/ledger/key_file.h"
#include "storage/ledger/ledger_server.h"
#include "storage/ledger/lock_store.h"
#include "storage/ledger/merkle.h"
#include "storage/ledger/signed_heads.h"
#include "storage/ledger/signed_note.h"
#include "storage/ledger/signer.h"
#include "storage/ledger/sqlite_store.h"
#include "storage/ledger/tree_store.h"

namespace tidewaiter {
namespace {

tl::unexpected<Error> not_alone(std::string_view what) {
  return fail(ErrorCode::kRefused,
              "the ledger has other " + std::string(what) +
                  " than this process has written: another process has appended, of which only one "
                  "may, or the answer to a commit was lost");
}

tl::unexpected<Error> read_only() {
  return fail(ErrorCode::kRefused, "the ledger was opened for reading only");
}

/// What only a process that writes has.
struct WriterParts {
  SigningKey key;
  LockStore lock;
  Vault vault;
  CompactRange range;  ///< of all committed entries
  UtcTime last_ts;     ///< of the last entry
  LogOffset offset;    ///< that the ledger has judged up to
};

/// The write path over whatever store the tables are in.
class StoredLedger final : public Ledger {
 public:
  StoredLedger(std::unique_ptr<LedgerStore> store, LedgerIdentity identity, VerifierKey verifier)
      : store_(std::move(store)), identity_(std::move(identity)), verifier_(std::move(verifier)) {}

  /// Takes key, lock store and vault, derives the whole tree from the entries' bytes, and checks
  /// the database against the lock store.
  Result<void> become_writer(const LedgerPaths& paths);

  Result<LedgerReceipt> commit(const LedgerCommit& commit, UtcTime now) override;
  Result<Checkpoint> sign(UtcTime now) override;

  Result<TreeHead> head() const override {
    const auto size = store_->size();
    if (!size) return tl::unexpected(size.error());
    return tree_head(*store_, *size);
  }
  Result<std::optional<Checkpoint>> signed_head() const override {
    auto last = store_->last_checkpoint();
    if (!last) return tl::unexpected(last.error());
    if (!*last) return std::optional<Checkpoint>();
    return std::optional(std::move((*last)->checkpoint));
  }
  const std::string& origin() const override { return identity_.origin; }
  std::string verifier_key() const override { return identity_.verifier_key; }

  Result<std::string> entry(std::int64_t index) const override { return store_->entry(index); }
  Result<std::vector<Disclosure>> disclosures(std::int64_t index) const override {
    return store_->disclosures(index);
  }
  Result<Digest> node(NodeId node) const override { return store_->node(node); }
  Result<std::vector<Digest>> inclusion_proof(std::int64_t index,
                                              std::int64_t size) const override {
    if (auto inside = check_size(size); !inside) return tl::unexpected(inside.error());
    return build_inclusion_proof(index, size, node_reader(*store_));
  }
  Result<std::vector<Digest>> consistency_proof(std::int64_t old_size,
                                                std::int64_t size) const override {
    if (auto inside = check_size(size); !inside) return tl::unexpected(inside.error());
    return build_consistency_proof(old_size, size, node_reader(*store_));
  }

  Result<Position> position() const override {
    auto basis = store_->basis();
    if (!basis) return tl::unexpected(basis.error());
    return std::move(basis->position);
  }
  Result<std::vector<FindingState>> findings(const FindingQuery& query) const override {
    return store_->findings(query);
  }
  Result<std::optional<UtcTime>> earliest_run() const override { return store_->earliest_run(); }
  Result<std::string> coverage() const override { return store_->coverage(); }
  Result<std::vector<OutboxMessage>> pending(std::int64_t limit) const override {
    return store_->pending(limit);
  }
  Result<std::vector<NoticedMessage>> messages_after(std::int64_t last) const override {
    return store_->messages_after(last);
  }
  Result<void> mark_sent(std::int64_t outbox_id, UtcTime now) override {
    if (!writer_) return read_only();
    return store_->mark_sent(outbox_id, now);
  }

 private:
  Result<void> check_size(std::int64_t size) const;
  Result<void> check_alone() const;
  Result<void> check_alone(const CommitBasis& basis) const;
  Result<NumberedCheckpoint> reconcile();
  Result<void> check_new_subject(const std::string& subject) const;
  Result<void> append(const LedgerCommit& commit, UtcTime ts, CompactRange& range);
  Result<UtcTime> entry_time(std::int64_t index) const;

  std::unique_ptr<LedgerStore> store_;
  LedgerIdentity identity_;
  VerifierKey verifier_;
  std::optional<WriterParts> writer_;
};

Result<void> StoredLedger::become_writer(const LedgerPaths& paths) {
  auto key = read_key_file(paths.key);
  if (!key) return tl::unexpected(key.error());
  if (key->public_key() != verifier_.key) {
    return fail(ErrorCode::kRefused,
                "the signing key `" + paths.key.string() + "` is not the one of this ledger");
  }
  auto lock = LockStore::open(paths.lock, identity_.origin);
  if (!lock) return tl::unexpected(lock.error());
  auto vault = Vault::open(paths.vault, paths.vault_key);
  if (!vault) return tl::unexpected(vault.error());
  // What was signed once is not trusted either: a changed entry below a signed head would stay.
  auto range = rederive_tree(*store_, std::nullopt);
  if (!range) return tl::unexpected(range.error());
  if (range->size() == 0) {
    return fail(ErrorCode::kCorruption, "the ledger has no entries, not even its first");
  }
  const auto last_ts = entry_time(range->size() - 1);
  if (!last_ts) return tl::unexpected(last_ts.error());
  const auto basis = store_->basis();
  if (!basis) return tl::unexpected(basis.error());
  writer_.emplace(WriterParts{std::move(*key), std::move(*lock), std::move(*vault),
                              std::move(*range), *last_ts, basis->position.offset});
  const auto last = reconcile();
  if (!last) return tl::unexpected(last.error());
  return {};
}

/// The `ts` of an entry. Errors: kNotFound, kCorruption if it has none.
Result<UtcTime> StoredLedger::entry_time(std::int64_t index) const {
  const auto body = store_->entry(index);
  if (!body) return tl::unexpected(body.error());
  const auto entry = nlohmann::json::parse(*body, nullptr, false);
  if (entry.is_object() && entry.contains("ts") && entry["ts"].is_string()) {
    if (auto time = parse_time(entry["ts"].get_ref<const std::string&>())) return *time;
  }
  return fail(ErrorCode::kCorruption, "entry " + std::to_string(index) + " has no time");
}

Result<void> StoredLedger::check_size(std::int64_t size) const {
  const auto all = store_->size();
  if (!all) return tl::unexpected(all.error());
  if (size > *all) {
    return fail(ErrorCode::kInvalidInput, "the ledger has " + std::to_string(*all) +
                                              " entries, a proof was asked for size " +
                                              std::to_string(size));
  }
  return {};
}

/// The tree in memory is that of the database as long as nobody else appends.
Result<void> StoredLedger::check_alone() const {
  const auto size = store_->size();
  if (!size) return tl::unexpected(size.error());
  if (*size == writer_->range.size()) return {};
  return not_alone("entries");
}

/// A commit without entries moves the offset, and may put messages, which would be put again.
Result<void> StoredLedger::check_alone(const CommitBasis& basis) const {
  if (auto alone = check_alone(); !alone) return alone;
  if (basis.position.offset == writer_->offset) return {};
  return not_alone("judgements");
}

Result<LedgerReceipt> StoredLedger::commit(const LedgerCommit& commit, UtcTime now) {
  if (!writer_) return read_only();
  CompactRange range = writer_->range;
  const UtcTime ts = std::max(now, writer_->last_ts);
  LedgerReceipt receipt{range.size(), range.size()};
  const auto done = store_->in_transaction([&] { return append(commit, ts, range); });
  if (!done) return tl::unexpected(done.error());
  // INVARIANT: memory follows the disk, never the other way.
  if (range.size() != receipt.size) writer_->last_ts = ts;
  if (commit.offset) writer_->offset = *commit.offset;
  receipt.size = range.size();
  writer_->range = std::move(range);
  return receipt;
}

Result<void> StoredLedger::append(const LedgerCommit& commit, UtcTime ts, CompactRange& range) {
  const auto basis = store_->basis();
  if (!basis) return tl::unexpected(basis.error());
  if (auto alone = check_alone(*basis); !alone) return alone;
  if (auto follows = check_commit(commit, *basis); !follows) return follows;
  const auto may_make = [this](const std::string& subject) { return check_new_subject(subject); };
  const auto entries = build_entries(commit, writer_->vault, may_make, ts);
  if (!entries) return tl::unexpected(entries.error());
  const std::int64_t first = range.size();
  std::vector<std::string> nodes;
  nodes.reserve(entries->size());
  for (const BuiltEntry& entry : *entries) {
    nodes.push_back(append_leaf(range, leaf_hash(entry.body)));
  }
  return store_->put_commit({commit, first, *entries, nodes, ts});
}

/// A subject that findings name had a key. With a second one, destroying "the" key would erase half
/// of what is known of it.
Result<void> StoredLedger::check_new_subject(const std::string& subject) const {
  const auto finding = store_->finding_about(subject);
  if (!finding) return tl::unexpected(finding.error());
  if (!*finding) return {};
  return fail(ErrorCode::kRefused, "the vault has no key for the subject of finding `" + **finding +
                                       "`, who had one: an older or empty vault was put back; "
                                       "restore the right one, no second key is made");
}

/// Compares the database with the lock store, and takes over a head that was swapped in there but
/// not stored here before a crash. Gives the last signed head.
Result<NumberedCheckpoint> StoredLedger::reconcile() {
  auto last = check_signed_heads(*store_, writer_->lock, verifier_);
  if (!last) return tl::unexpected(last.error());
  if (last->stored) return std::move(last->locked);
  const auto at = entry_time(last->locked.checkpoint.head.size - 1);
  if (!at) return tl::unexpected(at.error());
  if (auto stored = store_->put_checkpoint(last->locked, *at); !stored) {
    return tl::unexpected(stored.error());
  }
  return std::move(last->locked);
}

Result<Checkpoint> StoredLedger::sign(UtcTime now) {
  if (!writer_) return read_only();
  if (auto alone = check_alone(); !alone) return tl::unexpected(alone.error());
  auto last = reconcile();
  if (!last) return tl::unexpected(last.error());
  if (last->checkpoint.head.size == writer_->range.size()) return std::move(last->checkpoint);

  const auto tree = rederive_tree(*store_, last->checkpoint.head);
  if (!tree) return tl::unexpected(tree.error());
  const TreeHead head{tree->size(), tree->root()};
  if (head != TreeHead{writer_->range.size(), writer_->range.root()}) {
    return fail(ErrorCode::kCorruption,
                "the ledger on disk has another root than the one that was committed; not signed");
  }
  return publish_head({identity_.origin, head, {}}, {last->number, last->checkpoint.note},
                      {writer_->key, writer_->lock, *store_}, now);
}

}  // namespace

std::string place_of_tables(const LedgerPaths& paths) {
  return paths.server ? paths.server->name() : paths.database.string();
}

Result<bool> has_ledger(const LedgerPaths& paths) {
  return paths.server ? paths.server->has_ledger() : is_there(paths.database);
}

Result<void> require_file(const LedgerPaths& paths, std::string_view doing,
                          std::string_view instead) {
  if (!paths.server) return {};
  return fail(ErrorCode::kRefused, std::string(doing) +
                                       " is not done with a ledger on a server (`" +
                                       paths.server->name() + "`): " + std::string(instead));
}

Result<std::unique_ptr<LedgerStore>> open_store(const LedgerPaths& paths, Ledger::Mode mode) {
  return paths.server ? paths.server->open(mode) : open_sqlite_store(paths.database, mode);
}

Result<std::unique_ptr<Ledger>> Ledger::open(const LedgerPaths& paths, Mode mode) {
  if (sodium_init() < 0) return fail(ErrorCode::kUnavailable, "cannot start libsodium");
  auto store = open_store(paths, mode);
  if (!store) return tl::unexpected(store.error());
  auto identity = (*store)->identity();
  if (!identity) return tl::unexpected(identity.error());
  auto verifier = parse_verifier_key(identity->verifier_key);
  if (!verifier || verifier->name != identity->origin) {
    return fail(ErrorCode::kCorruption, "the ledger's verifier key is damaged");
  }
  auto ledger =
      std::make_unique<StoredLedger>(std::move(*store), std::move(*identity), std::move(*verifier));
  if (mode == Mode::kReadWrite) {
    if (auto writer = ledger->become_writer(paths); !writer) {
      return tl::unexpected(writer.error());
    }
  }
  return ledger;
}

}  // namespace tidewaiter
