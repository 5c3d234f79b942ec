#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tidewaiter {

inline constexpr std::size_t kSha1Bytes = 20;

/// SHA-1 (FIPS 180-4), for names that a standard derives by it. It is broken: nothing is proven by
/// it, and nothing is to be recognised by it that somebody could forge. Pure; any thread.
[[nodiscard]] std::array<std::uint8_t, kSha1Bytes> sha1(std::string_view bytes);

}  // namespace tidewaiter
