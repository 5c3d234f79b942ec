#include "daemon/sources/contract/bucket_pace.h"

namespace tidewaiter {

FeedPace bucket_pace(Duration width, std::int64_t most_buckets, Duration overlap) {
  FeedPace pace;
  pace.width = width;
  pace.window = {width.us * most_buckets};
  pace.behind = {5 * kMinute.us};
  pace.overlap = overlap;
  pace.open = kHour;
  pace.settles = overlap;
  return pace;
}

}  // namespace tidewaiter
