#include "daemon/sources/contract/bucket_pace.h"

#include <algorithm>

namespace tidewaiter {

FeedPace bucket_pace(Duration width, std::int64_t most_buckets, Duration overlap) {
  FeedPace pace;
  pace.width = width;
  pace.window = {width.us * most_buckets};
  pace.behind = {5 * kMinute.us};
  pace.overlap = overlap;
  pace.open = kHour;
  // Polls come every hour or sooner: each bucket is read once more when it is final, so that what
  // it was closed with is stored.
  pace.settles = {std::max<std::int64_t>(0, overlap.us - std::max(width, kHour).us)};
  return pace;
}

}  // namespace tidewaiter
