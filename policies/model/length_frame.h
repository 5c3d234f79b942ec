#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace tidewaiter {

/// What stands before each part of a compound that is hashed: its length as eight bytes,
/// big-endian, so that neighbouring parts cannot be confused.
[[nodiscard]] constexpr std::array<std::byte, 8> length_frame(std::uint64_t length) {
  if constexpr (std::endian::native == std::endian::little) length = __builtin_bswap64(length);
  return std::bit_cast<std::array<std::byte, 8>>(length);
}

}  // namespace tidewaiter
