#include "storage/postgres/postgres_store.h"

#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "storage/ledger/earliest_run.h"
#include "storage/ledger/stored_checkpoint.h"
#include "storage/ledger/tree_store.h"
#include "storage/postgres/ledger_change.h"
#include "storage/postgres/postgres_findings.h"
#include "storage/postgres/sequencer_lock.h"

namespace tidewaiter {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// Of a writer. A pooler gives a transaction whatever session it has.
constexpr const char* kBegin = "BEGIN; SET LOCAL synchronous_commit = on";

/// After an attempt to connect that failed the next one: who asks several things of a database that
/// is away waits for the first only.
constexpr std::chrono::seconds kBetweenAttempts{2};

/// Rows of a page, where many are read one after the other.
constexpr std::int64_t kPageRows = 1000;

constexpr const char* kIdentityText = "SELECT origin, vkey FROM tidewaiter.ledger";
constexpr const char* kSize = "SELECT coalesce(max(idx) + 1, 0) FROM tidewaiter.entry";
constexpr const char* kNode =
    "SELECT substr(nodes, $1::int, 32) FROM tidewaiter.entry WHERE idx = $2";
constexpr const char* kEntries =
    "SELECT idx, nodes, body FROM tidewaiter.entry WHERE idx >= $1 ORDER BY idx LIMIT $2";
constexpr const char* kDisclosures =
    "SELECT name, text FROM tidewaiter.disclosure WHERE idx = $1 ORDER BY name";
constexpr const char* kLastCheckpoint =
    "SELECT number, size, note FROM tidewaiter.checkpoint ORDER BY number DESC LIMIT 1";
constexpr const char* kCountCheckpoints = "SELECT count(*) FROM tidewaiter.checkpoint";
constexpr const char* kPositionText = "SELECT log_id, seq, log_hash FROM tidewaiter.position";
constexpr const char* kLastStep =
    "SELECT seq, ordinal FROM tidewaiter.step ORDER BY seq DESC, ordinal DESC LIMIT 1";
constexpr const char* kFindingAbout =
    "SELECT id FROM tidewaiter.finding WHERE subject = $1 AND subject <> ''::bytea LIMIT 1";
constexpr const char* kRuns =
    "SELECT e.idx, e.body FROM tidewaiter.step AS s JOIN tidewaiter.entry AS e ON e.idx = s.idx "
    "WHERE s.finding IS NOT NULL AND s.idx > $1 ORDER BY s.idx LIMIT $2";
constexpr const char* kCoverageText = "SELECT text FROM tidewaiter.coverage";
constexpr const char* kPending =
    "SELECT id, channel, body, queued FROM (SELECT id, channel, body, queued, "
    "row_number() OVER (PARTITION BY channel ORDER BY id) AS place "
    "FROM tidewaiter.outbox WHERE sent IS NULL) AS waiting WHERE place <= $1 ORDER BY id";
constexpr const char* kMessages =
    "SELECT id, channel, body FROM tidewaiter.outbox WHERE id > $1 ORDER BY id";
constexpr const char* kMarkSent =
    "UPDATE tidewaiter.outbox SET sent = coalesce(sent, $1) WHERE id = $2 RETURNING id";

/// A page of entries that were read ahead: whoever looks through a ledger asks for each in turn.
class ReadAhead {
 public:
  [[nodiscard]] const std::string* find(std::int64_t index) const {
    const std::int64_t place = index - first_;
    if (place < 0 || place >= static_cast<std::int64_t>(bodies_.size())) return nullptr;
    return &bodies_[static_cast<std::size_t>(place)];
  }
  /// How many to read from `index` on: one, until somebody goes on from there.
  [[nodiscard]] std::int64_t rows_for(std::int64_t index) const {
    return index == first_ + static_cast<std::int64_t>(bodies_.size()) ? kPageRows : 1;
  }
  /// Rows (idx, nodes, body) from `first` on, up to the first that is missing.
  void put(std::int64_t first, const SqlRows& rows) {
    first_ = first;
    bodies_.clear();
    for (int row = 0; row < rows.count() && rows.number(row, 0) == first + row; ++row) {
      bodies_.push_back(rows.text(row, 2));
    }
  }

 private:
  std::int64_t first_ = -1;
  std::vector<std::string> bodies_;
};

class PostgresStore final : public LedgerStore {
 public:
  PostgresStore(ConnectLedger connect, Ledger::Mode mode,
                std::unique_ptr<PostgresConnection> connection)
      : connect_(std::move(connect)), mode_(mode), connection_(std::move(connection)) {}

  Result<std::unique_ptr<LedgerStore>> connect_again() const override {
    return open_postgres_store(connect_, Ledger::Mode::kReadOnly);
  }
  Result<void> in_transaction(const Work& work) override {
    return written("commit to the ledger", work);
  }
  Result<void> in_snapshot(const Work& work) override {
    return bracketed("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
                     "read the ledger", work);
  }

  Result<LedgerIdentity> identity() override;
  Result<std::int64_t> size() override { return number(kSize, "read the ledger's size"); }
  Result<Digest> node(NodeId node) override;
  Result<std::string> entry(std::int64_t index) override;
  Result<void> read_entries(std::int64_t from,
                            const std::function<Result<void>(const StoredEntry&)>& take) override;
  Result<std::vector<Disclosure>> disclosures(std::int64_t index) override;
  Result<std::optional<NumberedCheckpoint>> last_checkpoint() override;
  Result<std::int64_t> count_checkpoints() override {
    return number(kCountCheckpoints, "count the ledger's checkpoints");
  }
  Result<CommitBasis> basis() override;
  Result<std::optional<std::string>> finding_about(const std::string& subject) override;
  Result<std::vector<FindingState>> findings(const FindingQuery& query) override;
  Result<std::optional<UtcTime>> earliest_run() override;
  Result<std::string> coverage() override;
  Result<std::vector<OutboxMessage>> pending(std::int64_t limit) override;
  Result<std::vector<NoticedMessage>> messages_after(std::int64_t last) override;

  Result<void> put_identity(const LedgerIdentity& identity, UtcTime now) override {
    const SqlChange change = identity_change(identity, now);
    return write("write the ledger's first entry", std::span(&change, 1));
  }
  Result<void> put_commit(const CommitRows& rows) override {
    const auto changes = ledger_changes(rows);
    if (!changes) return tl::unexpected(changes.error());
    return write("commit to the ledger", *changes);
  }
  Result<void> put_checkpoint(const NumberedCheckpoint& signed_head, UtcTime now) override {
    const SqlChange change = checkpoint_change(signed_head, now);
    return write("store a signed head in the ledger", std::span(&change, 1));
  }
  Result<void> mark_sent(std::int64_t outbox_id, UtcTime now) override;

 private:
  using Values = std::vector<SqlValue>;

  Result<void> ensure_connection();
  Result<void> bracketed(const char* begin, std::string_view doing, const Work& work);
  Result<void> written(std::string_view doing, const Work& work);
  Result<void> write(std::string_view doing, std::span<const SqlChange> changes);
  Result<SqlRows> ask(const char* text, const Values& values, std::string_view doing);
  Result<std::int64_t> number(const char* text, std::string_view doing);

  ConnectLedger connect_;
  Ledger::Mode mode_;
  std::unique_ptr<PostgresConnection> connection_;
  struct Away {
    Error why;
    SteadyClock::time_point since;
  };
  std::optional<Away> away_;  ///< the last attempt to connect again, if it failed
  bool in_transaction_ = false;
  ReadAhead ahead_;
};

/// What a transaction did goes with its connection, so that inside of one there is no other.
Result<void> PostgresStore::ensure_connection() {
  if (in_transaction_ || connection_->is_alive()) return {};
  if (away_ && SteadyClock::now() - away_->since < kBetweenAttempts) {
    return tl::unexpected(away_->why);
  }
  away_.reset();
  auto again = connect_(mode_);
  if (!again) {
    if (again.error().code == ErrorCode::kUnavailable) {
      away_ = Away{again.error(), SteadyClock::now()};
    }
    return tl::unexpected(again.error());
  }
  connection_ = std::move(*again);
  return {};
}

Result<void> PostgresStore::bracketed(const char* begin, std::string_view doing, const Work& work) {
  if (auto there = ensure_connection(); !there) return there;
  if (auto begun = connection_->run(begin, doing); !begun) return begun;
  in_transaction_ = true;
  Result<void> done = work();
  in_transaction_ = false;
  if (done) return connection_->commit(doing);
  // Why it failed matters more than whether it could be taken back: the database does that itself.
  if (connection_->is_alive()) static_cast<void>(connection_->run("ROLLBACK", doing));
  return done;
}

/// A transaction of the sequencer: of the session that holds the lock, whatever lies between.
Result<void> PostgresStore::written(std::string_view doing, const Work& work) {
  return bracketed(kBegin, doing, [&]() -> Result<void> {
    if (auto held = require_sequencer(*connection_); !held) return held;
    return work();
  });
}

/// Within the transaction that there is, or in one of its own.
Result<void> PostgresStore::write(std::string_view doing, std::span<const SqlChange> changes) {
  const Work work = [&] { return connection_->change(changes, doing); };
  return in_transaction_ ? work() : written(doing, work);
}

Result<SqlRows> PostgresStore::ask(const char* text, const Values& values, std::string_view doing) {
  if (auto there = ensure_connection(); !there) return tl::unexpected(there.error());
  return connection_->ask(text, values, doing);
}

Result<std::int64_t> PostgresStore::number(const char* text, std::string_view doing) {
  const auto rows = ask(text, {}, doing);
  if (!rows) return tl::unexpected(rows.error());
  return rows->number(0, 0);
}

Result<LedgerIdentity> PostgresStore::identity() {
  const auto rows = ask(kIdentityText, {}, "read the ledger's origin");
  if (!rows) return tl::unexpected(rows.error());
  if (rows->count() == 1) return LedgerIdentity{rows->text(0, 0), rows->text(0, 1)};
  return fail(ErrorCode::kNotFound,
              "the database has the tables of a ledger and no ledger in them: `tidewaiter init` or "
              "the daemon's first start makes one");
}

Result<Digest> PostgresStore::node(NodeId node) {
  const NodePlace place = place_of(node);
  const auto rows = ask(kNode, {SqlValue::number(place.byte + 1), SqlValue::number(place.row)},
                        "read the ledger's tree");
  if (!rows) return tl::unexpected(rows.error());
  Digest digest;
  if (rows->count() != 1 || rows->view(0, 0).size() != digest.bytes.size()) {
    return missing_node(node);
  }
  std::memcpy(digest.bytes.data(), rows->view(0, 0).data(), digest.bytes.size());
  return digest;
}

Result<std::string> PostgresStore::entry(std::int64_t index) {
  if (const std::string* known = ahead_.find(index)) return *known;
  const auto rows =
      ask(kEntries, {SqlValue::number(index), SqlValue::number(ahead_.rows_for(index))},
          "read entry " + std::to_string(index));
  if (!rows) return tl::unexpected(rows.error());
  if (rows->count() == 0 || rows->number(0, 0) != index) {
    return fail(ErrorCode::kNotFound, "the ledger has no entry " + std::to_string(index));
  }
  ahead_.put(index, *rows);
  return *ahead_.find(index);
}

Result<void> PostgresStore::read_entries(
    std::int64_t from, const std::function<Result<void>(const StoredEntry&)>& take) {
  while (true) {
    const auto rows = ask(kEntries, {SqlValue::number(from), SqlValue::number(kPageRows)},
                          "read the ledger again before signing");
    if (!rows) return tl::unexpected(rows.error());
    for (int row = 0; row < rows->count(); ++row) {
      const StoredEntry entry{rows->number(row, 0), rows->view(row, 1), rows->view(row, 2)};
      if (auto taken = take(entry); !taken) return taken;
      from = entry.index + 1;
    }
    if (rows->count() < kPageRows) return {};
  }
}

Result<std::vector<Disclosure>> PostgresStore::disclosures(std::int64_t index) {
  const auto rows = ask(kDisclosures, {SqlValue::number(index)},
                        "read the disclosures of entry " + std::to_string(index));
  if (!rows) return tl::unexpected(rows.error());
  std::vector<Disclosure> all;
  for (int row = 0; row < rows->count(); ++row) {
    all.push_back({rows->text(row, 0), rows->text(row, 1)});
  }
  return all;
}

Result<std::optional<NumberedCheckpoint>> PostgresStore::last_checkpoint() {
  const auto rows = ask(kLastCheckpoint, {}, "read the ledger's checkpoints");
  if (!rows) return tl::unexpected(rows.error());
  if (rows->count() == 0) return std::optional<NumberedCheckpoint>();
  auto stored = stored_checkpoint(rows->number(0, 0), rows->number(0, 1), rows->text(0, 2));
  if (!stored) return tl::unexpected(stored.error());
  return std::optional(std::move(*stored));
}

Result<CommitBasis> PostgresStore::basis() {
  CommitBasis basis;
  const auto position = ask(kPositionText, {}, "read the ledger's offset");
  if (!position) return tl::unexpected(position.error());
  if (position->count() > 0) {
    basis.position.log_id = position->text(0, 0);
    basis.position.offset.seq = position->number(0, 1);
    auto& hash = basis.position.offset.log_hash.bytes;
    if (position->view(0, 2).size() != hash.size()) {
      return fail(ErrorCode::kCorruption, "the ledger's offset has no hash of 32 bytes");
    }
    std::memcpy(hash.data(), position->view(0, 2).data(), hash.size());
  }
  const auto last = ask(kLastStep, {}, "read the ledger's last step");
  if (!last) return tl::unexpected(last.error());
  if (last->count() > 0) {
    basis.last_step = {last->number(0, 0), static_cast<std::int32_t>(last->number(0, 1))};
  }
  return basis;
}

Result<std::optional<std::string>> PostgresStore::finding_about(const std::string& subject) {
  const auto rows = ask(kFindingAbout, {SqlValue::bytes(std::string_view(subject))},
                        "look for a subject's findings");
  if (!rows) return tl::unexpected(rows.error());
  if (rows->count() == 0) return std::optional<std::string>();
  return std::optional(rows->text(0, 0));
}

Result<std::vector<FindingState>> PostgresStore::findings(const FindingQuery& query) {
  std::vector<FindingState> found;
  // One snapshot: a finding and its entries belong together.
  const auto read = in_snapshot([&]() -> Result<void> {
    auto findings =
        read_postgres_findings({[this](const char* text, const Values& values) {
                                  return ask(text, values, "read the ledger's findings");
                                },
                                [this](std::int64_t index) { return disclosures(index); }},
                               query);
    if (!findings) return tl::unexpected(findings.error());
    found = std::move(*findings);
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  return found;
}

Result<std::optional<UtcTime>> PostgresStore::earliest_run() {
  EarliestRun run;
  std::int64_t after = -1;
  while (true) {
    const auto rows = ask(kRuns, {SqlValue::number(after), SqlValue::number(kPageRows)},
                          "read the runs of the ledger's findings");
    if (!rows) return tl::unexpected(rows.error());
    for (int row = 0; row < rows->count(); ++row) {
      after = rows->number(row, 0);
      if (auto taken = run.take(after, rows->view(row, 1)); !taken) {
        return tl::unexpected(taken.error());
      }
    }
    if (rows->count() < kPageRows) return run.earliest();
  }
}

Result<std::string> PostgresStore::coverage() {
  const auto rows = ask(kCoverageText, {}, "read the ledger's coverage");
  if (!rows) return tl::unexpected(rows.error());
  return rows->count() > 0 ? rows->text(0, 0) : std::string();
}

Result<std::vector<OutboxMessage>> PostgresStore::pending(std::int64_t limit) {
  const auto rows = ask(kPending, {SqlValue::number(limit)}, "read the outbox");
  if (!rows) return tl::unexpected(rows.error());
  std::vector<OutboxMessage> messages;
  for (int row = 0; row < rows->count(); ++row) {
    messages.push_back({rows->number(row, 0), rows->text(row, 1), rows->text(row, 2),
                        UtcTime{rows->number(row, 3)}});
  }
  return messages;
}

Result<std::vector<NoticedMessage>> PostgresStore::messages_after(std::int64_t last) {
  const auto rows = ask(kMessages, {SqlValue::number(last)}, "read the outbox");
  if (!rows) return tl::unexpected(rows.error());
  std::vector<NoticedMessage> messages;
  for (int row = 0; row < rows->count(); ++row) {
    messages.push_back({rows->number(row, 0), rows->text(row, 1), ""});
    const auto body = nlohmann::json::parse(rows->view(row, 2), nullptr, false);
    const auto finding = body.is_object() ? body.find("finding") : body.end();
    if (body.is_object() && finding != body.end() && finding->is_string()) {
      messages.back().finding = finding->get<std::string>();
    }
  }
  return messages;
}

Result<void> PostgresStore::mark_sent(std::int64_t outbox_id, UtcTime now) {
  constexpr std::string_view kDoing = "mark a message as sent";
  return written(kDoing, [&]() -> Result<void> {
    const auto rows =
        ask(kMarkSent, {SqlValue::number(now.us), SqlValue::number(outbox_id)}, kDoing);
    if (!rows) return tl::unexpected(rows.error());
    if (rows->count() == 1) return {};
    return fail(ErrorCode::kNotFound, "the outbox has no message " + std::to_string(outbox_id));
  });
}

}  // namespace

Result<std::unique_ptr<LedgerStore>> open_postgres_store(ConnectLedger connect, Ledger::Mode mode) {
  auto connection = connect(mode);
  if (!connection) return tl::unexpected(connection.error());
  return std::make_unique<PostgresStore>(std::move(connect), mode, std::move(*connection));
}

}  // namespace tidewaiter
