#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "storage/review/case_book.h"

namespace tidewaiter {

/// What people decided about the findings of one version of a policy. Withdrawn findings do not
/// count.
struct Verdicts {
  std::int64_t confirmed = 0;
  std::int64_t false_positive = 0;
  std::int64_t accepted_risk = 0;
  std::int64_t referred = 0;
  /// Without a decision, with one that awaits a second person or asks for information, and found
  /// since the decision about their case.
  std::int64_t undecided = 0;
  /// In which all but the undecided ones are: what is decided of a case is decided of all of its
  /// findings, so that these do not count as so many judgements.
  std::int64_t cases_decided = 0;
  bool operator==(const Verdicts&) const = default;
};

/// By version. A merged case's findings count in the case that it goes on in. Pure.
[[nodiscard]] std::map<std::int64_t, Verdicts> verdicts_by_version(const CaseBook& book,
                                                                   std::string_view policy);

/// What people decided, by the finding's id: those of which outcome_of() says it.
using FindingOutcomes = std::map<std::string, Outcome, std::less<>>;

/// Of the findings of one case. Pure.
[[nodiscard]] FindingOutcomes outcomes_of(const Case& c);
/// Of all findings; those of a merged case as the one that it goes on in has them. Pure.
[[nodiscard]] FindingOutcomes outcomes_of(const CaseBook& book);
/// The same of what a ledger has. Where nobody has done anything no finding is read. Errors: those
/// of CaseBook::read().
[[nodiscard]] Result<FindingOutcomes> read_outcomes(const Ledger& ledger);
/// The same where all findings of the ledger have been read.
[[nodiscard]] Result<FindingOutcomes> read_outcomes(const Ledger& ledger,
                                                    const std::vector<FindingState>& findings);

}  // namespace tidewaiter
