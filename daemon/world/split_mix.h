#pragma once

#include <cstdint>

namespace tidewaiter {

/// Turns counted values into evenly spread ones. Source: S. Vigna, splitmix64.c, public domain,
/// https://prng.di.unimi.it/splitmix64.c.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31U);
}

}  // namespace tidewaiter
