#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/named_severity.h"
#include "storage/ledger/figure_json.h"
#include "storage/ledger/ledger_reader.h"
#include "storage/sqlite/sqlite_error.h"

namespace tidewaiter {
namespace {

constexpr StepKind kFindingKinds[] = {StepKind::kOpened, StepKind::kRestated, StepKind::kWithdrawn,
                                      StepKind::kClosed};

constexpr EvidenceChoice kChoices[] = {EvidenceChoice::kLast, EvidenceChoice::kLargest};

tl::unexpected<Error> damaged(const std::string& id, std::string_view column) {
  return fail(ErrorCode::kCorruption, "the stored finding `" + id + "` has a damaged " +
                                          std::string(column) + "; verify the ledger");
}

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

/// Columns that are names of ours: state, severity, policy hash, choice of evidence.
Result<void> read_names(SQLite::Statement& row, FindingState& finding) {
  const std::string state = row.getColumn(2).getString();
  bool known = false;
  for (const StepKind kind : kFindingKinds) {
    if (step_name(kind) != state) continue;
    finding.state = kind;
    known = true;
  }
  if (!known) return damaged(finding.id, "state");
  const auto severity = severity_named(row.getColumn(7).getString());
  if (!severity) return damaged(finding.id, "severity");
  finding.severity = *severity;
  const auto hash = digest_from_hex(row.getColumn(6).getString());
  if (!hash) return damaged(finding.id, "policy hash");
  finding.policy_hash = *hash;
  if (row.isColumnNull(20)) return {};
  const std::string chosen = row.getColumn(20).getString();
  known = false;
  for (const EvidenceChoice candidate : kChoices) {
    if (choice_name(candidate) != chosen) continue;
    finding.evidence_choice = candidate;
    known = true;
  }
  if (!known) return damaged(finding.id, "choice of evidence");
  return {};
}

Result<void> read_lists(SQLite::Statement& row, FindingState& finding) {
  auto figures = figures_from_json(row.getColumn(12).getString());
  if (!figures) return damaged(finding.id, "list of figures");
  finding.figures = std::move(*figures);
  const auto evidence = nlohmann::json::parse(row.getColumn(15).getString(), nullptr, false);
  if (!evidence.is_array()) return damaged(finding.id, "list of evidence");
  for (const auto& item : evidence) {
    if (item.is_number_integer()) {
      finding.evidence.push_back(item.get<std::int64_t>());
    } else if (item.is_string()) {
      finding.evidence_findings.push_back(item.get<std::string>());
    } else {
      return damaged(finding.id, "list of evidence");
    }
  }
  return {};
}

Result<FindingState> read_finding(SQLite::Statement& row) {
  FindingState finding;
  finding.id = row.getColumn(1).getString();
  if (auto names = read_names(row, finding); !names) return tl::unexpected(names.error());
  finding.ended = row.getColumn(3).getInt() != 0;
  finding.policy = row.getColumn(4).getString();
  finding.policy_version = row.getColumn(5).getInt64();
  finding.subject = row.getColumn(8).getString();
  finding.run = {{row.getColumn(9).getInt64()}, {row.getColumn(10).getInt64()}};
  finding.windows = row.getColumn(11).getInt64();
  finding.historical = row.getColumn(13).getInt() != 0;
  finding.reason = row.getColumn(14).getString();
  if (auto lists = read_lists(row, finding); !lists) return tl::unexpected(lists.error());
  finding.evidence_total = row.getColumn(16).getInt64();
  finding.opened_seq = row.getColumn(17).getInt64();
  finding.opened_ordinal = row.getColumn(18).getInt();
  finding.recorded = {row.getColumn(19).getInt64()};
  return finding;
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
      auto finding = read_finding(select);
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
