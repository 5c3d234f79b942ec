#pragma once

#include <optional>
#include <span>
#include <vector>

#include "policies/model/time.h"

namespace tidewaiter {

/// Sorted, and joined where they overlap or touch.
[[nodiscard]] std::vector<Interval> joined_intervals(std::vector<Interval> intervals);

/// What both have in common, if anything.
[[nodiscard]] std::optional<Interval> common_part(const Interval& a, const Interval& b);

/// What two sets have in common; those of each lie apart.
[[nodiscard]] std::vector<Interval> common_parts(std::span<const Interval> some,
                                                 std::span<const Interval> others);

/// Whether they have an instant in common.
[[nodiscard]] constexpr bool overlap(const Interval& a, const Interval& b) {
  return a.from < b.to && b.from < a.to;
}

/// Whether `time` lies in one of the intervals, each from `from` on and before `to`.
[[nodiscard]] bool is_within(std::span<const Interval> intervals, UtcTime time);

}  // namespace tidewaiter
