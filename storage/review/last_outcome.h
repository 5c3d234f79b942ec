#pragma once

#include <optional>

#include "storage/review/case_book.h"

namespace tidewaiter {

/// What somebody made of a finding last, whether or not it holds: nothing if nobody did. Unlike
/// outcome_of() it is
///
/// - a decision that waits for another person, unless it says that the finding is none: until that
///   is approved, what was decided before counts;
/// - one that an appeal, news, a merge, a split or a request for information has superseded.
///
/// One that was rejected is none, and so is one that was made before the finding was opened, or in
/// a case that did not have it yet. REQUIRES: `c` is a case of `book`, and not merged; `finding` is
/// one of its findings. Pure.
[[nodiscard]] std::optional<Outcome> last_outcome_of(const CaseBook& book, const Case& c,
                                                     const FindingState& finding);

}  // namespace tidewaiter
