#include "policies/engine/reference_past.h"

#include <utility>

#include "policies/engine/window_grid.h"

namespace tidewaiter::reference {
namespace {

void add_number(const Value& value, std::vector<double>& numbers) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    numbers.push_back(static_cast<double>(*whole));
  } else if (const auto* real = std::get_if<double>(&value)) {
    numbers.push_back(*real);
  }
}

}  // namespace

Past past_of(const Policy& policy, const Subject& subject, std::int64_t k, const Coverage& coverage,
             const JudgedEarlier& judged, const PeerRecords& peers) {
  Past past;
  past.histories.resize(policy.measures.size());
  const WindowGrid grid(policy.window);
  past.window_end = grid.interval(k).to;
  for (std::size_t m = 0; m < policy.measures.size(); ++m) {
    const auto& baseline = policy.measures[m].baseline;
    if (!baseline) continue;
    Past::History& history = past.histories[m];
    for (std::int64_t i = 1; i <= windows_of(*baseline, policy.window); ++i) {
      const std::int64_t j = k - i * grid.overlap();
      const Interval span = grid.interval(j);
      if (span.from < coverage.dropped_before()) history.lost = true;
      if (!coverage.complete(span)) history.settled = false;
      if (compares_peers(policy.measures[m])) continue;
      if (!coverage.closed(span) || span.from < coverage.dropped_before()) continue;
      const Judgement* const earlier = judged(j);
      const Judgement known = earlier == nullptr
                                  ? judge(policy, {}, policy.window.length, true,
                                          {.window_end = span.to, .histories = past.histories})
                                  : *earlier;
      if (known.certain) add_number(known.figures[baseline->measure].value, history.values);
    }
    if (!compares_peers(policy.measures[m])) continue;
    PeerHistory others = peer_history(policy, m, subject, k, peers);
    history.values = std::move(others.values);
    if (others.by_window_alone) history.settled = false;
  }
  return past;
}

}  // namespace tidewaiter::reference
