#include "daemon/sources/contract/row_pace.h"

namespace tidewaiter {

FeedPace row_pace(Duration behind, Duration overlap, std::int64_t most_pages) {
  FeedPace pace;
  pace.width = kMinute;
  pace.window = kHour;
  pace.behind = behind;
  pace.overlap = overlap;
  pace.open = {};
  pace.settles = overlap;
  pace.most_pages = most_pages;
  return pace;
}

}  // namespace tidewaiter
