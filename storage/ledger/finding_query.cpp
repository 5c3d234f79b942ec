#include <utility>

#include "storage/ledger/finding_row.h"
#include "storage/ledger/ledger_reader.h"
#include "storage/sqlite/sqlite_error.h"

namespace tidewaiter {
namespace {

/// Every condition is there and answers true where the query has none.
constexpr const char* kSelect =
    "SELECT idx, id, state, ended, policy, policy_version, policy_hash, severity, subject, "
    "run_from, "
    "run_to, windows, figures, historical, reason, evidence, evidence_total, opened_seq, "
    "opened_ordinal, recorded, "
    // The projection has no column for it: the last entry with evidence says how it was chosen.
    "(SELECT json_extract(CAST(body AS TEXT), '$.evidence.chosen') FROM step "
    "JOIN entry ON entry.idx = step.idx WHERE step.finding = finding.idx "
    "AND json_type(CAST(body AS TEXT), '$.evidence') IS NOT NULL ORDER BY step.idx DESC LIMIT 1) "
    "FROM finding "
    "WHERE (?1 = '' OR policy = ?1) AND (?2 = '' OR subject = ?2) "
    "AND substr(id, 1, length(?3)) = ?3 "
    "AND CASE severity WHEN 'low' THEN 0 WHEN 'medium' THEN 1 WHEN 'high' THEN 2 ELSE 3 END >= ?4 "
    "AND (?5 = 0 OR state <> 'finding.withdrawn') ORDER BY idx LIMIT ?6";

void bind_query(SQLite::Statement& select, const FindingQuery& query) {
  select.bind(1, query.policy);
  select.bind(2, query.subject);
  select.bind(3, query.id_prefix);
  select.bind(4, query.at_least ? static_cast<int>(*query.at_least) : 0);
  select.bind(5, query.open_only ? 1 : 0);
  select.bind(6, query.limit);
}

FindingRow row_of(SQLite::Statement& row) {
  FindingRow read;
  read.index = row.getColumn(0).getInt64();
  read.id = row.getColumn(1).getString();
  read.state = row.getColumn(2).getString();
  read.ended = row.getColumn(3).getInt() != 0;
  read.policy = row.getColumn(4).getString();
  read.policy_version = row.getColumn(5).getInt64();
  read.policy_hash = row.getColumn(6).getString();
  read.severity = row.getColumn(7).getString();
  read.subject = row.getColumn(8).getString();
  read.run_from = row.getColumn(9).getInt64();
  read.run_to = row.getColumn(10).getInt64();
  read.windows = row.getColumn(11).getInt64();
  read.figures = row.getColumn(12).getString();
  read.historical = row.getColumn(13).getInt() != 0;
  read.reason = row.getColumn(14).getString();
  read.evidence = row.getColumn(15).getString();
  read.evidence_total = row.getColumn(16).getInt64();
  read.opened_seq = row.getColumn(17).getInt64();
  read.opened_ordinal = row.getColumn(18).getInt();
  read.recorded = row.getColumn(19).getInt64();
  if (!row.isColumnNull(20)) read.chosen = row.getColumn(20).getString();
  return read;
}

}  // namespace

Result<std::vector<FindingState>> read_findings(SQLite::Database& database,
                                                const FindingQuery& query) {
  try {
    // One snapshot: a finding and its entries belong together.
    const SQLite::Transaction snapshot(database);
    SQLite::Statement select(database, kSelect);
    SQLite::Statement steps(database, "SELECT idx FROM step WHERE finding = ? ORDER BY idx");
    bind_query(select, query);
    std::vector<FindingState> findings;
    while (select.executeStep()) {
      auto finding = finding_from_row(row_of(select));
      if (!finding) return tl::unexpected(finding.error());
      steps.reset();
      steps.bind(1, select.getColumn(0).getInt64());
      while (steps.executeStep()) finding->entries.push_back(steps.getColumn(0).getInt64());
      // Most have one entry, or two: what is there once repeats nothing.
      if (finding->entries.size() > 1) {
        auto unchanged = read_unchanged(database, select.getColumn(0).getInt64());
        if (!unchanged) return tl::unexpected(unchanged.error());
        finding->unchanged = std::move(*unchanged);
      }
      findings.push_back(std::move(*finding));
    }
    return findings;
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the ledger's findings"));
  }
}

}  // namespace tidewaiter
