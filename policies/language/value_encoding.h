#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

/// The bytes of UTF-16 for well-formed UTF-8: `wide` and `utf16le` (little-endian), `utf16be`.
[[nodiscard]] std::string to_utf16(std::string_view utf8, bool big_endian);

/// `base64offset`: what of the base64 text of `bytes` is the same whatever stands before and
/// behind, for each of the three places that `bytes` can have in a group of three. Of one byte in
/// the middle of a group nothing is left; such a place is left out.
[[nodiscard]] std::vector<std::string> base64_at_offsets(std::string_view bytes);

}  // namespace tidewaiter
