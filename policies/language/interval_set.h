#pragma once

#include <span>
#include <vector>

#include "policies/model/time.h"

namespace tidewaiter {

/// Sorted, and joined where they overlap or touch.
[[nodiscard]] std::vector<Interval> joined_intervals(std::vector<Interval> intervals);

/// Whether they have an instant in common.
[[nodiscard]] constexpr bool overlap(const Interval& a, const Interval& b) {
  return a.from < b.to && b.from < a.to;
}

/// Whether `time` lies in one of the intervals, each from `from` on and before `to`.
[[nodiscard]] bool is_within(std::span<const Interval> intervals, UtcTime time);

}  // namespace tidewaiter
