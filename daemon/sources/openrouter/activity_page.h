#pragma once

#include <cstdint>
#include <set>
#include <string_view>

#include "daemon/sources/contract/contract_config.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/contract/key_walk.h"
#include "policies/model/field.h"

namespace tidewaiter {

/// How rows of activity become records.
struct ActivityReading {
  std::string_view source;        ///< its name: part of identities
  std::string_view organization;  ///< empty: absent
  UtcTime day;                    ///< that was asked for: its beginning
};

/// The fields that such records may have, beside the fixed ones.
[[nodiscard]] std::set<FieldId> activity_fields(const ContractConfig& config);

/// How many keys the walk has passed; its `projects` are the hashes of keys, and `after_project` is
/// this number.
[[nodiscard]] std::int64_t key_offset(const KeyWalk& walk);

/// Reads a page of keys: `data` with a `hash` each, and nothing else of them. The walk goes on with
/// them, and then with the next page; a page without any is the last. Errors: kInvalidInput for
/// what is no such page.
[[nodiscard]] Result<FeedAnswer> read_walked_keys(std::string_view body, const KeyWalk& walk);

/// Reads what the walk's first key did on a day: `data`, a row for each model and endpoint that
/// served it. A record's id is SHA-256 over length-framed connector, source, "activity", start in
/// µs, key, and each of `model`, `model_permaslug`, `provider_name` and `endpoint_id`. `cost` is
/// `usage`, in US dollars, read from its digits.
/// Errors: kInvalidInput for what is no such page, and for a row of another day.
[[nodiscard]] Result<FeedAnswer> read_activity_page(std::string_view body,
                                                    const ActivityReading& reading,
                                                    const KeyWalk& walk);

}  // namespace tidewaiter
