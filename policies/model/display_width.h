#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tidewaiter {

/// How many columns of a terminal a character takes: 0 for combining marks, 2 for wide East Asian
/// characters and emoji, else 1. Source of the ranges: UAX #11 (East Asian Width), blocks W and F.
[[nodiscard]] std::size_t character_columns(std::uint32_t code_point);

/// The same of a UTF-8 text; a byte that is none takes 1.
[[nodiscard]] std::size_t display_width(std::string_view text);

}  // namespace tidewaiter
