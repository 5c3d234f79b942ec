#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tidewaiter {

/// Says whether `text` is well-formed UTF-8 (Unicode table 3-7): no surrogates, no overlong forms.
[[nodiscard]] bool is_utf8(std::string_view text);

/// Length in bytes, 1 to 4, of the well-formed character that begins at `offset` (< text.size()),
/// or 0 where none does.
[[nodiscard]] std::size_t utf8_length_at(std::string_view text, std::size_t offset);

/// The code point of one well-formed character.
[[nodiscard]] std::uint32_t code_point_of(std::string_view character);

}  // namespace tidewaiter
