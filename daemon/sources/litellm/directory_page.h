#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/contract/page_json.h"

namespace tidewaiter {

/// Reads one entry of a list, however it came: of `list` "customers", "keys", "teams" or "users".
[[nodiscard]] PageRead read_litellm_entry(simdjson::ondemand::object& object, std::string_view list,
                                          const AccountReading& reading, Record& record);

/// Where the walk through a list is. Entries stand in the order in which they were made, so that a
/// new one is the last, and one that goes moves those behind it to an earlier place. So the walk
/// looks for the last page first, and reads from there to the first one: what moves is met again,
/// and nothing is passed over.
struct ListPlace {
  bool rising = true;  ///< towards the last page
  std::int64_t page = 1;
  bool operator==(const ListPlace&) const = default;
};

/// The token of a place.
[[nodiscard]] std::string to_text(const ListPlace& place);
/// The place of a token; the empty one is the first page, and a bare number, which is what older
/// cursors have, one on the way up.
[[nodiscard]] ListPlace list_place_from_text(std::string_view token);

/// Reads the page at `place` of a list of `reading.endpoint`: "customers", "keys", "teams"
/// or "users". Members are taken by an allow-list; all others, the masked name of a key, metadata,
/// permissions and whatever people wrote there, are passed over and never copied. Where the list
/// ends `total_pages` says; of a server that does not say it pages are read one behind the other,
/// as long as each has as many entries as were asked for. Customers come all at once. Errors:
/// kInvalidInput for what is no such list, or another page.
[[nodiscard]] Result<FeedAnswer> read_litellm_list(std::string_view body,
                                                   const AccountReading& reading,
                                                   const ListPlace& place);

}  // namespace tidewaiter
