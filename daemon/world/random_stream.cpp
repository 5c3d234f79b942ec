#include "daemon/world/random_stream.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "daemon/world/split_mix.h"

namespace tidewaiter {

RandomStream::RandomStream(std::initializer_list<std::uint64_t> key) {
  for (const std::uint64_t part : key) state_ = mixed(state_ ^ part);
}

std::uint64_t RandomStream::next() {
  const std::uint64_t value = mixed(state_);
  state_ += 0x9E3779B97F4A7C15U;
  return value;
}

std::int64_t RandomStream::below(std::int64_t bound) {
  return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(bound));
}

double RandomStream::unit() {
  constexpr double kStep = 0x1p-53;
  return static_cast<double>(next() >> 11U) * kStep;
}

double RandomStream::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - unit()));
  return radius * std::cos(2.0 * std::numbers::pi * unit());
}

double RandomStream::log_normal(double median, double spread) {
  return median * std::exp(spread * normal());
}

std::int64_t RandomStream::poisson(double mean) {
  constexpr double kMostByProducts = 30;
  if (mean <= 0) return 0;
  if (mean > kMostByProducts) {
    return std::max<std::int64_t>(0, std::llround(mean + std::sqrt(mean) * normal()));
  }
  const double least = std::exp(-mean);
  std::int64_t count = 0;
  for (double product = unit(); product > least; product *= unit()) ++count;
  return count;
}

std::size_t RandomStream::weighted(std::span<const double> weights) {
  double rest = unit() * std::accumulate(weights.begin(), weights.end(), 0.0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    rest -= weights[i];
    if (rest < 0) return i;
  }
  return weights.size() - 1;
}

}  // namespace tidewaiter
