#pragma once

#include <set>
#include <string_view>

#include "daemon/sources/contract/contract_config.h"
#include "daemon/sources/contract/feed.h"
#include "policies/model/error.h"
#include "policies/model/field.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// How rows of the usage report of messages become records.
struct MessageReading {
  std::string_view source;                          ///< its name: part of identities
  std::string_view organization;                    ///< empty: absent
  AccountChoice account = AccountChoice::kProject;  ///< kPrincipal: absent, the rows name no user
  Duration width;                                   ///< of the buckets that were asked for
  Interval window;                                  ///< that all of them lie in
};

/// What the report groups by, in the order of identities.
[[nodiscard]] std::span<const std::string_view> message_dimensions();

/// The fields that its records may have, beside the fixed ones.
[[nodiscard]] std::set<FieldId> message_fields(const ContractConfig& config);

/// Reads a page of Anthropic's usage report of messages. `input_tokens` is the sum of the tokens
/// that were not cached, those read from a cache and those written to one; it is absent where one
/// of them is. `requests` is 0: the report does not count them. Rows of a bucket with the same
/// dimensions are one record with their sums.
///
/// A record's id is SHA-256 over length-framed `anthropic`, source, `messages`, width, start and
/// every dimension, each told apart from null.
///
/// Errors: as read_bucket_page().
[[nodiscard]] Result<FeedAnswer> read_message_page(std::string_view body,
                                                   const MessageReading& reading);

}  // namespace tidewaiter
