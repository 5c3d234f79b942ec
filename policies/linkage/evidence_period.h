#pragma once

#include <compare>
#include <cstdint>

#include "policies/linkage/linkage.h"
#include "policies/model/time.h"
#include "policies/model/whole_division.h"

namespace tidewaiter {

/// Time is cut into periods of one length that begin at each half of it, counted from the epoch,
/// so that two uses of a value that lie no further apart than half the length are in one period,
/// and two as far apart as the length are in none. A link with a window and no half-life has one
/// such row of periods, as long as the window. With a half-life h it has rungs 1, 2, 3, … of
/// lengths h, 2h, 3h, … up to the window, and of what two accounts share in several periods the
/// heaviest counts: where few use a value, that of the least rung r that has a period with uses of
/// both, divided by 2^(r - 1). Where the nearest of their uses lie g > 0 apart, the divisor is at
/// least 2^floor(g / h), and at most 2^(ceil(2g / h) - 1) where g <= window / 2; between half the
/// window and the window no period may have both, as periods begin, and then there is no evidence;
/// nor is there where g >= window.
///
/// Periods are as good as values: who uses a value in one is a set that only grows with the records
/// there are, so that neither the order in which they come nor the present matters; and how many
/// use it is counted within the period, so that an address that many have had in a year, one after
/// the other, is no hub.
struct EvidencePeriod {
  std::uint32_t rung = 0;  ///< 0: all time, of a link without a window
  std::int64_t index = 0;  ///< its start is at so many halves of its length
  auto operator<=>(const EvidencePeriod&) const = default;
};

/// Half the length of a rung's periods, in whole microseconds.
[[nodiscard]] inline Duration half_period(const Link& link, std::uint32_t rung) {
  return Duration{(link.half_life.us == 0 ? link.window.us : link.half_life.us * rung) / 2};
}

/// When it is; REQUIRES: rung > 0.
[[nodiscard]] inline Interval period_interval(const Link& link, const EvidencePeriod& period) {
  const Duration half = half_period(link, period.rung);
  const UtcTime from{period.index * half.us};
  return {from, from + half + half};
}

/// Calls `visit(EvidencePeriod)` for each period of the link that holds the time: two of each rung.
template <class Visit>
void each_period(const Link& link, UtcTime time, const Visit& visit) {
  if (link.window.us == 0) return visit(EvidencePeriod{});
  const std::int64_t rungs = link.half_life.us == 0 ? 1 : link.window.us / link.half_life.us;
  for (std::uint32_t rung = 1; rung <= rungs; ++rung) {
    const std::int64_t newest = floor_divide(time.us, half_period(link, rung).us);
    visit(EvidencePeriod{rung, newest - 1});
    visit(EvidencePeriod{rung, newest});
  }
}

}  // namespace tidewaiter
