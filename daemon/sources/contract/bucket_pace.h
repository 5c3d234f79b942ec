#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/sources/contract/contract_config.h"
#include "daemon/sources/contract/feed.h"

namespace tidewaiter {

/// The pace of an endpoint that counts by buckets of `width`, at most `most_buckets` of them at
/// once. Vendors state no horizon, or "typically within 5 minutes": the last five minutes may lack
/// what is still being counted. What comes later is found
/// within `overlap`; a bucket is final an hour, or one bucket, before it is read the last time.
[[nodiscard]] FeedPace bucket_pace(Duration width, std::int64_t most_buckets, Duration overlap);

/// The most buckets that the usage reports of OpenAI and Anthropic take as `limit`, by their
/// references: a day of minutes, a week of hours, 31 days.
[[nodiscard]] std::int64_t most_report_buckets(Duration width);

/// Appends one `group_by` to a URL that has a query, in the form that `lists` chose.
void append_group(std::string& url, std::string_view dimension, const ContractConfig& config);

}  // namespace tidewaiter
