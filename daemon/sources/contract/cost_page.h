#pragma once

#include <set>
#include <span>
#include <string_view>

#include "daemon/sources/contract/bucket_page.h"
#include "daemon/sources/contract/contract_config.h"
#include "daemon/sources/contract/feed.h"
#include "policies/model/field.h"

namespace tidewaiter {

/// One dimension of a vendor's costs.
struct CostDimension {
  std::string_view member;  ///< of a row
  std::string_view field;   ///< of a record; empty: it only tells rows apart
};

/// How a vendor writes what was billed in a day.
struct CostShape {
  std::string_view connector;  ///< "openai": `provider` of the records, and part of identities
  BucketShape bucket;
  std::string_view row_object;  ///< what `object` of a row says; empty: it has none
  /// True: `amount` is an object with `value` and `currency`; else both stand in the row.
  bool amount_is_object = false;
  int power = 0;  ///< the amount is in dollars times ten to this power: -2 for cents
  std::span<const CostDimension> dimensions;
};

/// How rows become records.
struct CostReading {
  const CostShape* shape = nullptr;
  std::string_view source;        ///< its name: part of identities
  std::string_view organization;  ///< empty: absent
  std::string_view account;       ///< the dimension that `account` is
  Interval window;                ///< that all buckets lie in
};

/// The fields that records of costs may have, beside the fixed ones.
[[nodiscard]] std::set<FieldId> cost_fields(const CostShape& shape, const ContractConfig& config);

/// Reads a page of daily costs. `cost` is read from the digits of the answer, never by way of a
/// floating-point number, and rounded to nano-USD (round_money); its basis is `billed`. `requests`
/// is 0: a bill stands for no request. Rows of a day with the same dimensions are one record with
/// their sum. An amount that is missing, or of another currency than US dollars, is a bad row.
///
/// A record's id is SHA-256 over length-framed connector, source, `costs`, width, start and every
/// dimension in the order of the shape's list, each told apart from null.
///
/// Errors: as read_bucket_page(), and kInvalidInput for another kind of row.
[[nodiscard]] Result<FeedAnswer> read_cost_page(std::string_view body, const CostReading& reading);

}  // namespace tidewaiter
