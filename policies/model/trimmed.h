#pragma once

#include <string_view>

namespace tidewaiter {

/// The text without the `blanks` at its beginning and its end; empty where it is nothing else.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text,
                                                 std::string_view blanks = " \t\r\n") {
  const std::size_t from = text.find_first_not_of(blanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(blanks) + 1 - from);
}

}  // namespace tidewaiter
