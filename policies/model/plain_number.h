#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tidewaiter {

// Numbers as nearly all lines write them, for PlainLineReader: mostly in one step of eight digits.
// False for what is wrong, and for what is right and rare: the general way reads that. Behind each
// text kPlainNumberBytes may be read, whatever stands there.
//
// They give their numbers by reference: a std::optional of a number is written in two parts and
// read as one, for which a processor waits longer than the digits take.
inline constexpr std::size_t kPlainNumberBytes = 16;

/// A whole JSON number of up to 18 digits, for which int64 has room whatever they are.
[[nodiscard]] bool plain_whole(std::string_view token, std::int64_t& number);

/// A JSON number with or without decimals, without exponent: the nearest double.
[[nodiscard]] bool plain_real(std::string_view token, double& number);

/// As parse_money: nano-USD.
[[nodiscard]] bool plain_money(std::string_view text, std::int64_t& nano_usd);

/// As parse_duration: microseconds.
[[nodiscard]] bool plain_duration(std::string_view text, std::int64_t& us);

}  // namespace tidewaiter
