#include "storage/ledger/ledger_reader.h"

#include <cstring>

#include "storage/ledger/earliest_run.h"
#include "storage/ledger/stored_checkpoint.h"
#include "storage/ledger/unchanged_entries.h"
#include "storage/sqlite/sqlite_error.h"

namespace tidewaiter {

Result<LedgerIdentity> read_identity(SQLite::Database& database) {
  try {
    SQLite::Statement select(database, "SELECT origin, vkey FROM ledger");
    if (!select.executeStep()) {
      return fail(ErrorCode::kCorruption, "the ledger does not say what its origin is");
    }
    return LedgerIdentity{select.getColumn(0).getString(), select.getColumn(1).getString()};
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the ledger's origin"));
  }
}

Result<std::string> EntryReader::read(std::int64_t index) {
  try {
    if (!select_) select_.emplace(database_, "SELECT body FROM entry WHERE idx = ?");
    select_->bind(1, index);
    Result<std::string> body =
        select_->executeStep()
            ? Result<std::string>(select_->getColumn(0).getString())
            : fail(ErrorCode::kNotFound, "the ledger has no entry " + std::to_string(index));
    select_->reset();  // ends the read transaction
    return body;
  } catch (const SQLite::Exception& e) {
    select_.reset();
    return tl::unexpected(sqlite_error(e, "read entry " + std::to_string(index)));
  }
}

Result<std::optional<NumberedCheckpoint>> read_last_checkpoint(SQLite::Database& database) {
  try {
    SQLite::Statement select(
        database, "SELECT number, size, note FROM checkpoint ORDER BY number DESC LIMIT 1");
    if (!select.executeStep()) return std::optional<NumberedCheckpoint>();
    auto stored = stored_checkpoint(select.getColumn(0).getInt64(), select.getColumn(1).getInt64(),
                                    select.getColumn(2).getString());
    if (!stored) return tl::unexpected(stored.error());
    return std::optional(std::move(*stored));
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the ledger's checkpoints"));
  }
}

Result<std::optional<std::string>> finding_about(SQLite::Database& database,
                                                 const std::string& subject) {
  try {
    SQLite::Statement select(database,
                             "SELECT id FROM finding WHERE subject = ? AND subject <> '' LIMIT 1");
    select.bind(1, subject);
    if (!select.executeStep()) return std::optional<std::string>();
    return std::optional(select.getColumn(0).getString());
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "look for a subject's findings"));
  }
}

Result<CommitBasis> read_basis(SQLite::Database& database) {
  try {
    CommitBasis basis;
    SQLite::Statement position(database, "SELECT log_id, seq, log_hash FROM position");
    if (position.executeStep()) {
      basis.position.log_id = position.getColumn(0).getString();
      basis.position.offset.seq = position.getColumn(1).getInt64();
      auto& hash = basis.position.offset.log_hash.bytes;
      if (position.getColumn(2).getBytes() != static_cast<int>(hash.size())) {
        return fail(ErrorCode::kCorruption, "the ledger's offset has no hash of 32 bytes");
      }
      std::memcpy(hash.data(), position.getColumn(2).getBlob(), hash.size());
    }
    SQLite::Statement last(database,
                           "SELECT seq, ordinal FROM step ORDER BY seq DESC, ordinal DESC LIMIT 1");
    if (last.executeStep()) {
      basis.last_step = {last.getColumn(0).getInt64(), last.getColumn(1).getInt()};
    }
    return basis;
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the ledger's offset"));
  }
}

Result<std::vector<Disclosure>> read_disclosures(SQLite::Database& database, std::int64_t index) {
  try {
    SQLite::Statement select(database,
                             "SELECT name, text FROM disclosure WHERE idx = ? ORDER BY name");
    select.bind(1, index);
    std::vector<Disclosure> all;
    while (select.executeStep()) {
      all.push_back({select.getColumn(0).getString(), select.getColumn(1).getString()});
    }
    return all;
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(
        sqlite_error(e, "read the disclosures of entry " + std::to_string(index)));
  }
}

Result<std::string> read_coverage(SQLite::Database& database) {
  try {
    SQLite::Statement select(database, "SELECT text FROM coverage");
    return select.executeStep() ? select.getColumn(0).getString() : std::string();
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the ledger's coverage"));
  }
}

Result<std::vector<OutboxMessage>> read_pending(SQLite::Database& database, std::int64_t limit) {
  try {
    SQLite::Statement select(
        database,
        "SELECT id, channel, body, queued FROM outbox WHERE id IN"
        " (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY channel ORDER BY id) AS place"
        " FROM outbox WHERE sent IS NULL) WHERE place <= ?) ORDER BY id");
    select.bind(1, limit);
    std::vector<OutboxMessage> messages;
    while (select.executeStep()) {
      messages.push_back({select.getColumn(0).getInt64(), select.getColumn(1).getString(),
                          select.getColumn(2).getString(),
                          UtcTime{select.getColumn(3).getInt64()}});
    }
    return messages;
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the outbox"));
  }
}

Result<std::optional<UtcTime>> read_earliest_run(SQLite::Database& database) {
  try {
    SQLite::Statement select(database,
                             "SELECT entry.idx, entry.body FROM step JOIN entry"
                             " ON entry.idx = step.idx WHERE step.finding IS NOT NULL");
    EarliestRun run;
    while (select.executeStep()) {
      const auto taken = run.take(select.getColumn(0).getInt64(), select.getColumn(1).getString());
      if (!taken) return tl::unexpected(taken.error());
    }
    return run.earliest();
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the runs of the ledger's findings"));
  }
}

Result<std::vector<std::int64_t>> read_unchanged(SQLite::Database& database, std::int64_t finding) {
  SQLite::Statement select(database,
                           "SELECT step.idx, CAST(entry.body AS TEXT) FROM step JOIN entry ON "
                           "entry.idx = step.idx WHERE step.finding = ? ORDER BY step.idx");
  select.bind(1, finding);
  std::vector<FindingEntry> entries;
  while (select.executeStep()) {
    entries.push_back({select.getColumn(0).getInt64(), select.getColumn(1).getString()});
  }
  return unchanged_entries(
      entries, [&database](std::int64_t index) { return read_disclosures(database, index); });
}

Result<std::vector<NoticedMessage>> read_messages_after(SQLite::Database& database,
                                                        std::int64_t last) {
  try {
    SQLite::Statement select(database,
                             "SELECT id, channel, CASE WHEN json_valid(body)"
                             " THEN json_extract(body, '$.finding') END"
                             " FROM outbox WHERE id > ? ORDER BY id");
    select.bind(1, last);
    std::vector<NoticedMessage> messages;
    while (select.executeStep()) {
      messages.push_back({select.getColumn(0).getInt64(), select.getColumn(1).getString(), ""});
      if (select.getColumn(2).isText()) messages.back().finding = select.getColumn(2).getString();
    }
    return messages;
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the outbox"));
  }
}

}  // namespace tidewaiter
