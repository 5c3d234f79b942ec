#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/sources/contract/feed.h"
#include "daemon/sources/newapi/log_row.h"

namespace tidewaiter {

/// Rows of a page that are asked for: the most that the server gives.
inline constexpr std::int64_t kLogPageSize = 100;

/// Reads page `page` (counted from 1) of the logs of `window`, as GET /api/log/ of new-api gives
/// them: `success`, and `data` with `page`, `page_size` and `items`. Rows of other types than those
/// of a use of a model are passed over. The page is full, and so another is to be asked for, if it
/// has as many rows as `page_size` says.
///
/// Errors: kUnavailable if `success` is false, which the server says with the status 200 of
/// whatever went wrong. kInvalidInput for what is no such page (a bare array, as one-api has it, is
/// told apart), another page than the one asked for, and a row outside the window.
[[nodiscard]] Result<FeedAnswer> read_log_list(std::string_view body, const LogReading& reading,
                                               Interval window, std::int64_t page);

}  // namespace tidewaiter
