#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "daemon/cli/terminal.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// One bar for each value, scaled to the greatest: eighth blocks (▁ to █), or " .:-=+*#%@" without
/// Unicode. A zero is a blank, so that silence and little differ. Negative values count as zero.
[[nodiscard]] std::string sparkline(std::span<const std::int64_t> values, bool unicode);
/// The same, scaled to `most`, which no value exceeds.
[[nodiscard]] std::string sparkline(std::span<const std::int64_t> values, bool unicode,
                                    std::int64_t most);

/// A subject's volume over time: equal slots over `span`.
struct VolumeChart {
  Interval span;
  Duration slot;
  std::vector<std::int64_t> values;  ///< one a slot
};

/// Cuts the whole `span` into at most `most` slots (2 at least, for a span may begin within one) of
/// the smallest round width that fits: 1m to 7d, then 14d, 28d and so on.
[[nodiscard]] VolumeChart empty_chart(Interval span, std::size_t most);

/// Adds `amount` to the slot that holds `time`; outside the span it is left out.
void add_volume(VolumeChart& chart, UtcTime time, std::int64_t amount);

/// The sparkline, a rule of carets under the slots that `marked` touches, and a legend.
[[nodiscard]] std::string render(const VolumeChart& chart, Interval marked, std::string_view unit,
                                 const Terminal& terminal);

}  // namespace tidewaiter
