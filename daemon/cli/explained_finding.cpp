#include "daemon/cli/explained_finding.h"

#include <algorithm>
#include <utility>

#include "daemon/cli/clearance_standing.h"
#include "daemon/cli/finding_lookup.h"
#include "daemon/cli/masked_case.h"
#include "daemon/cli/stored_evidence.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kFindingChartSlots = 72;

/// What the record log has of the finding. Damage of it hides nothing that the ledger says.
void read_records(const RecordLog& records, ExplainedFinding& e) {
  StoredEvidence evidence = stored_evidence(records, e.finding.evidence);
  e.evidence = std::move(evidence.entries);
  e.evidence_gone = evidence.gone;
  e.damage = std::move(evidence.damage);
  if (!e.policy.text || e.finding.subject.empty()) return;
  if (e.policy.text->reads == RecordKind::kFinding) return;  // findings are no requests
  const Window& window = e.policy.text->window;
  const Duration around = window.session ? kDay : std::max(longest_span(window, 1), kDay);
  const Interval span{e.finding.run.from - around, e.finding.run.to + around};
  Result<SubjectVolume> volume = subject_volume(records, *e.policy.text, e.finding.subject, span,
                                                kFindingChartSlots, kFindingChartEntries);
  if (volume) {
    e.volume = std::move(*volume);
  } else {
    e.damage = volume.error();
  }
}

}  // namespace

Result<ExplainedFinding> explained_finding(const Stores& stores, FindingState finding) {
  ExplainedFinding result;
  result.finding = std::move(finding);
  const Result<CaseBook> book = CaseBook::read(*stores.ledger);
  if (!book) return tl::unexpected(book.error());
  for (const Case& c : book->cases()) {
    // Of a merged case the one that it goes on in has the finding as well.
    if (c.finding(result.finding.id) != nullptr && c.state != CaseState::kMerged)
      result.its_case = c;
  }
  Result<StatedPolicy> policy = stated_policy(stores, result.finding);
  if (!policy) return tl::unexpected(policy.error());
  result.policy = std::move(*policy);
  if (stores.records != nullptr) {
    read_records(*stores.records, result);
  } else {
    result.damage = Error{ErrorCode::kNotFound, "the record log is not there", {}};
  }
  result.hits = hits_of_finding(result.finding, result.policy, result.evidence);
  const auto clearances = worded_clearances(stores);
  if (!clearances) return tl::unexpected(clearances.error());
  for (const WordedClearance& one : *clearances) {
    // It may be about what was hit: nobody can tell.
    const NameCleared& given = one.clearance.cleared();
    const bool stands = one.clearance.state == ClearanceState::kHolds ||
                        one.clearance.state == ClearanceState::kProposed;
    const bool may_be = stands && !one.words && one.damage &&
                        given.policy == result.finding.policy &&
                        given.version == result.policy.version;
    if (may_be && !result.hits.hits.empty() && !result.damage) result.damage = one.damage;
  }
  for (const FindingHit& hit : result.hits.hits) {
    const std::string& policy_id = result.finding.policy;
    for (std::string& line : clearances_about(hit, policy_id, result.policy.version, *clearances)) {
      const auto& all = result.cleared;
      if (std::ranges::find(all, line) == all.end()) result.cleared.push_back(std::move(line));
    }
  }
  for (const std::string& id : result.finding.evidence_findings) {
    Result<FindingState> one = find_finding(*stores.ledger, id);
    if (!one) return tl::unexpected(one.error());
    result.findings.push_back(std::move(*one));
  }
  return result;
}

void mask_finding(ExplainedFinding& e) {
  e.masked = true;
  e.finding = masked(std::move(e.finding));
  for (FindingState& finding : e.findings) finding = masked(std::move(finding));
  e.evidence.clear();
  e.cleared.clear();
}

}  // namespace tidewaiter
