#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tidewaiter {

// Decimal digits eight at a time, for readers of texts behind which more bytes may be read. A word
// holds one character a byte, the first of them lowest, whatever the machine.

/// The eight characters at `at`.
[[nodiscard]] inline std::uint64_t eight_characters(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof(word));
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// One character in each byte.
[[nodiscard]] constexpr std::uint64_t eight_times(char c) {
  return 0x0101'0101'0101'0101U * static_cast<unsigned char>(c);
}

/// The first `count` characters of a word, 1 to 8, as digits by their values, with zeros in front
/// of them: what combined_digits() takes.
[[nodiscard]] constexpr std::uint64_t digit_values(std::uint64_t word, std::size_t count) {
  return (word ^ eight_times('0')) << (8 * (8 - count));
}

/// Whether all eight are values of digits.
[[nodiscard]] constexpr bool are_digits(std::uint64_t values) {
  // What is above 9 reaches the highest bit of its byte by the addition, or had it before.
  return (((values + eight_times(0x7F - 9)) | values) & eight_times('\x80')) == 0;
}

/// The number that eight values of digits make: pairs first, then pairs of these.
[[nodiscard]] constexpr std::uint64_t combined_digits(std::uint64_t values) {
  values = values * 10 + (values >> 8U);  // every second byte is a pair
  values = (values & 0x00FF'00FF'00FF'00FFU) * (1 + (std::uint64_t{100} << 16U)) >> 16U;
  return (values & 0x0000'FFFF'0000'FFFFU) * (1 + (std::uint64_t{10'000} << 32U)) >> 32U;
}

}  // namespace tidewaiter
