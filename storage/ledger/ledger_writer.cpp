#include "storage/ledger/ledger_writer.h"

#include <optional>
#include <utility>

#include "storage/ledger/finding_row.h"

namespace tidewaiter {
namespace {

/// Makes a statement ready again. Its last error was reported when it happened.
SQLite::Statement& again(SQLite::Statement& statement) {
  (void)statement.tryReset();
  statement.clearBindings();
  return statement;
}

void bind_blob(SQLite::Statement& statement, int place, std::string_view bytes) {
  statement.bindNoCopy(place, bytes.data(), static_cast<int>(bytes.size()));
}

void bind_or_null(SQLite::Statement& statement, int place, const std::optional<std::string>& text) {
  if (text) {
    statement.bind(place, *text);
  } else {
    statement.bind(place);
  }
}

/// Columns 1 to 15, which opening and updating a finding share.
Result<void> bind_finding(SQLite::Statement& statement, const Step& step, const BuiltEntry& entry) {
  const auto carried = carried_columns(step, entry);
  if (!carried) return tl::unexpected(carried.error());
  statement.bind(1, step.finding);
  statement.bind(2, std::string(step_name(step.kind)));
  statement.bind(3, step.policy);
  statement.bind(4, step.policy_version);
  statement.bind(5, to_hex(step.policy_hash));
  statement.bind(6, std::string(severity_name(step.severity)));
  bind_or_null(statement, 7, carried->subject);
  statement.bind(8, step.run.from.us);
  statement.bind(9, step.run.to.us);
  statement.bind(10, step.windows);
  bind_or_null(statement, 11, carried->figures);
  statement.bind(12, step.historical ? 1 : 0);
  statement.bind(13, step.reason);
  bind_or_null(statement, 14, carried->evidence);
  if (carried->evidence) {
    statement.bind(15, step.evidence_total);
  } else {
    statement.bind(15);
  }
  return {};
}

}  // namespace

LedgerWriter::LedgerWriter(SQLite::Database& database)
    : entry_(database, "INSERT INTO entry(idx, nodes, body) VALUES (?, ?, ?)"),
      disclosure_(database, "INSERT INTO disclosure(idx, name, text) VALUES (?, ?, ?)"),
      step_(database, "INSERT INTO step(seq, ordinal, idx, finding) VALUES (?, ?, ?, ?)"),
      finding_open_(
          database,
          "INSERT INTO finding(id, state, ended, policy, policy_version, policy_hash, severity, "
          "subject, "
          "run_from, run_to, windows, figures, historical, reason, evidence, evidence_total, "
          "idx, opened_seq, opened_ordinal, recorded) "
          "VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, coalesce(?7, ''), ?8, ?9, ?10, coalesce(?11, '[]'), "
          "?12, ?13, coalesce(?14, '[]'), coalesce(?15, 0), ?16, ?17, ?18, ?19)"),
      finding_update_(
          database,
          "UPDATE finding SET state = ?2, ended = CASE ?2 WHEN 'finding.closed' THEN 1 "
          "WHEN 'finding.restated' THEN ended AND run_from = ?8 AND run_to = ?9 ELSE ended END, "
          "policy = ?3, policy_version = ?4, policy_hash = ?5, "
          "severity = ?6, subject = coalesce(?7, subject), run_from = ?8, run_to = ?9, "
          "windows = ?10, figures = coalesce(?11, figures), historical = ?12, reason = ?13, "
          "evidence = coalesce(?14, evidence), evidence_total = coalesce(?15, evidence_total) "
          "WHERE id = ?1"),
      finding_find_(database, "SELECT idx FROM finding WHERE id = ?"),
      position_(database,
                "INSERT INTO position(one, log_id, seq, log_hash) VALUES (1, ?, ?, ?) "
                "ON CONFLICT(one) DO UPDATE SET seq = excluded.seq, log_hash = excluded.log_hash"),
      coverage_(database,
                "INSERT INTO coverage(one, text) VALUES (1, ?) "
                "ON CONFLICT(one) DO UPDATE SET text = excluded.text"),
      message_(database, "INSERT INTO outbox(channel, body, queued) VALUES (?, ?, ?)"),
      checkpoint_(database,
                  "INSERT INTO checkpoint(number, size, note, signed_at) VALUES (?, ?, ?, ?)") {}

void LedgerWriter::put_entry(std::int64_t index, std::string_view nodes, const BuiltEntry& entry) {
  SQLite::Statement& insert = again(entry_);
  insert.bind(1, index);
  bind_blob(insert, 2, nodes);
  bind_blob(insert, 3, entry.body);
  insert.exec();
  for (const Disclosure& disclosure : entry.disclosures) {
    SQLite::Statement& disclose = again(disclosure_);
    disclose.bind(1, index);
    disclose.bindNoCopy(2, disclosure.name);
    disclose.bindNoCopy(3, disclosure.text);
    disclose.exec();
  }
}

Result<void> LedgerWriter::put_step(std::int64_t index, const Step& step, const BuiltEntry& entry,
                                    UtcTime ts) {
  SQLite::Statement& insert = again(step_);
  if (step.kind != StepKind::kGap) {
    const auto finding = step.kind == StepKind::kOpened ? open_finding(index, step, entry, ts)
                                                        : update_finding(step, entry);
    if (!finding) return tl::unexpected(finding.error());
    insert.bind(4, *finding);
  }
  insert.bind(1, step.seq);
  insert.bind(2, step.ordinal);
  insert.bind(3, index);
  insert.exec();
  return {};
}

std::optional<std::int64_t> LedgerWriter::find_finding(const std::string& id) {
  SQLite::Statement& find = again(finding_find_);
  find.bindNoCopy(1, id);
  std::optional<std::int64_t> index;
  if (find.executeStep()) index = find.getColumn(0).getInt64();
  // A statement that waits for its next row would hold the snapshot beyond the transaction.
  find.reset();
  return index;
}

Result<std::int64_t> LedgerWriter::open_finding(std::int64_t index, const Step& step,
                                                const BuiltEntry& entry, UtcTime ts) {
  if (find_finding(step.finding)) {
    return fail(ErrorCode::kRefused, "the finding `" + step.finding + "` is open already");
  }
  SQLite::Statement& insert = again(finding_open_);
  if (auto bound = bind_finding(insert, step, entry); !bound) return tl::unexpected(bound.error());
  insert.bind(16, index);
  insert.bind(17, step.seq);
  insert.bind(18, step.ordinal);
  insert.bind(19, ts.us);
  insert.exec();
  return index;
}

Result<std::int64_t> LedgerWriter::update_finding(const Step& step, const BuiltEntry& entry) {
  const auto index = find_finding(step.finding);
  if (!index) {
    return fail(ErrorCode::kRefused, "the finding `" + step.finding + "` was never opened");
  }
  SQLite::Statement& update = again(finding_update_);
  if (auto bound = bind_finding(update, step, entry); !bound) return tl::unexpected(bound.error());
  update.exec();
  return *index;
}

void LedgerWriter::put_position(const std::string& log_id, const LogOffset& offset) {
  SQLite::Statement& insert = again(position_);
  insert.bindNoCopy(1, log_id);
  insert.bind(2, offset.seq);
  insert.bind(3, offset.log_hash.bytes.data(), static_cast<int>(offset.log_hash.bytes.size()));
  insert.exec();
}

void LedgerWriter::put_coverage(const std::string& text) {
  SQLite::Statement& insert = again(coverage_);
  insert.bindNoCopy(1, text);
  insert.exec();
}

void LedgerWriter::put_message(const OutboxMessage& message, UtcTime now) {
  SQLite::Statement& insert = again(message_);
  insert.bindNoCopy(1, message.channel);
  insert.bindNoCopy(2, message.body);
  insert.bind(3, now.us);
  insert.exec();
}

void LedgerWriter::put_checkpoint(const NumberedCheckpoint& signed_head, UtcTime now) {
  SQLite::Statement& insert = again(checkpoint_);
  insert.bind(1, signed_head.number);
  insert.bind(2, signed_head.checkpoint.head.size);
  insert.bindNoCopy(3, signed_head.checkpoint.note);
  insert.bind(4, now.us);
  insert.exec();
}

}  // namespace tidewaiter
