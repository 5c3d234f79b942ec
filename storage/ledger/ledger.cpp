#include "storage/ledger/ledger.h"

#include <algorithm>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <sodium.h>

#include "storage/evidence/vault.h"
#include "storage/ledger/commit_rules.h"
#include "storage/ledger/key_file.h"
#include "storage/ledger/ledger_reader.h"
#include "storage/ledger/ledger_writer.h"
#include "storage/ledger/lock_store.h"
#include "storage/ledger/merkle.h"
#include "storage/ledger/schema.h"
#include "storage/ledger/signed_heads.h"
#include "storage/ledger/signed_note.h"
#include "storage/ledger/signer.h"
#include "storage/ledger/tree_store.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {
namespace {

tl::unexpected<Error> read_only() {
  return fail(ErrorCode::kRefused, "the ledger was opened for reading only");
}

/// What only a process that writes has.
struct WriterParts {
  SigningKey key;
  LockStore lock;
  Vault vault;
  LedgerWriter rows;
  CompactRange range;  ///< of all committed entries
  UtcTime last_ts;     ///< of the last entry
};

class SqliteLedger final : public Ledger {
 public:
  SqliteLedger(std::filesystem::path path, std::unique_ptr<SQLite::Database> database,
               LedgerIdentity identity, VerifierKey verifier)
      : path_(std::move(path)),
        database_(std::move(database)),
        identity_(std::move(identity)),
        verifier_(std::move(verifier)) {}

  /// Takes key, lock store and vault, derives the whole tree from the entries' bytes, and checks
  /// the database against the lock store.
  Result<void> become_writer(const LedgerPaths& paths);

  Result<LedgerReceipt> commit(const LedgerCommit& commit, UtcTime now) override;
  Result<Checkpoint> sign(UtcTime now) override;

  Result<TreeHead> head() const override {
    const auto size = tree_size(*database_);
    if (!size) return tl::unexpected(size.error());
    return tree_head(*database_, *size);
  }
  Result<std::optional<Checkpoint>> signed_head() const override {
    auto last = read_last_checkpoint(*database_);
    if (!last) return tl::unexpected(last.error());
    if (!*last) return std::optional<Checkpoint>();
    return std::optional(std::move((*last)->checkpoint));
  }
  const std::string& origin() const override { return identity_.origin; }
  std::string verifier_key() const override { return identity_.verifier_key; }

  Result<std::string> entry(std::int64_t index) const override { return entries_.read(index); }
  Result<std::vector<Disclosure>> disclosures(std::int64_t index) const override {
    return read_disclosures(*database_, index);
  }
  Result<Digest> node(NodeId node) const override { return node_reader(*database_)(node); }
  Result<std::vector<Digest>> inclusion_proof(std::int64_t index,
                                              std::int64_t size) const override {
    if (auto inside = check_size(size); !inside) return tl::unexpected(inside.error());
    return build_inclusion_proof(index, size, node_reader(*database_));
  }
  Result<std::vector<Digest>> consistency_proof(std::int64_t old_size,
                                                std::int64_t size) const override {
    if (auto inside = check_size(size); !inside) return tl::unexpected(inside.error());
    return build_consistency_proof(old_size, size, node_reader(*database_));
  }

  Result<Position> position() const override {
    auto basis = read_basis(*database_);
    if (!basis) return tl::unexpected(basis.error());
    return std::move(basis->position);
  }
  Result<std::vector<FindingState>> findings(const FindingQuery& query) const override {
    return read_findings(*database_, query);
  }
  Result<std::optional<UtcTime>> earliest_run() const override {
    return read_earliest_run(*database_);
  }
  Result<std::string> coverage() const override { return read_coverage(*database_); }
  Result<std::vector<OutboxMessage>> pending(std::int64_t limit) const override {
    return read_pending(*database_, limit);
  }
  Result<void> mark_sent(std::int64_t outbox_id, UtcTime now) override;

 private:
  Result<void> check_size(std::int64_t size) const;
  Result<void> check_alone() const;
  Result<NumberedCheckpoint> reconcile();
  Result<void> check_new_subject(const std::string& subject) const;
  Result<void> put_rows(const LedgerCommit& commit, const std::vector<BuiltEntry>& entries,
                        UtcTime ts, CompactRange& range);

  std::filesystem::path path_;
  std::unique_ptr<SQLite::Database> database_;
  mutable EntryReader entries_{*database_};  // after database_: its statement goes first
  LedgerIdentity identity_;
  VerifierKey verifier_;
  std::optional<WriterParts> writer_;  // after database_: its statements go first
};

Result<void> SqliteLedger::become_writer(const LedgerPaths& paths) {
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
  auto range = rederive_tree(paths.database, std::nullopt);
  if (!range) return tl::unexpected(range.error());
  if (range->size() == 0) {
    return fail(ErrorCode::kCorruption, "the ledger has no entries, not even its first");
  }
  const auto last_ts = read_entry_time(*database_, range->size() - 1);
  if (!last_ts) return tl::unexpected(last_ts.error());
  try {
    writer_.emplace(WriterParts{std::move(*key), std::move(*lock), std::move(*vault),
                                LedgerWriter(*database_), std::move(*range), *last_ts});
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "prepare the ledger for writing"));
  }
  const auto last = reconcile();
  if (!last) return tl::unexpected(last.error());
  return {};
}

Result<void> SqliteLedger::check_size(std::int64_t size) const {
  const auto all = tree_size(*database_);
  if (!all) return tl::unexpected(all.error());
  if (size > *all) {
    return fail(ErrorCode::kInvalidInput, "the ledger has " + std::to_string(*all) +
                                              " entries, a proof was asked for size " +
                                              std::to_string(size));
  }
  return {};
}

/// The tree in memory is that of the file as long as nobody else appends.
Result<void> SqliteLedger::check_alone() const {
  const auto size = tree_size(*database_);
  if (!size) return tl::unexpected(size.error());
  if (*size != writer_->range.size()) {
    return fail(ErrorCode::kRefused,
                "another process has appended to the ledger; only one may write");
  }
  return {};
}

Result<LedgerReceipt> SqliteLedger::commit(const LedgerCommit& commit, UtcTime now) {
  if (!writer_) return read_only();
  CompactRange range = writer_->range;
  const UtcTime ts = std::max(now, writer_->last_ts);
  LedgerReceipt receipt{range.size(), range.size()};
  try {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    if (auto alone = check_alone(); !alone) return tl::unexpected(alone.error());
    const auto basis = read_basis(*database_);
    if (!basis) return tl::unexpected(basis.error());
    if (auto follows = check_commit(commit, *basis); !follows) {
      return tl::unexpected(follows.error());
    }
    const auto may_make = [this](const std::string& subject) { return check_new_subject(subject); };
    const auto entries = build_entries(commit, writer_->vault, may_make, ts);
    if (!entries) return tl::unexpected(entries.error());
    if (auto put = put_rows(commit, *entries, ts, range); !put) {
      return tl::unexpected(put.error());
    }
    transaction.commit();
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "commit to the ledger"));
  }
  // INVARIANT: memory follows the disk, never the other way.
  if (range.size() != receipt.size) writer_->last_ts = ts;
  receipt.size = range.size();
  writer_->range = std::move(range);
  return receipt;
}

/// A subject that findings name had a key. With a second one, destroying "the" key would erase half
/// of what is known of it.
Result<void> SqliteLedger::check_new_subject(const std::string& subject) const {
  const auto finding = finding_about(*database_, subject);
  if (!finding) return tl::unexpected(finding.error());
  if (!*finding) return {};
  return fail(ErrorCode::kRefused, "the vault has no key for the subject of finding `" + **finding +
                                       "`, who had one: an older or empty vault was put back; "
                                       "restore the right one, no second key is made");
}

Result<void> SqliteLedger::put_rows(const LedgerCommit& commit,
                                    const std::vector<BuiltEntry>& entries, UtcTime ts,
                                    CompactRange& range) {
  LedgerWriter& rows = writer_->rows;
  const std::size_t events = commit.events.size();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::int64_t index = range.size();
    rows.put_entry(index, append_leaf(range, leaf_hash(entries[i].body)), entries[i]);
    if (i < events) continue;
    if (auto put = rows.put_step(index, commit.steps[i - events], entries[i], ts); !put) {
      return put;
    }
  }
  if (commit.offset) rows.put_position(commit.log_id, *commit.offset);
  if (!commit.coverage.empty()) rows.put_coverage(commit.coverage);
  for (const OutboxMessage& message : commit.outbox) rows.put_message(message, ts);
  return {};
}

/// Compares the database with the lock store, and takes over a head that was swapped in there but
/// not stored here before a crash. Gives the last signed head.
Result<NumberedCheckpoint> SqliteLedger::reconcile() {
  auto last = check_signed_heads(*database_, writer_->lock, verifier_);
  if (!last) return tl::unexpected(last.error());
  if (last->stored) return std::move(last->locked);
  const auto at = read_entry_time(*database_, last->locked.checkpoint.head.size - 1);
  if (!at) return tl::unexpected(at.error());
  try {
    writer_->rows.put_checkpoint(last->locked, *at);
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "store the head of the lock store in the ledger"));
  }
  return std::move(last->locked);
}

Result<Checkpoint> SqliteLedger::sign(UtcTime now) {
  if (!writer_) return read_only();
  if (auto alone = check_alone(); !alone) return tl::unexpected(alone.error());
  auto last = reconcile();
  if (!last) return tl::unexpected(last.error());
  if (last->checkpoint.head.size == writer_->range.size()) return std::move(last->checkpoint);

  const auto tree = rederive_tree(path_, last->checkpoint.head);
  if (!tree) return tl::unexpected(tree.error());
  const TreeHead head{tree->size(), tree->root()};
  if (head != TreeHead{writer_->range.size(), writer_->range.root()}) {
    return fail(ErrorCode::kCorruption,
                "the ledger on disk has another root than the one that was committed; not signed");
  }
  return publish_head({identity_.origin, head, {}}, {last->number, last->checkpoint.note},
                      {writer_->key, writer_->lock, writer_->rows}, now);
}

Result<void> SqliteLedger::mark_sent(std::int64_t outbox_id, UtcTime now) {
  if (!writer_) return read_only();
  try {
    // A message that was marked before keeps its first time.
    SQLite::Statement update(*database_, "UPDATE outbox SET sent = coalesce(sent, ?) WHERE id = ?");
    update.bind(1, now.us);
    update.bind(2, outbox_id);
    if (update.exec() == 1) return {};
    return fail(ErrorCode::kNotFound, "the outbox has no message " + std::to_string(outbox_id));
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "mark a message as sent"));
  }
}

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::open(const LedgerPaths& paths, Mode mode) {
  if (sodium_init() < 0) return fail(ErrorCode::kUnavailable, "cannot start libsodium");
  auto database = open_sqlite_file(
      paths.database, mode == Mode::kReadOnly ? SqliteAccess::kReadOnly : SqliteAccess::kReadWrite,
      kLedgerIdentity, SqliteJournal::kWal);
  if (!database) return tl::unexpected(database.error());
  auto identity = read_identity(**database);
  if (!identity) return tl::unexpected(identity.error());
  auto verifier = parse_verifier_key(identity->verifier_key);
  if (!verifier || verifier->name != identity->origin) {
    return fail(ErrorCode::kCorruption, "the ledger's verifier key is damaged");
  }
  auto ledger = std::make_unique<SqliteLedger>(paths.database, std::move(*database),
                                               std::move(*identity), std::move(*verifier));
  if (mode == Mode::kReadWrite) {
    if (auto writer = ledger->become_writer(paths); !writer) {
      return tl::unexpected(writer.error());
    }
  }
  return ledger;
}

}  // namespace tidewaiter
