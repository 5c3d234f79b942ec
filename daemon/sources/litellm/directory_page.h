#pragma once

#include <cstdint>
#include <string_view>

#include <simdjson.h>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/contract/page_json.h"

namespace tidewaiter {

/// Reads one entry of a list, however it came: of `list` "customers", "keys", "teams" or "users".
[[nodiscard]] PageRead read_litellm_entry(simdjson::ondemand::object& object, std::string_view list,
                                          const AccountReading& reading, Record& record);

/// Reads page `page` (counted from 1) of a list of `reading.endpoint`: "customers", "keys", "teams"
/// or "users". Members are taken by an allow-list; all others, the masked name of a key, metadata,
/// permissions and whatever people wrote there, are passed over and never copied. Another page is
/// to be asked for if this one has entries and `total_pages` says so, or, where that is not said,
/// if it has as many entries as were asked for; customers come all at once. Errors: kInvalidInput
/// for what is no such list, or another page.
[[nodiscard]] Result<FeedAnswer> read_litellm_list(std::string_view body,
                                                   const AccountReading& reading,
                                                   std::int64_t page);

}  // namespace tidewaiter
