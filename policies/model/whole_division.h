#pragma once

#include <cstdint>

namespace tidewaiter {

/// a / b rounded down, `b` > 0.
[[nodiscard]] constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - static_cast<std::int64_t>(a % b < 0);
}

/// a / b rounded up, `b` > 0.
[[nodiscard]] constexpr std::int64_t ceil_divide(std::int64_t a, std::int64_t b) {
  return a / b + static_cast<std::int64_t>(a % b > 0);
}

}  // namespace tidewaiter
