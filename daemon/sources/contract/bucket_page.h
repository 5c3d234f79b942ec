#pragma once

#include <set>
#include <string_view>

#include "daemon/sources/contract/feed.h"
#include "daemon/sources/contract/page_json.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// How a vendor writes a page of buckets of time.
struct BucketShape {
  std::string_view what;           ///< for people: "page of usage buckets"
  std::string_view page_object;    ///< what `object` of the page says; empty: it has none
  std::string_view bucket_object;  ///< … and of its buckets
  std::string_view start;          ///< the names of a bucket's ends
  std::string_view end;
  bool in_seconds = true;  ///< the ends are seconds since the epoch; else texts of RFC 3339
};

/// What stands in the buckets of one page.
class BucketRows {
 public:
  virtual ~BucketRows() = default;
  /// Reads a row of the bucket under way and keeps it, if it has no fault.
  [[nodiscard]] virtual PageRead read_row(simdjson::ondemand::object& row) = 0;
  /// The bucket under way is `time`: what was kept becomes records.
  [[nodiscard]] virtual PageRead close_bucket(Interval time, std::vector<Record>& records) = 0;
};

/// Reads a page of buckets, rows in the order of the document, members in any order. A bad row is
/// quarantined by itself.
/// Errors: kInvalidInput for what is no such page: not JSON, a member twice, another `object`, data
/// that is no array, a bucket outside `window`, off its width or twice, and what `rows` says.
[[nodiscard]] Result<FeedAnswer> read_bucket_page(std::string_view body, const BucketShape& shape,
                                                  Duration width, Interval window,
                                                  BucketRows& rows);

}  // namespace tidewaiter
