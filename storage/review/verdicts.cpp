#include "storage/review/verdicts.h"

#include <optional>

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

}  // namespace

std::map<std::int64_t, Verdicts> verdicts_by_version(const CaseBook& book,
                                                     std::string_view policy) {
  std::map<std::int64_t, Verdicts> by_version;
  for (const Case& c : book.cases()) {
    if (c.state == CaseState::kMerged) continue;
    for (const FindingState& finding : c.findings) {
      if (finding.policy != policy || finding.state == StepKind::kWithdrawn) continue;
      ++place_of(by_version[finding.policy_version], outcome_of(c, finding));
    }
  }
  return by_version;
}

}  // namespace tidewaiter
