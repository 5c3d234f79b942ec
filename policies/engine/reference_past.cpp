#include "policies/engine/reference_past.h"

#include "policies/engine/window_grid.h"

namespace tidewaiter::reference {

Past past_of(const Policy& policy, std::int64_t k, const Coverage& coverage,
             const JudgedEarlier& judged) {
  Past past;
  past.values.resize(policy.measures.size());
  const WindowGrid grid(policy.window);
  past.window_end = grid.interval(k).to;
  for (std::size_t m = 0; m < policy.measures.size(); ++m) {
    const auto& baseline = policy.measures[m].baseline;
    if (!baseline) continue;
    for (std::int64_t i = 1; i <= windows_of(*baseline, policy.window); ++i) {
      const std::int64_t j = k - i * grid.overlap();
      const Interval span = grid.interval(j);
      if (span.from < coverage.dropped_before()) past.lost = true;
      if (!coverage.settled(span)) past.settled = false;
      if (!coverage.closed(span) || span.from < coverage.dropped_before()) continue;
      const Judgement* const earlier = judged(j);
      const Judgement known = earlier == nullptr
                                  ? judge(policy, {}, policy.window.length, true,
                                          {.window_end = span.to, .values = past.values})
                                  : *earlier;
      if (!known.certain) continue;
      const Value& value = known.figures[baseline->measure].value;
      if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        past.values[m].push_back(static_cast<double>(*whole));
      } else if (const auto* real = std::get_if<double>(&value)) {
        past.values[m].push_back(*real);
      }
    }
  }
  return past;
}

}  // namespace tidewaiter::reference
