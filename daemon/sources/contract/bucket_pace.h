#pragma once

#include <cstdint>

#include "daemon/sources/contract/feed.h"

namespace tidewaiter {

/// The pace of an endpoint that counts by buckets of `width`, at most `most_buckets` of them at
/// once. Vendors state no horizon, or "typically within 5 minutes": the last five minutes may lack
/// what is still being counted. What comes later is found
/// within `overlap`; a bucket is final an hour, or one bucket, before it is read the last time.
[[nodiscard]] FeedPace bucket_pace(Duration width, std::int64_t most_buckets, Duration overlap);

}  // namespace tidewaiter
