#include "storage/review/verdicts.h"

#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace tidewaiter {
namespace {

std::int64_t& place_of(Verdicts& verdicts, std::optional<Outcome> outcome) {
  switch (outcome.value_or(Outcome::kNeedsInformation)) {
    case Outcome::kConfirmed:
      return verdicts.confirmed;
    case Outcome::kFalsePositive:
      return verdicts.false_positive;
    case Outcome::kAcceptedRisk:
      return verdicts.accepted_risk;
    case Outcome::kReferred:
      return verdicts.referred;
    case Outcome::kNeedsInformation:
      break;
  }
  return verdicts.undecided;
}

Result<FindingOutcomes> outcomes_by(std::vector<FindingState> findings, RecordedDeeds deeds) {
  if (deeds.acts.empty()) return FindingOutcomes{};
  const Result<CaseBook> book =
      CaseBook::make(std::move(findings), std::move(deeds.acts), deeds.regroupings);
  if (!book) return tl::unexpected(book.error());
  return outcomes_of(*book);
}

}  // namespace

std::map<std::int64_t, Verdicts> verdicts_by_version(const CaseBook& book,
                                                     std::string_view policy) {
  std::map<std::int64_t, Verdicts> by_version;
  for (const Case& c : book.cases()) {
    if (c.state == CaseState::kMerged) continue;
    std::set<std::int64_t> decided;  // versions of which the case has a decided finding
    for (const FindingState& finding : c.findings) {
      if (finding.policy != policy || finding.state == StepKind::kWithdrawn) continue;
      const std::optional<Outcome> outcome = outcome_of(c, finding);
      ++place_of(by_version[finding.policy_version], outcome);
      if (outcome) decided.insert(finding.policy_version);
    }
    for (const std::int64_t version : decided) ++by_version[version].cases_decided;
  }
  return by_version;
}

FindingOutcomes outcomes_of(const Case& c) {
  FindingOutcomes outcomes;
  for (const FindingState& finding : c.findings) {
    if (const auto outcome = outcome_of(c, finding)) outcomes.emplace(finding.id, *outcome);
  }
  return outcomes;
}

FindingOutcomes outcomes_of(const CaseBook& book) {
  FindingOutcomes outcomes;
  for (const Case& c : book.cases()) {
    if (c.state != CaseState::kMerged) outcomes.merge(outcomes_of(c));
  }
  return outcomes;
}

Result<FindingOutcomes> read_outcomes(const Ledger& ledger) {
  Result<RecordedDeeds> deeds = recorded_deeds(ledger);
  if (!deeds) return tl::unexpected(deeds.error());
  if (deeds->acts.empty()) return FindingOutcomes{};
  Result<std::vector<FindingState>> findings = ledger.findings({});
  if (!findings) return tl::unexpected(findings.error());
  return outcomes_by(*std::move(findings), *std::move(deeds));
}

Result<FindingOutcomes> read_outcomes(const Ledger& ledger,
                                      const std::vector<FindingState>& findings) {
  Result<RecordedDeeds> deeds = recorded_deeds(ledger);
  if (!deeds) return tl::unexpected(deeds.error());
  return outcomes_by(findings, *std::move(deeds));
}

}  // namespace tidewaiter
