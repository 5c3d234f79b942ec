#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace tidewaiter {

/// Choices that a seed repeats.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  /// A whole number of [low, high].
  std::int64_t number(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(engine_);
  }
  bool chance(int percent) { return number(1, 100) <= percent; }
  template <class T>
  const T& one_of(const std::vector<T>& choices) {
    return choices[static_cast<std::size_t>(
        number(0, static_cast<std::int64_t>(choices.size()) - 1))];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace tidewaiter
