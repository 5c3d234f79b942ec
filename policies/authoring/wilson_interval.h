#pragma once

#include <cstdint>

namespace tidewaiter {

/// A share and the interval that holds the true one with 95 % confidence; all in [0, 1].
struct ShareEstimate {
  double share = 0.0;
  double low = 0.0;
  double high = 1.0;
};

/// Wilson's score interval without continuity correction for `hits` out of `trials`:
///
///   (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n),   p = hits/trials, z = 1.959964
///
/// Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
/// JASA 22 (1927); z is the 0.975 quantile of N(0,1). It stays within [0, 1] and is right for few
/// trials, where p ± 1.96 standard errors is not.
///
/// 0 <= hits <= trials, trials > 0. Pure.
[[nodiscard]] ShareEstimate wilson_interval(std::int64_t hits, std::int64_t trials);

}  // namespace tidewaiter
