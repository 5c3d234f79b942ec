#pragma once

#include <cstdint>

#include "daemon/sources/contract/feed.h"

namespace tidewaiter {

/// The pace of an endpoint that gives single requests: an hour at once, `behind` the clock, of
/// which one pull reads at most `most_pages` pages and the next one the rest. Such rows are whole
/// when they are there; what is written late is found within `overlap`.
[[nodiscard]] FeedPace row_pace(Duration behind, Duration overlap, std::int64_t most_pages);

}  // namespace tidewaiter
