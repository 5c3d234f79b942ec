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

/// The columns of the row that a statement stands at.
struct StatementColumns {
  SQLite::Statement& row;

  [[nodiscard]] std::int64_t number(int column) const { return row.getColumn(column).getInt64(); }
  [[nodiscard]] std::string text(int column) const { return row.getColumn(column).getString(); }
  [[nodiscard]] bool is_null(int column) const { return row.isColumnNull(column); }
};

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
      auto finding = finding_from_row(read_finding_row(StatementColumns{select}));
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
