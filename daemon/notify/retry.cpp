#include "daemon/notify/retry.h"

#include <algorithm>

namespace tidewaiter {
namespace {

constexpr Duration kLongestBackoff{5 * kMinute.us};
constexpr Duration kLongestRetryAfter{kHour.us};

}  // namespace

Duration retry_delay(std::int64_t failures, double share, std::optional<Duration> retry_after) {
  const std::int64_t doublings = std::clamp<std::int64_t>(failures - 1, 0, 20);
  const std::int64_t ceiling = std::min(kLongestBackoff.us, kSecond.us << doublings);
  const auto drawn = static_cast<std::int64_t>(static_cast<double>(ceiling) * share);
  const std::int64_t least = retry_after ? std::min(retry_after->us, kLongestRetryAfter.us) : 0;
  return Duration{std::max(drawn, least)};
}

Duration RetryPause::fail(UtcTime now, double share, std::optional<Duration> retry_after) {
  ++failures;
  const Duration delay = retry_delay(failures, share, retry_after);
  since = now;
  until = now + delay;
  return delay;
}

void RetryPause::keep_short(UtcTime now) {
  if (since <= now) return;
  until = now + (until - since);
  since = now;
}

}  // namespace tidewaiter
