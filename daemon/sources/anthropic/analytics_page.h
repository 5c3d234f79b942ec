#pragma once

#include <set>
#include <string_view>

#include "daemon/sources/anthropic/analytics_place.h"
#include "daemon/sources/contract/contract_config.h"
#include "daemon/sources/contract/feed.h"
#include "policies/model/error.h"
#include "policies/model/field.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// How rows of an analytics report become records.
struct AnalyticsReading {
  std::string_view endpoint;      ///< "analytics_usage" or "analytics_costs": part of identities
  std::string_view source;        ///< its name: part of identities
  std::string_view organization;  ///< empty: absent
  AccountChoice account = AccountChoice::kProject;
  Duration width;   ///< of the buckets that were asked for
  Interval window;  ///< that all of them lie in

  [[nodiscard]] bool is_costs() const { return endpoint == "analytics_costs"; }
};

/// The fields that records of `endpoint` may have, beside the fixed ones.
[[nodiscard]] std::set<FieldId> analytics_fields(std::string_view endpoint,
                                                 const ContractConfig& config);

/// Reads a page of Anthropic's analytics usage or cost report, whose rows are asked for in the
/// order of time. `place` is where the page before it ended. Rows of a bucket with the same
/// dimensions are one record with their sums, also where the bucket is spread over pages: a party
/// without an actor becomes a record once a row of a later bucket or the end of the last page has
/// been read. The vendor gives each that it names one row.
///
/// Usage: `input_tokens` is the sum of the tokens that were not cached, those read from a cache and
/// those written to one; absent where one of them is. `requests` is 0 where a row does not tell it,
/// for a record has no other word for that. Costs: `amount` is read from its digits, as cents with
/// fractions, and rounded to nano-USD; its basis is `billed`. `requests` is 0: a bill stands for
/// none. Names and addresses of actors are passed over.
///
/// A record's id is SHA-256 over length-framed `anthropic`, source, endpoint, width, start and
/// every dimension, each told apart from null.
///
/// `next` is the text of an AnalyticsPlace; `whole_to` is the server's statement of how far its
/// figures are whole, at the end of a bucket.
///
/// Errors: kInvalidInput for what is no such page: not JSON, a member twice, data that is no array,
/// a row of another report, a bucket outside the window, off its width or before the last one, and
/// more parties without an actor in one bucket than can be kept (10,000). A row with a value that
/// cannot be is bad by itself.
[[nodiscard]] Result<FeedAnswer> read_analytics_page(std::string_view body,
                                                     const AnalyticsReading& reading,
                                                     AnalyticsPlace place);

}  // namespace tidewaiter
