#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

/// In what form Sigma's encoding modifiers look for a text.
enum class ValueEncoding : std::uint8_t {
  kBase64,
  kBase64Offset,  ///< `base64offset`: base64_at_offsets()
  kUtf16Le,       ///< `utf16le` and `wide`
  kUtf16Be,
  kUtf16,  ///< little-endian behind a byte order mark
};

/// By the modifier's name.
[[nodiscard]] std::optional<ValueEncoding> find_encoding(std::string_view modifier);

/// The byte strings, any of which stands for `bytes`: one, or up to three of kBase64Offset. For
/// UTF-16 `bytes` are well-formed UTF-8.
[[nodiscard]] std::vector<std::string> encoded(ValueEncoding encoding, std::string_view bytes);

/// The bytes of UTF-16 for well-formed UTF-8: `wide` and `utf16le` (little-endian), `utf16be`.
[[nodiscard]] std::string to_utf16(std::string_view utf8, bool big_endian);

/// `base64offset`: what of the base64 text of `bytes` is the same whatever stands before and
/// behind, for each of the three places that `bytes` can have in a group of three. Of one byte in
/// the middle of a group nothing is left; such a place is left out.
[[nodiscard]] std::vector<std::string> base64_at_offsets(std::string_view bytes);

}  // namespace tidewaiter
