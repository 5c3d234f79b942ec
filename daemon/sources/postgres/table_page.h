#pragma once

#include <functional>
#include <string_view>

#include <simdjson.h>

#include "daemon/sources/contract/feed.h"
#include "daemon/sources/contract/page_json.h"

namespace tidewaiter {

/// Reads an answer of postgres_client.h: rows in the order of their places. `take` makes a record
/// of each; one with a fault is quarantined by itself, its place in the answer as its origin. The
/// page is full if it has as many rows as its `limit`; the token of the next one is the last row's
/// place. `by_time`: rows have a time, which lies in the window, as their records begin or end in
/// it. Errors: kInvalidInput for what is
/// no such answer: no place, places out of order or outside the window.
[[nodiscard]] Result<FeedAnswer> read_table_page(
    std::string_view body, Interval window, bool by_time,
    const std::function<PageRead(simdjson::ondemand::object& row, Record& record)>& take);

}  // namespace tidewaiter
