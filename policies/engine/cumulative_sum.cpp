#include "policies/engine/cumulative_sum.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tidewaiter {

std::optional<CumulativeSum> summed_up(std::span<const double> history) {
  const std::size_t first = std::max(kLeastHistory, history.size() - history.size() / 2);
  if (history.size() < first) return std::nullopt;
  const std::span<const double> earlier = history.first(first);
  const auto usual = usual_of(std::vector<double>(earlier.begin(), earlier.end()));
  if (!usual) return std::nullopt;
  CumulativeSum so_far{*usual, 0.0};
  for (const double x : history.subspan(first)) {
    const Value next = sum_with(so_far, x);
    if (is_null(next)) return std::nullopt;
    so_far.sum = std::get<double>(next);
  }
  return so_far;
}

Value sum_with(const CumulativeSum& before, double x) {
  constexpr double kNormalSpread = 1.4826;
  constexpr double kReference = 0.5;
  const double z = (x - before.usual.median) / (kNormalSpread * before.usual.mad);
  const double sum = before.sum + z - kReference;
  if (!std::isfinite(sum)) return {};
  return std::max(0.0, sum);
}

}  // namespace tidewaiter
