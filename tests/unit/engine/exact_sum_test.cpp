#include "policies/engine/exact_sum.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

double sum_of(const std::vector<double>& values) {
  ExactSum sum;
  for (const double value : values) sum.add(value);
  return sum.rounded();
}

TEST(ExactSum, LosesNothingToSize) {
  EXPECT_EQ(sum_of({}), 0.0);
  EXPECT_EQ(sum_of({1e100, 1.0, -1e100}), 1.0);
  EXPECT_EQ(sum_of({0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}), 1.0);
  EXPECT_EQ(sum_of({5e-324, 5e-324, -5e-324}), 5e-324);
}

TEST(ExactSum, TiesGoToEvenUnlessAnythingIsBelow) {
  EXPECT_EQ(sum_of({0x1p53, 1.0}), 0x1p53);
  EXPECT_EQ(sum_of({0x1p53, 1.0, 5e-324}), 0x1p53 + 2.0);
  EXPECT_EQ(sum_of({0x1p1000, 0x1p947, 5e-324}), 0x1.0000000000001p1000);
  EXPECT_EQ(sum_of({0x1p1000, 0x1p947, -5e-324}), 0x1p1000);
  EXPECT_EQ(sum_of({0x1p1000, 0x1p947, -0x1p-800, 5e-324}), 0x1p1000);
}

TEST(ExactSum, PassesThroughWhatNoDoubleHolds) {
  const double most = std::numeric_limits<double>::max();
  ExactSum sum;
  sum.add(1.7e308);
  sum.add(1.7e308);
  EXPECT_TRUE(std::isinf(sum.rounded()));
  sum.add(-1.7e308);
  EXPECT_EQ(sum.rounded(), 1.7e308);
  sum.add(-1.7e308);
  EXPECT_EQ(sum.rounded(), 0.0);
  // The least that rounds beyond the largest double lies half an ulp, 2^970, above it.
  EXPECT_EQ(sum_of({most, 0x1p969}), most);
  EXPECT_TRUE(std::isinf(sum_of({most, 0x1p970})));
  EXPECT_EQ(sum_of({most, 0x1p970, -5e-324}), most);
  EXPECT_EQ(sum_of({-most, -most, most, 1.0}), -most);
  EXPECT_EQ(sum_of({0x1p1023, 0x1p1023, -0x1p1023, -0x1p1023, 3.0}), 3.0);
  // What the large values leave is nearly cancelled by many smaller ones.
  EXPECT_EQ(sum_of({0x1p900, -0x1.fffffffffffffp899, -0x1p847, 0.25}), 0.25);
}

TEST(ExactSum, OrderDoesNotMatter) {
  std::mt19937_64 random(3);
  std::vector<double> values;
  for (int i = 0; i < 200; ++i) {
    const double size = std::ldexp(1.0 + static_cast<double>(random() % 1000) / 1000.0,
                                   static_cast<int>(random() % 2090) - 1070);
    values.push_back(random() % 2 == 0 ? size : -size);
  }
  const double wanted = sum_of(values);
  for (int i = 0; i < 50; ++i) {
    std::shuffle(values.begin(), values.end(), random);
    EXPECT_EQ(sum_of(values), wanted);
  }
  // Taken out again, in another order, they leave nothing.
  ExactSum sum;
  for (const double value : values) sum.add(value);
  std::shuffle(values.begin(), values.end(), random);
  for (const double value : values) sum.add(-value);
  EXPECT_EQ(sum.rounded(), 0.0);
}

}  // namespace
}  // namespace tidewaiter
