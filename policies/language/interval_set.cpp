#include "policies/language/interval_set.h"

#include <algorithm>

namespace tidewaiter {

std::vector<Interval> joined_intervals(std::vector<Interval> intervals) {
  std::ranges::sort(intervals);
  std::vector<Interval> out;
  for (const Interval& next : intervals) {
    if (!out.empty() && next.from <= out.back().to) {
      out.back().to = std::max(out.back().to, next.to);
    } else {
      out.push_back(next);
    }
  }
  return out;
}

std::optional<Interval> common_part(const Interval& a, const Interval& b) {
  const Interval both{std::max(a.from, b.from), std::min(a.to, b.to)};
  return both.from < both.to ? std::optional(both) : std::nullopt;
}

std::vector<Interval> common_parts(std::span<const Interval> some,
                                   std::span<const Interval> others) {
  std::vector<Interval> out;
  for (const Interval& a : some) {
    for (const Interval& b : others) {
      if (const auto both = common_part(a, b)) out.push_back(*both);
    }
  }
  return out;
}

bool is_within(std::span<const Interval> intervals, UtcTime time) {
  return std::ranges::any_of(intervals, [time](const Interval& interval) {
    return interval.from <= time && time < interval.to;
  });
}

}  // namespace tidewaiter
