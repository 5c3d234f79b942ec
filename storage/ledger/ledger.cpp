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

  /// Takes key, lock store and vault, and checks the database against the lock store.
  Result<void> become_writer(const LedgerPaths& paths);

  Result<LedgerReceipt> commit(const LedgerCommit& commit, UtcTime now) override;
  Result<Checkpoint> sign(UtcTime now) override;

  Result<TreeHead> head() const override {
    const auto size = tree_size(*database_);
    if (!size) return tl::unexpected(size.error());
    return tree_head(*database_, *size);
  }
  Result<std::optional<Checkpoint>> signed_head() const override {
    return read_checkpoint(*database_);
  }
  const std::string& origin() const override { return identity_.origin; }
  std::string verifier_key() const override { return identity_.verifier_key; }

  Result<std::string> entry(std::int64_t index) const override {
    return read_entry(*database_, index);
  }
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
  Result<std::string> coverage() const override { return read_coverage(*database_); }
  Result<std::vector<OutboxMessage>> pending(std::int64_t limit) const override {
    return read_pending(*database_, limit);
  }
  Result<void> mark_sent(std::int64_t outbox_id, UtcTime now) override;

 private:
  Result<void> check_size(std::int64_t size) const;
  Result<void> check_alone() const;
  Result<std::optional<Checkpoint>> reconcile();
  Result<void> check_locked(const Checkpoint& locked) const;
  Result<void> put_rows(const LedgerCommit& commit, const std::vector<BuiltEntry>& entries,
                        UtcTime ts, CompactRange& range);

  std::filesystem::path path_;
  std::unique_ptr<SQLite::Database> database_;
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
  auto vault = Vault::open(paths.vault);
  if (!vault) return tl::unexpected(vault.error());
  const auto size = tree_size(*database_);
  if (!size) return tl::unexpected(size.error());
  if (*size == 0)
    return fail(ErrorCode::kCorruption, "the ledger has no entries, not even its first");
  auto range = CompactRange::load(*size, node_reader(*database_));
  if (!range) return tl::unexpected(range.error());
  const auto last_ts = read_entry_time(*database_, *size - 1);
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
    const auto entries = build_entries(commit, writer_->vault, ts);
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
Result<std::optional<Checkpoint>> SqliteLedger::reconcile() {
  const auto note = writer_->lock.note();
  if (!note) return tl::unexpected(note.error());
  auto stored = read_checkpoint(*database_);
  if (!stored) return stored;
  if (note->empty()) {
    if (!*stored) return stored;
    return fail(ErrorCode::kRefused,
                "the lock store holds no head, the database has a signed one of " +
                    std::to_string((*stored)->head.size) +
                    " entries: an older copy of the lock store was put back");
  }
  if (*stored && (*stored)->note == *note) {
    // The tree may still have been changed below an unchanged checkpoint.
    if (auto same = check_locked(**stored); !same) return tl::unexpected(same.error());
    return stored;
  }
  auto locked = open_checkpoint(*note, verifier_);
  if (!locked) {
    return fail(ErrorCode::kCorruption,
                "the head in the lock store cannot be used: " + locked.error().message);
  }
  if (auto same = check_locked(*locked); !same) return tl::unexpected(same.error());
  if (*stored && (*stored)->head.size >= locked->head.size) {
    return fail(ErrorCode::kRefused,
                "the database has a signed head of " + std::to_string((*stored)->head.size) +
                    " entries, the lock store one of " + std::to_string(locked->head.size) +
                    ": an older copy of the lock store was put back");
  }
  const auto at = read_entry_time(*database_, locked->head.size - 1);
  if (!at) return tl::unexpected(at.error());
  try {
    writer_->rows.put_checkpoint(*locked, *at);
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "store the head of the lock store in the ledger"));
  }
  return std::optional(std::move(*locked));
}

Result<void> SqliteLedger::check_locked(const Checkpoint& locked) const {
  const auto size = tree_size(*database_);
  if (!size) return tl::unexpected(size.error());
  const std::string entries = std::to_string(locked.head.size);
  if (*size < locked.head.size) {
    return fail(ErrorCode::kRefused,
                "the ledger is behind its lock store: an older copy was put "
                "back or the tail was cut; the locked head has " +
                    entries + " entries, the database " + std::to_string(*size));
  }
  const auto head = tree_head(*database_, locked.head.size);
  if (!head) return tl::unexpected(head.error());
  if (head->root != locked.head.root) {
    return fail(ErrorCode::kRefused, "the ledger's first " + entries +
                                         " entries have another root than the head in the lock "
                                         "store: they were changed, or the log has forked");
  }
  return {};
}

Result<Checkpoint> SqliteLedger::sign(UtcTime now) {
  if (!writer_) return read_only();
  if (auto alone = check_alone(); !alone) return tl::unexpected(alone.error());
  auto last = reconcile();
  if (!last) return tl::unexpected(last.error());
  if (*last && (*last)->head.size == writer_->range.size()) return std::move(**last);

  const auto base = *last ? std::optional((*last)->head) : std::nullopt;
  const auto head = rederive_head(path_, base);
  if (!head) return tl::unexpected(head.error());
  if (*head != TreeHead{writer_->range.size(), writer_->range.root()}) {
    return fail(ErrorCode::kCorruption,
                "the ledger on disk has another root than the one that was committed; not signed");
  }
  auto note = sign_note(checkpoint_body(identity_.origin, *head), identity_.origin, writer_->key);
  if (!note) return tl::unexpected(note.error());
  Checkpoint signed_head{identity_.origin, *head, std::move(*note)};
  const std::string old = *last ? (*last)->note : std::string();
  if (auto swapped = writer_->lock.swap(old, signed_head.note); !swapped) {
    return tl::unexpected(swapped.error());
  }
  try {
    writer_->rows.put_checkpoint(signed_head, now);
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "store a signed head in the ledger"));
  }
  return signed_head;
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
