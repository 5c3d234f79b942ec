#include "storage/postgres/ledger_change.h"

#include <utility>

#include "policies/model/named_severity.h"
#include "storage/ledger/finding_row.h"

namespace tidewaiter {
namespace {

constexpr const char* kIdentity = "INSERT INTO tidewaiter.ledger VALUES (1, $1, $2, $3)";
constexpr const char* kEntry = "INSERT INTO tidewaiter.entry(idx, nodes, body) VALUES ($1, $2, $3)";
constexpr const char* kDisclosure =
    "INSERT INTO tidewaiter.disclosure(idx, name, text) VALUES ($1, $2, $3)";
constexpr const char* kStep =
    "INSERT INTO tidewaiter.step(seq, ordinal, idx, finding) "
    "VALUES ($1, $2, $3, (SELECT idx FROM tidewaiter.finding WHERE id = $4))";
constexpr const char* kOpen =
    "INSERT INTO tidewaiter.finding(id, state, ended, policy, policy_version, policy_hash, "
    "severity, subject, run_from, run_to, windows, figures, historical, reason, evidence, "
    "evidence_total, idx, opened_seq, opened_ordinal, recorded) "
    "VALUES ($1, $2, 0, $3, $4, $5, $6, coalesce($7, ''::bytea), $8, $9, $10, "
    "coalesce($11, '[]'), $12, $13, coalesce($14, '[]'), coalesce($15, 0), $16, $17, $18, $19) "
    "ON CONFLICT (id) DO NOTHING";
constexpr const char* kGoOn =
    "UPDATE tidewaiter.finding SET state = $2, ended = CASE $2 WHEN 'finding.closed' THEN 1 "
    "WHEN 'finding.restated' THEN CASE WHEN ended = 1 AND run_from = $8 AND run_to = $9 THEN 1 "
    "ELSE 0 END ELSE ended END, policy = $3, policy_version = $4, policy_hash = $5, "
    "severity = $6, subject = coalesce($7, subject), run_from = $8, run_to = $9, "
    "windows = $10, figures = coalesce($11, figures), historical = $12, reason = $13, "
    "evidence = coalesce($14, evidence), evidence_total = coalesce($15, evidence_total) "
    "WHERE id = $1";
constexpr const char* kPosition =
    "INSERT INTO tidewaiter.position(one, log_id, seq, log_hash) VALUES (1, $1, $2, $3) "
    "ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, log_hash = excluded.log_hash";
constexpr const char* kCoverage =
    "INSERT INTO tidewaiter.coverage(one, text) VALUES (1, $1) "
    "ON CONFLICT (one) DO UPDATE SET text = excluded.text";
constexpr const char* kMessage =
    "INSERT INTO tidewaiter.outbox(channel, body, queued) VALUES ($1, $2, $3)";
constexpr const char* kCheckpoint =
    "INSERT INTO tidewaiter.checkpoint(number, size, note, signed_at) VALUES ($1, $2, $3, $4)";

/// Values 1 to 15, which opening a finding and going on with it share.
Result<std::vector<SqlValue>> finding_values(const Step& step, const BuiltEntry& entry) {
  const auto carried = carried_columns(step, entry);
  if (!carried) return tl::unexpected(carried.error());
  const std::optional<std::int64_t> total =
      carried->evidence ? std::optional(step.evidence_total) : std::nullopt;
  return std::vector<SqlValue>{SqlValue::text(std::string_view(step.finding)),
                               SqlValue::text(step_name(step.kind)),
                               SqlValue::text(std::string_view(step.policy)),
                               SqlValue::number(step.policy_version),
                               SqlValue::text(std::string_view(to_hex(step.policy_hash))),
                               SqlValue::text(severity_name(step.severity)),
                               SqlValue::bytes(carried->subject),
                               SqlValue::number(step.run.from.us),
                               SqlValue::number(step.run.to.us),
                               SqlValue::number(step.windows),
                               SqlValue::text(carried->figures),
                               SqlValue::number(std::int64_t{step.historical ? 1 : 0}),
                               SqlValue::text(std::string_view(step.reason)),
                               SqlValue::text(carried->evidence),
                               SqlValue::number(total)};
}

void add_entry(std::vector<SqlChange>& changes, std::int64_t index, std::string_view nodes,
               const BuiltEntry& entry) {
  changes.push_back({kEntry,
                     {SqlValue::number(index), SqlValue::bytes(nodes),
                      SqlValue::bytes(std::string_view(entry.body))}});
  for (const Disclosure& one : entry.disclosures) {
    changes.push_back({kDisclosure,
                       {SqlValue::number(index), SqlValue::text(std::string_view(one.name)),
                        SqlValue::text(std::string_view(one.text))}});
  }
}

Result<void> add_step(std::vector<SqlChange>& changes, std::int64_t index, const Step& step,
                      const BuiltEntry& entry, UtcTime ts) {
  std::optional<std::string> finding;
  if (step.kind != StepKind::kGap) {
    finding = step.finding;
    auto values = finding_values(step, entry);
    if (!values) return tl::unexpected(values.error());
    if (step.kind == StepKind::kOpened) {
      for (const std::int64_t value : {index, step.seq, std::int64_t{step.ordinal}, ts.us}) {
        values->push_back(SqlValue::number(value));
      }
      changes.push_back(
          {kOpen, std::move(*values), "the finding `" + step.finding + "` is open already"});
    } else {
      changes.push_back(
          {kGoOn, std::move(*values), "the finding `" + step.finding + "` was never opened"});
    }
  }
  changes.push_back({kStep,
                     {SqlValue::number(step.seq), SqlValue::number(std::int64_t{step.ordinal}),
                      SqlValue::number(index), SqlValue::text(finding)}});
  return {};
}

std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()};
}

}  // namespace

Result<std::vector<SqlChange>> ledger_changes(const CommitRows& rows) {
  const LedgerCommit& commit = rows.commit;
  const std::size_t events = commit.events.size();
  std::vector<SqlChange> changes;
  for (std::size_t i = 0; i < rows.entries.size(); ++i) {
    const std::int64_t index = rows.first + static_cast<std::int64_t>(i);
    add_entry(changes, index, rows.nodes[i], rows.entries[i]);
    if (i < events) continue;
    if (auto added = add_step(changes, index, commit.steps[i - events], rows.entries[i], rows.ts);
        !added) {
      return tl::unexpected(added.error());
    }
  }
  if (commit.offset) {
    changes.push_back(
        {kPosition,
         {SqlValue::text(std::string_view(commit.log_id)), SqlValue::number(commit.offset->seq),
          SqlValue::bytes(bytes_of(commit.offset->log_hash))}});
  }
  if (!commit.coverage.empty()) {
    changes.push_back({kCoverage, {SqlValue::text(std::string_view(commit.coverage))}});
  }
  for (const OutboxMessage& message : commit.outbox) {
    changes.push_back(
        {kMessage,
         {SqlValue::text(std::string_view(message.channel)),
          SqlValue::text(std::string_view(message.body)), SqlValue::number(rows.ts.us)}});
  }
  return changes;
}

SqlChange checkpoint_change(const NumberedCheckpoint& signed_head, UtcTime now) {
  return {
      kCheckpoint,
      {SqlValue::number(signed_head.number), SqlValue::number(signed_head.checkpoint.head.size),
       SqlValue::text(std::string_view(signed_head.checkpoint.note)), SqlValue::number(now.us)}};
}

SqlChange identity_change(const LedgerIdentity& identity, UtcTime now) {
  return {kIdentity,
          {SqlValue::text(std::string_view(identity.origin)),
           SqlValue::text(std::string_view(identity.verifier_key)), SqlValue::number(now.us)}};
}

}  // namespace tidewaiter
