#pragma once

#include <functional>
#include <string_view>

#include "daemon/sources/contract/feed.h"
#include "daemon/sources/contract/page_json.h"

namespace tidewaiter {

/// How a vendor writes a page of a list: `data` with entries, `has_more`, and `last_id`.
struct ListShape {
  std::string_view what;    ///< for people: "list of the directory"
  std::string_view object;  ///< what `object` of the page says; empty: it has none
};

/// Reads a page of a list, whose `last_id` is the token of the next page. Each entry goes to
/// `take`; one with a fault is quarantined by itself, its place in the list as its origin.
/// Errors: kInvalidInput for what is no such page, and what `take` says of the whole.
[[nodiscard]] Result<FeedAnswer> read_entry_list(
    std::string_view body, const ListShape& shape,
    const std::function<PageRead(simdjson::ondemand::object& entry, FeedAnswer& answer)>& take);

/// The same of a list of the directory, by the bytes of its entries. `object`: as in ListShape.
[[nodiscard]] Result<FeedAnswer> read_list_page(
    std::string_view body, std::string_view object,
    const std::function<PageRead(std::string_view entry, FeedAnswer& answer)>& take);

/// The same of a list that goes on by `next_page`, the token of the next page, until that is null;
/// a page may be empty before. Errors: kInvalidInput, too, where `next_page` is missing.
[[nodiscard]] Result<FeedAnswer> read_cursor_page(
    std::string_view body,
    const std::function<PageRead(std::string_view entry, FeedAnswer& answer)>& take);

}  // namespace tidewaiter
