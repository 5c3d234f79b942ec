#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "policies/authoring/settled_set.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// How many bars a terminal's plot has at most.
inline constexpr std::size_t kMostDayBars = 48;

/// One bar for each `slot` from `from` on.
struct DayBars {
  UtcTime from;
  Duration slot;
  std::vector<std::int64_t> values;
};

/// `span`, and before and after it the times at which findings begin: a run's first window may have
/// begun before the first record.
[[nodiscard]] Interval span_with_starts(Interval span, std::span<const SettledFinding> findings);

/// Findings by the UTC day on which they begin, over `span`, outside which they are left out; whole
/// days together where there are more than `most`.
[[nodiscard]] DayBars day_bars(std::span<const SettledFinding> findings, Interval span,
                               std::size_t most);

}  // namespace tidewaiter
