#include "storage/ledger/sqlite_store.h"

#include <cstring>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/ledger/ledger_reader.h"
#include "storage/ledger/ledger_writer.h"
#include "storage/ledger/schema.h"
#include "storage/ledger/tree_store.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {
namespace {

std::string_view blob(const SQLite::Column& column) {
  const auto size = static_cast<std::size_t>(column.getBytes());
  return {static_cast<const char*>(column.getBlob()), size};
}

class SqliteStore final : public LedgerStore {
 public:
  SqliteStore(std::filesystem::path path, std::unique_ptr<SQLite::Database> database,
              Ledger::Mode mode)
      : path_(std::move(path)), database_(std::move(database)) {
    if (mode == Ledger::Mode::kReadWrite) rows_.emplace(*database_);
  }

  Result<std::unique_ptr<LedgerStore>> connect_again() const override {
    return open_sqlite_store(path_, Ledger::Mode::kReadOnly);
  }
  Result<void> in_transaction(const Work& work) override {
    return guarded("commit to the ledger", [&]() -> Result<void> {
      SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
      if (auto done = work(); !done) return done;
      transaction.commit();
      return {};
    });
  }
  Result<void> in_snapshot(const Work& work) override {
    return guarded("read the ledger", [&]() -> Result<void> {
      const SQLite::Transaction snapshot(*database_);
      return work();
    });
  }

  Result<LedgerIdentity> identity() override { return read_identity(*database_); }
  Result<std::int64_t> size() override;
  Result<Digest> node(NodeId node) override;
  Result<std::string> entry(std::int64_t index) override { return entries_.read(index); }
  Result<void> read_entries(std::int64_t from,
                            const std::function<Result<void>(const StoredEntry&)>& take) override;
  Result<std::vector<Disclosure>> disclosures(std::int64_t index) override {
    return read_disclosures(*database_, index);
  }
  Result<std::optional<NumberedCheckpoint>> last_checkpoint() override {
    return read_last_checkpoint(*database_);
  }
  Result<std::int64_t> count_checkpoints() override;
  Result<CommitBasis> basis() override { return read_basis(*database_); }
  Result<std::optional<std::string>> finding_about(const std::string& subject) override {
    return tidewaiter::finding_about(*database_, subject);
  }
  Result<std::vector<FindingState>> findings(const FindingQuery& query) override {
    return read_findings(*database_, query);
  }
  Result<std::optional<UtcTime>> earliest_run() override { return read_earliest_run(*database_); }
  Result<std::string> coverage() override { return read_coverage(*database_); }
  Result<std::vector<OutboxMessage>> pending(std::int64_t limit) override {
    return read_pending(*database_, limit);
  }
  Result<std::vector<NoticedMessage>> messages_after(std::int64_t last) override {
    return read_messages_after(*database_, last);
  }

  Result<void> put_identity(const LedgerIdentity& identity, UtcTime now) override;
  Result<void> put_commit(const CommitRows& rows) override;
  Result<void> put_checkpoint(const NumberedCheckpoint& signed_head, UtcTime now) override {
    return guarded("store a signed head in the ledger", [&]() -> Result<void> {
      rows_->put_checkpoint(signed_head, now);
      return {};
    });
  }
  Result<void> mark_sent(std::int64_t outbox_id, UtcTime now) override;

 private:
  /// What SQLite throws while `doing` something, as an error.
  template <class Body>
  std::invoke_result_t<Body> guarded(std::string_view doing, const Body& body) {
    try {
      return body();
    } catch (const SQLite::Exception& e) {
      return tl::unexpected(sqlite_error(e, doing));
    }
  }

  std::filesystem::path path_;
  std::unique_ptr<SQLite::Database> database_;
  EntryReader entries_{*database_};   // after database_: its statement goes first
  std::optional<LedgerWriter> rows_;  // likewise; absent where only reading was asked for
};

Result<std::int64_t> SqliteStore::size() {
  return guarded("read the ledger's size", [&]() -> Result<std::int64_t> {
    return database_->execAndGet("SELECT coalesce(max(idx) + 1, 0) FROM entry").getInt64();
  });
}

Result<Digest> SqliteStore::node(NodeId node) {
  return guarded("read the ledger's tree", [&]() -> Result<Digest> {
    const NodePlace place = place_of(node);
    Digest digest;
    SQLite::Statement select(*database_, "SELECT substr(nodes, ?, 32) FROM entry WHERE idx = ?");
    select.bind(1, place.byte + 1);
    select.bind(2, place.row);
    if (!select.executeStep() ||
        select.getColumn(0).getBytes() != static_cast<int>(digest.bytes.size())) {
      return missing_node(node);
    }
    std::memcpy(digest.bytes.data(), select.getColumn(0).getBlob(), digest.bytes.size());
    return digest;
  });
}

Result<void> SqliteStore::read_entries(
    std::int64_t from, const std::function<Result<void>(const StoredEntry&)>& take) {
  return guarded("read the ledger again before signing", [&]() -> Result<void> {
    SQLite::Statement select(*database_,
                             "SELECT idx, nodes, body FROM entry WHERE idx >= ? ORDER BY idx");
    select.bind(1, from);
    while (select.executeStep()) {
      const SQLite::Column nodes = select.getColumn(1);
      const SQLite::Column body = select.getColumn(2);
      if (auto taken = take({select.getColumn(0).getInt64(), blob(nodes), blob(body)}); !taken) {
        return taken;
      }
    }
    return {};
  });
}

Result<std::int64_t> SqliteStore::count_checkpoints() {
  return guarded("count the ledger's checkpoints", [&]() -> Result<std::int64_t> {
    return database_->execAndGet("SELECT count(*) FROM checkpoint").getInt64();
  });
}

Result<void> SqliteStore::put_identity(const LedgerIdentity& identity, UtcTime now) {
  return guarded("write the ledger's first entry", [&]() -> Result<void> {
    SQLite::Statement insert(*database_, "INSERT INTO ledger VALUES (1, ?, ?, ?)");
    insert.bind(1, identity.origin);
    insert.bind(2, identity.verifier_key);
    insert.bind(3, now.us);
    insert.exec();
    return {};
  });
}

Result<void> SqliteStore::put_commit(const CommitRows& rows) {
  return guarded("commit to the ledger", [&]() -> Result<void> {
    const LedgerCommit& commit = rows.commit;
    const std::size_t events = commit.events.size();
    for (std::size_t i = 0; i < rows.entries.size(); ++i) {
      const std::int64_t index = rows.first + static_cast<std::int64_t>(i);
      rows_->put_entry(index, rows.nodes[i], rows.entries[i]);
      if (i < events) continue;
      if (auto put = rows_->put_step(index, commit.steps[i - events], rows.entries[i], rows.ts);
          !put) {
        return put;
      }
    }
    if (commit.offset) rows_->put_position(commit.log_id, *commit.offset);
    if (!commit.coverage.empty()) rows_->put_coverage(commit.coverage);
    for (const OutboxMessage& message : commit.outbox) rows_->put_message(message, rows.ts);
    return {};
  });
}

Result<void> SqliteStore::mark_sent(std::int64_t outbox_id, UtcTime now) {
  return guarded("mark a message as sent", [&]() -> Result<void> {
    SQLite::Statement update(*database_, "UPDATE outbox SET sent = coalesce(sent, ?) WHERE id = ?");
    update.bind(1, now.us);
    update.bind(2, outbox_id);
    if (update.exec() == 1) return {};
    return fail(ErrorCode::kNotFound, "the outbox has no message " + std::to_string(outbox_id));
  });
}

}  // namespace

Result<std::unique_ptr<LedgerStore>> open_sqlite_store(const std::filesystem::path& path,
                                                       Ledger::Mode mode) {
  auto database = open_sqlite_file(
      path, mode == Ledger::Mode::kReadOnly ? SqliteAccess::kReadOnly : SqliteAccess::kReadWrite,
      kLedgerIdentity, SqliteJournal::kWal);
  if (!database) return tl::unexpected(database.error());
  try {
    return std::make_unique<SqliteStore>(path, std::move(*database), mode);
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "prepare the ledger for writing"));
  }
}

}  // namespace tidewaiter
