#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tidewaiter {

using UuidBytes = std::array<std::uint8_t, 16>;

/// The name-based UUID, version 5, of `name` within `space` (RFC 9562, section 5.5), in the usual
/// form: "2ed6657d-e927-568b-95e1-2665a8aea6a2". It rests on SHA-1, by that rule: it tells names
/// apart, and proves nothing. Pure.
[[nodiscard]] std::string uuid5(const UuidBytes& space, std::string_view name);

}  // namespace tidewaiter
