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

std::int64_t most_report_buckets(Duration width) {
  if (width == kMinute) return 1440;
  return width == kHour ? 168 : 31;
}

void append_group(std::string& url, std::string_view dimension, const ContractConfig& config) {
  url.append(config.bracketed_lists ? "&group_by%5B%5D=" : "&group_by=").append(dimension);
}

}  // namespace tidewaiter
