#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <simdjson.h>

#include "daemon/sources/contract/feed.h"
#include "daemon/sources/contract/page_json.h"

namespace tidewaiter {

/// The page that a token names: its number, counted from 1, which is that of the empty token and of
/// whatever is none.
[[nodiscard]] std::int64_t page_number(std::string_view token);

/// What an answer says of the page that it is, by its members `page` and `page_size`.
class NumberedPage {
 public:
  [[nodiscard]] static bool has(std::string_view member) {
    return member == "page" || member == "page_size";
  }
  /// Reads one of them. Fails the page for what is no count.
  [[nodiscard]] PageRead read(std::string_view member, simdjson::ondemand::value& value);
  /// Both have come, and a page can be that long.
  [[nodiscard]] bool is_told() const { return page_ && size_.value_or(0) > 0; }

  /// `answer`, with the page that comes behind it: there is one if this has as many rows as it may.
  /// `what` is as in refused_page(). INVARIANT: is_told(). Errors: kInvalidInput for another page
  /// than `wanted`.
  [[nodiscard]] Result<FeedAnswer> turn(FeedAnswer answer, std::string_view what,
                                        std::int64_t wanted) const;

 private:
  std::optional<std::int64_t> page_;
  std::optional<std::int64_t> size_;
};

}  // namespace tidewaiter
