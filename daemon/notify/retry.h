#pragma once

#include <cstdint>
#include <optional>

#include "policies/model/time.h"

namespace tidewaiter {

/// How long to wait before the next attempt, after `failures` in a row (>= 1): full jitter,
/// uniform in [0, min(cap, 1 s · 2^(failures−1))] with `share` in [0, 1) as the draw, and never
/// less than what the peer asked for (that itself counts up to one hour). Source: M. Brooker,
/// "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
[[nodiscard]] Duration retry_delay(std::int64_t failures, double share,
                                   std::optional<Duration> retry_after);

/// The failures in a row of whoever is asked, and the time between the last one and the next
/// attempt.
struct RetryPause {
  std::int64_t failures = 0;
  UtcTime since;
  UtcTime until;

  /// One more failure at `now`; gives retry_delay().
  Duration fail(UtcTime now, double share, std::optional<Duration> retry_after);

  /// It lasts no longer than it was meant to, wherever the clock has been set since.
  void keep_short(UtcTime now);
};

}  // namespace tidewaiter
