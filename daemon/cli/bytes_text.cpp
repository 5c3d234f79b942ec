#include "daemon/cli/bytes_text.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace tidewaiter {

std::string bytes_text(std::int64_t bytes) {
  constexpr std::array<std::string_view, 4> kUnits = {"B", "KiB", "MiB", "GiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (std::abs(size) >= 1024 && unit + 1 < kUnits.size()) {
    size /= 1024;
    ++unit;
  }
  std::array<char, 32> text{};
  const int length = std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f " : "%.1f ", size);
  return std::string(text.data(), static_cast<std::size_t>(length)) + std::string(kUnits[unit]);
}

}  // namespace tidewaiter
