#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "daemon/sources/contract/feed.h"
#include "daemon/sources/litellm/spend_row.h"

namespace tidewaiter {

/// Reads a row, however it came. Members are taken by an allow-list; all others, messages and the
/// response among them, are passed over and never copied.
[[nodiscard]] PageRead read_spend_row(simdjson::ondemand::object& object, SpendRow& row);

/// Where the walk through a window is: at page `page`, counted from 1, of the rows that begin at
/// `from` or later, a whole second.
struct SpendPlace {
  UtcTime from;
  std::int64_t page = 1;
  bool operator==(const SpendPlace&) const = default;
};

/// The token of a place; one line.
[[nodiscard]] std::string to_text(const SpendPlace& place);
/// The place of a token of `window`. The empty one is the first page of all; a bare number, which
/// is what older cursors have, a page of these.
[[nodiscard]] SpendPlace spend_place_from_text(std::string_view token, Interval window);

/// Reads the page of the spend logs of `window` at `place`, as /spend/logs/v2 gives them: `data`,
/// `page`, `page_size`.
///
/// The page is full, and so another is to be asked for, if it has as many rows as `page_size` says.
/// What `total` and `total_pages` say does not matter: the server stops counting at 10,000. The
/// next place is the first page of what begins in the second of the page's last row, or later: rows
/// that come or go before that second move nothing, and those of the second come twice, and are
/// known again. Pages have further numbers where a second fills one, and of a server that does not
/// sort. A row that begins at the very end of the window belongs to the next one: the server takes
/// the end as included.
///
/// Errors: kInvalidInput for what is no such page: not JSON, a member twice, data that is no array,
/// another page than the one asked for, a row that begins outside the time asked for.
[[nodiscard]] Result<FeedAnswer> read_spend_page(std::string_view body, const SpendReading& reading,
                                                 Interval window, const SpendPlace& place);

}  // namespace tidewaiter
