#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace tidewaiter {

// What word processors put in the place of ASCII, and neither YAML nor expressions take for it.

inline constexpr std::string_view kNoBreakSpace = "\xC2\xA0";

/// “ ” „ ‘ ’ ‚ « »
[[nodiscard]] constexpr bool begins_with_typographic_quote(std::string_view text) {
  constexpr std::array<std::string_view, 8> kQuotes = {
      "\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x9E", "\xE2\x80\x98",
      "\xE2\x80\x99", "\xE2\x80\x9A", "\xC2\xAB",     "\xC2\xBB"};
  return std::ranges::any_of(kQuotes,
                             [text](std::string_view quote) { return text.starts_with(quote); });
}

}  // namespace tidewaiter
