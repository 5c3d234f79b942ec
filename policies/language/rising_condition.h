#pragma once

#include <span>

#include "policies/language/policy.h"

namespace tidewaiter {

/// The smallest part of `report_when` that more records could make untrue, as `n < 3` could and
/// `n >= 3` never; nullptr if there is none. What cannot be told counts as such a part. Pure.
///
/// More records never lower count, distinct, max, rate() and completed without `without`, nor sum
/// and rate of a field that is never negative; they never raise min. Sums, least and greatest of
/// such measures, and products with what does not change, are as their parts.
[[nodiscard]] const Expr* part_that_may_fall(const Expr& report_when,
                                             std::span<const Measure> measures);

}  // namespace tidewaiter
