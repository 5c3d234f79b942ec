// Numbers from a key, held against what the distributions are known to be.
#include "daemon/world/random_stream.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/world/split_mix.h"

namespace tidewaiter {
namespace {

constexpr int kDraws = 100'000;

/// Mean and deviation of so many draws.
template <class Draw>
std::pair<double, double> moments(const Draw& draw) {
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const auto value = static_cast<double>(draw());
    sum += value;
    squares += value * value;
  }
  const double mean = sum / kDraws;
  return {mean, std::sqrt(squares / kDraws - mean * mean)};
}

// The first numbers of splitmix64 from a state of 0, as published with xoshiro's reference code.
TEST(SplitMix, GivesThePublishedNumbers) {
  EXPECT_EQ(mixed(0), 0xE220A8397B1DCDAFU);
  EXPECT_EQ(mixed(0x9E3779B97F4A7C15U), 0x6E789E6AA1B965F4U);
}

TEST(RandomStream, FollowsFromItsKeyAlone) {
  RandomStream one{7, 1};
  RandomStream same{7, 1};
  RandomStream other{7, 2};
  RandomStream turned{1, 7};
  const std::uint64_t first = one.next();
  EXPECT_EQ(first, same.next());
  EXPECT_NE(first, other.next());
  EXPECT_NE(first, turned.next());
  EXPECT_EQ(one.next(), same.next());
}

TEST(RandomStream, HasTheMomentsOfItsDistributions) {
  RandomStream random{3};
  const auto [unit_mean, unit_spread] = moments([&] { return random.unit(); });
  EXPECT_NEAR(unit_mean, 0.5, 0.005);
  EXPECT_NEAR(unit_spread, std::sqrt(1.0 / 12), 0.005);
  const auto [normal_mean, normal_spread] = moments([&] { return random.normal(); });
  EXPECT_NEAR(normal_mean, 0, 0.02);
  EXPECT_NEAR(normal_spread, 1, 0.02);
  for (const double mean :
       {0.3, 4.0, 29.0, 31.0, 1'000.0}) {  // both sides of where the way changes
    const auto [count_mean, count_spread] = moments([&] { return random.poisson(mean); });
    EXPECT_NEAR(count_mean / mean, 1, 0.02) << mean;
    EXPECT_NEAR(count_spread / std::sqrt(mean), 1, 0.02) << mean;
  }
  const auto [log_mean, log_spread] = moments([&] { return std::log(random.log_normal(20, 0.7)); });
  EXPECT_NEAR(log_mean, std::log(20.0), 0.02);
  EXPECT_NEAR(log_spread, 0.7, 0.02);
}

TEST(RandomStream, KeepsWithinBoundsAndWeights) {
  RandomStream random{5};
  std::array<int, 4> counts{};
  for (int i = 0; i < kDraws; ++i) {
    const std::int64_t below = random.below(3);
    ASSERT_GE(below, 0);
    ASSERT_LT(below, 3);
    ++counts[random.weighted(std::array{1.0, 0.0, 2.0, 1.0})];
  }
  EXPECT_NEAR(counts[0], kDraws / 4.0, kDraws / 100.0);
  EXPECT_EQ(counts[1], 0);
  EXPECT_NEAR(counts[2], kDraws / 2.0, kDraws / 100.0);
  EXPECT_EQ(random.poisson(0), 0);
}

}  // namespace
}  // namespace tidewaiter
