#include "daemon/cli/day_bars.h"

#include <algorithm>

namespace tidewaiter {

Interval span_with_starts(Interval span, std::span<const SettledFinding> findings) {
  for (const SettledFinding& finding : findings) {
    span.from = std::min(span.from, finding.run.from);
    span.to = std::max(span.to, finding.run.from + Duration{1});
  }
  return span;
}

DayBars day_bars(std::span<const SettledFinding> findings, Interval span, std::size_t most) {
  DayBars bars;
  bars.from = align_down(span.from, kDay);
  const std::int64_t length = (span.to - bars.from).us;
  const std::int64_t days = std::max<std::int64_t>((length + kDay.us - 1) / kDay.us, 1);
  const auto limit = static_cast<std::int64_t>(std::max<std::size_t>(most, 1));
  const std::int64_t days_a_bar = (days + limit - 1) / limit;
  bars.slot = Duration{days_a_bar * kDay.us};
  bars.values.assign(static_cast<std::size_t>((days + days_a_bar - 1) / days_a_bar), 0);
  for (const SettledFinding& finding : findings) {
    const std::int64_t offset = (finding.run.from - bars.from).us;
    if (offset < 0) continue;
    const auto place = static_cast<std::size_t>(offset / bars.slot.us);
    if (place < bars.values.size()) ++bars.values[place];
  }
  return bars;
}

}  // namespace tidewaiter
