#include "policies/authoring/wilson_interval.h"

#include <algorithm>
#include <cmath>

namespace tidewaiter {

ShareEstimate wilson_interval(std::int64_t hits, std::int64_t trials) {
  constexpr double kZ = 1.959963984540054;
  const auto n = static_cast<double>(trials);
  const double p = static_cast<double>(hits) / n;
  const double center = p + kZ * kZ / (2 * n);
  const double spread = kZ * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
  const double scale = 1 + kZ * kZ / n;
  // At the ends rounding may step over 0 or 1 by less than an ulp of the sum.
  return {p, std::max(0.0, (center - spread) / scale), std::min(1.0, (center + spread) / scale)};
}

}  // namespace tidewaiter
