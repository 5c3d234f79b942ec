#pragma once

#include <string_view>

#include "daemon/sources/contract/feed.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// Reads a page of a list: each row as the mapping says. A row that is none is quarantined by
/// itself; one that `where` is not true of is passed over, and so is one that begins at the very
/// end of the window, which is of the next one. `page`: its number, where pages have one. A page
/// that leads on by a header has no token here.
///
/// A record's id is SHA-256 over length-framed source and the text of the column that
/// `listing.id` names; without one, its identity by dimensions.
///
/// Errors: kInvalidInput for what is no such page: not JSON, no array where rows should be, a row
/// that begins outside the window; for a mapping that cannot be.
[[nodiscard]] Result<FeedAnswer> read_json_page(std::string_view body, const SourceConfig& config,
                                                Interval window, std::int64_t page);

}  // namespace tidewaiter
