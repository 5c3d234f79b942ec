#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tidewaiter {

/// Byte offset of the first byte that does not belong to well-formed UTF-8 (RFC 3629: shortest
/// forms, no surrogates, up to U+10FFFF), or npos.
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view text);

/// Number of code points of well-formed UTF-8; elsewhere each stray byte that is not a
/// continuation counts as one.
[[nodiscard]] std::int32_t count_code_points(std::string_view text);

/// Length in bytes, 1 to 4, of the code point that begins at `offset` (< text.size()).
[[nodiscard]] std::size_t code_point_length(std::string_view text, std::size_t offset);

/// A text for a message: control characters as spaces, cut after 400 bytes at a code point.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace tidewaiter
