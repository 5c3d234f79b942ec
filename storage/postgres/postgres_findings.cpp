#include "storage/postgres/postgres_findings.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "storage/ledger/finding_row.h"

namespace tidewaiter {
namespace {

/// Every condition is there and answers true where the query has none.
constexpr const char* kFindings =
    "SELECT idx, id, state, ended, policy, policy_version, policy_hash, severity, subject, "
    "run_from, run_to, windows, figures, historical, reason, evidence, evidence_total, "
    "opened_seq, opened_ordinal, recorded, "
    // The projection has no column for it: the last entry with evidence says how it was chosen.
    "(SELECT convert_from(e.body, 'UTF8')::json -> 'evidence' ->> 'chosen' "
    "FROM tidewaiter.step AS s JOIN tidewaiter.entry AS e ON e.idx = s.idx "
    "WHERE s.finding = f.idx AND convert_from(e.body, 'UTF8')::json -> 'evidence' IS NOT NULL "
    "ORDER BY s.idx DESC LIMIT 1) "
    "FROM tidewaiter.finding AS f "
    "WHERE ($1 = '' OR policy = $1) AND ($2 = ''::bytea OR subject = $2) "
    "AND substr(id, 1, length($3)) = $3 "
    "AND CASE severity WHEN 'low' THEN 0 WHEN 'medium' THEN 1 WHEN 'high' THEN 2 ELSE 3 END >= $4 "
    "AND ($5 = 0 OR state <> 'finding.withdrawn') ORDER BY idx LIMIT $6";
/// Findings of a query whose entries are asked for at once. The places come as a list in text, for
/// they need not lie together: between the first and the last of them may be all others.
constexpr int kFindingsAtOnce = 256;
constexpr const char* kSteps =
    "SELECT finding, idx FROM tidewaiter.step WHERE finding = ANY (string_to_array($1, "
    "',')::bigint[]) "
    "ORDER BY finding, idx";
constexpr const char* kSaid =
    "SELECT s.finding, s.idx, e.body FROM tidewaiter.step AS s "
    "JOIN tidewaiter.entry AS e ON e.idx = s.idx "
    "WHERE s.finding = ANY (string_to_array($1, ',')::bigint[]) ORDER BY s.finding, s.idx";

std::vector<SqlValue> values_of(const FindingQuery& query) {
  const std::optional<std::int64_t> limit =
      query.limit < 0 ? std::nullopt : std::optional(query.limit);
  return {SqlValue::text(std::string_view(query.policy)),
          SqlValue::bytes(std::string_view(query.subject)),
          SqlValue::text(std::string_view(query.id_prefix)),
          SqlValue::number(query.at_least ? static_cast<std::int64_t>(*query.at_least) : 0),
          SqlValue::number(std::int64_t{query.open_only ? 1 : 0}),
          SqlValue::number(limit)};
}

/// The columns of one row.
struct RowColumns {
  const SqlRows& rows;
  int row = 0;

  [[nodiscard]] std::int64_t number(int column) const { return rows.number(row, column); }
  [[nodiscard]] std::string text(int column) const { return rows.text(row, column); }
  [[nodiscard]] bool is_null(int column) const { return rows.is_null(row, column); }
};

std::string list_of(const std::vector<std::int64_t>& places) {
  std::string list;
  for (const std::int64_t place : places) {
    if (!list.empty()) list += ',';
    list += std::to_string(place);
  }
  return list;
}

using EntriesByFinding = std::map<std::int64_t, std::vector<std::int64_t>>;

Result<EntriesByFinding> entries_of(const FindingQuestions& questions,
                                    const std::vector<std::int64_t>& places) {
  EntriesByFinding entries;
  const auto rows = questions.ask(kSteps, {SqlValue::text(std::string_view(list_of(places)))});
  if (!rows) return tl::unexpected(rows.error());
  for (int row = 0; row < rows->count(); ++row) {
    entries[rows->number(row, 0)].push_back(rows->number(row, 1));
  }
  return entries;
}

/// FindingState::unchanged of those with more than one entry: what is there once repeats nothing.
Result<EntriesByFinding> unchanged_of(const FindingQuestions& questions,
                                      const EntriesByFinding& entries) {
  std::vector<std::int64_t> several;
  for (const auto& [finding, indices] : entries) {
    if (indices.size() > 1) several.push_back(finding);
  }
  EntriesByFinding unchanged;
  if (several.empty()) return unchanged;
  const auto rows = questions.ask(kSaid, {SqlValue::text(std::string_view(list_of(several)))});
  if (!rows) return tl::unexpected(rows.error());
  std::vector<FindingEntry> said;
  for (int row = 0; row < rows->count(); ++row) {
    const std::int64_t finding = rows->number(row, 0);
    said.push_back({rows->number(row, 1), rows->text(row, 2)});
    if (row + 1 < rows->count() && rows->number(row + 1, 0) == finding) continue;
    auto same = unchanged_entries(said, questions.disclosures);
    if (!same) return tl::unexpected(same.error());
    unchanged[finding] = std::move(*same);
    said.clear();
  }
  return unchanged;
}

/// The findings of rows `from` up to `to`.
Result<void> take_findings(const FindingQuestions& questions, const SqlRows& rows, int from, int to,
                           std::vector<FindingState>& findings) {
  std::vector<std::int64_t> places;
  for (int row = from; row < to; ++row) places.push_back(rows.number(row, 0));
  auto entries = entries_of(questions, places);
  if (!entries) return tl::unexpected(entries.error());
  auto unchanged = unchanged_of(questions, *entries);
  if (!unchanged) return tl::unexpected(unchanged.error());
  for (int row = from; row < to; ++row) {
    auto finding = finding_from_row(read_finding_row(RowColumns{rows, row}));
    if (!finding) return tl::unexpected(finding.error());
    const std::int64_t place = rows.number(row, 0);
    finding->entries = std::move((*entries)[place]);
    finding->unchanged = std::move((*unchanged)[place]);
    findings.push_back(std::move(*finding));
  }
  return {};
}

}  // namespace

Result<std::vector<FindingState>> read_postgres_findings(const FindingQuestions& questions,
                                                         const FindingQuery& query) {
  const auto rows = questions.ask(kFindings, values_of(query));
  if (!rows) return tl::unexpected(rows.error());
  std::vector<FindingState> findings;
  for (int from = 0; from < rows->count(); from += kFindingsAtOnce) {
    const int to = std::min(from + kFindingsAtOnce, rows->count());
    if (auto taken = take_findings(questions, *rows, from, to, findings); !taken) {
      return tl::unexpected(taken.error());
    }
  }
  return findings;
}

}  // namespace tidewaiter
