#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "daemon/sources/contract/contract_config.h"
#include "daemon/sources/contract/feed.h"
#include "policies/model/error.h"
#include "policies/model/field.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// One of OpenAI's usage endpoints whose rows are requests to a model.
struct UsageEndpoint {
  std::string_view name;                         ///< the last part of its path
  std::string_view object;                       ///< what `object` of its rows says
  std::span<const std::string_view> dimensions;  ///< what it groups by
  bool has_tokens;  ///< rows have `input_tokens`, which the endpoint promises
};

/// All of them, sorted by name.
[[nodiscard]] std::span<const UsageEndpoint> usage_endpoints();
/// Null if there is no such endpoint.
[[nodiscard]] const UsageEndpoint* find_usage_endpoint(std::string_view name);

/// The fields that records of the endpoint may have, beside the fixed ones.
[[nodiscard]] std::set<FieldId> usage_fields(const UsageEndpoint& endpoint,
                                             const ContractConfig& config);

/// How rows become records.
struct UsageReading {
  const UsageEndpoint* endpoint = nullptr;
  std::string_view source;        ///< its name: part of identities
  std::string_view organization;  ///< empty: absent
  AccountChoice account = AccountChoice::kProject;
  Duration width;   ///< of the buckets that were asked for
  Interval window;  ///< that all of them lie in
};

/// Reads a page of buckets. Members are taken by an allow-list; all others are passed over. Rows of
/// a bucket with the same dimensions are one record, their measures summed: the server sends rows
/// apart whose dimensions it cannot tell. An absent measure is absent in the sum too.
///
/// A record's id is SHA-256 over length-framed connector, source, endpoint, width, start and every
/// dimension in the order of the endpoint's list, each told apart from null.
///
/// Errors: kInvalidInput for what is no such page: not JSON, a member twice, another `object`, data
/// that is no array, a bucket outside the window, off its width or twice. A row with a value that
/// cannot be is bad by itself.
[[nodiscard]] Result<FeedAnswer> read_usage_page(std::string_view body,
                                                 const UsageReading& reading);

}  // namespace tidewaiter
