#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/sources/anthropic/analytics_row.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Where a walk through the rows of an analytics report stands between two pages. Pages are cut by
/// rows, and so in the midst of a bucket: what the vendor cannot name comes as several rows of one
/// party, which may lie on several pages, and is no record before the last of them has been read.
struct AnalyticsPlace {
  std::string page;               ///< the server's token of the next page; empty: the first
  std::optional<UtcTime> bucket;  ///< where the bucket of the last row begins
  AnalyticsSums held;             ///< of that bucket, parties without an actor
  bool operator==(const AnalyticsPlace&) const = default;
};

/// One line of JSON, which a cursor keeps as the token of the next page.
[[nodiscard]] std::string to_text(const AnalyticsPlace& place);
/// Nothing if the text is no place that to_text() writes.
[[nodiscard]] std::optional<AnalyticsPlace> analytics_place_from_text(std::string_view text);

}  // namespace tidewaiter
