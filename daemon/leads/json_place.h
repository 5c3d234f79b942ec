#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace tidewaiter {

/// A place in a text, both from 1; the column counts code points of UTF-8.
struct TextPlace {
  std::size_t line = 1;
  std::size_t column = 1;
  bool operator==(const TextPlace&) const = default;
};

/// Where `text` stops being JSON; nothing where it is JSON (though parse_json_strict() may refuse
/// it for another reason). Pure.
[[nodiscard]] std::optional<TextPlace> where_json_breaks(std::string_view text);

}  // namespace tidewaiter
