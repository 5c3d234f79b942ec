#pragma once

#include "daemon/sources/contract/feed.h"

namespace tidewaiter {

/// The pace of a directory, which is read whole once a `width`: soon after the end of each, in one
/// window, however many have passed meanwhile. What is read is final. `most_pages`: of a sweep.
[[nodiscard]] FeedPace directory_pace(Duration width, std::int64_t most_pages = 1000);

}  // namespace tidewaiter
