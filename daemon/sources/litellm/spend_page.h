#pragma once

#include <cstdint>
#include <string_view>

#include <simdjson.h>

#include "daemon/sources/contract/feed.h"
#include "daemon/sources/litellm/spend_row.h"

namespace tidewaiter {

/// Reads a row, however it came. Members are taken by an allow-list; all others, messages and the
/// response among them, are passed over and never copied.
[[nodiscard]] PageRead read_spend_row(simdjson::ondemand::object& object, SpendRow& row);

/// Reads page `page` (counted from 1) of the spend logs of `window`, as /spend/logs/v2 gives them:
/// `data`, `page`, `page_size`.
///
/// The page is full, and so another is to be asked for, if it has as many rows as `page_size` says.
/// What `total` and `total_pages` say does not matter: the server stops counting at 10,000. A row
/// that begins at the very end of the window belongs to the next one: the server takes the end as
/// included.
///
/// Errors: kInvalidInput for what is no such page: not JSON, a member twice, data that is no array,
/// another page than the one asked for, a row that begins outside the window.
[[nodiscard]] Result<FeedAnswer> read_spend_page(std::string_view body, const SpendReading& reading,
                                                 Interval window, std::int64_t page);

}  // namespace tidewaiter
