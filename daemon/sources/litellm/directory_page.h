#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/contract/page_json.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Reads one entry of a list, however it came: of `list` "customers", "keys", "teams" or "users".
[[nodiscard]] PageRead read_litellm_entry(simdjson::ondemand::object& object, std::string_view list,
                                          const AccountReading& reading, Record& record);

/// Where the walk through a list is. It looks for the last page first, and reads from there to the
/// first one. Where entries stand in the order in which they were made a new one is the last, and
/// one that goes moves those behind it to an earlier place, which is yet to be read: what moves is
/// met again, and nothing is passed over. A server need not keep the order that it is asked for: in
/// any other a new entry moves those behind it to a later place, past the walk. So whether the
/// order is kept is looked at all the way down, and where it was not, or entries do not say when
/// they were made, the walk goes up again, past which nothing moves that is new. One entry is
/// passed over if both happen to it, one way on the way down and the other on the way up.
struct ListPlace {
  enum class Way : std::uint8_t {
    kToLast,  ///< towards the last page
    kDown,    ///< from there to the first
    kAgain    ///< up again
  };
  Way way = Way::kToLast;
  std::int64_t page = 1;
  /// The first entry of the page that was read last was made then, and all that has been read from
  /// it on was in order. Nothing: it was not, nothing was read, or nobody knows.
  std::optional<UtcTime> in_order_from;
  bool operator==(const ListPlace&) const = default;
};

/// The token of a place: "up.5.1767225600000000", "down.4.1767225600000000", "down.3", "again.2".
[[nodiscard]] std::string to_text(const ListPlace& place);
/// The place of a token; the empty one is the first page, and a bare number, which is what older
/// cursors have, one on the way up.
[[nodiscard]] ListPlace list_place_from_text(std::string_view token);

/// Reads the page at `place` of a list of `reading.endpoint`: "customers", "keys", "teams"
/// or "users". Members are taken by an allow-list; all others, the masked name of a key, metadata,
/// permissions and whatever people wrote there, are passed over and never copied. Where the list
/// ends `total_pages` says; of a server that does not say it pages are read one behind the other,
/// as long as each has as many entries as were asked for, and then back to the first. Customers
/// come all at once. Errors: kInvalidInput for what is no such list, or another page.
[[nodiscard]] Result<FeedAnswer> read_litellm_list(std::string_view body,
                                                   const AccountReading& reading,
                                                   const ListPlace& place);

}  // namespace tidewaiter
