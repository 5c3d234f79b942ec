// The cumulative sum against two published tables.

#include "policies/engine/cumulative_sum.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

/// A usual figure with this centre and this standard deviation, as 1.4826 · MAD estimates it.
CumulativeSum from_nothing(double centre, double spread) { return {{centre, spread / 1.4826}, 0}; }

void expect_sums(CumulativeSum so_far, double unit, const std::vector<double>& figures,
                 const std::vector<double>& sums) {
  ASSERT_EQ(figures.size(), sums.size());
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const Value next = sum_with(so_far, figures[i]);
    ASSERT_FALSE(is_null(next)) << i;
    so_far.sum = std::get<double>(next);
    EXPECT_NEAR(so_far.sum * unit, sums[i], 1e-9) << i;
  }
}

/// J. M. Lucas and R. B. Crosier, "Fast Initial Response for CUSUM Quality-Control Schemes",
/// Technometrics 24 (1982), table 5, without head start: k = 0.5, figures in standard deviations.
TEST(CumulativeSum, RisesAsTheTableOfLucasAndCrosier) {
  expect_sums(from_nothing(0, 1), 1, {0.8, 1.9, 1.4, 2.0, 1.1, 0.7, 2.6},
              {0.3, 1.7, 2.6, 4.1, 4.7, 4.9, 7.0});
}

/// D. C. Montgomery and G. C. Runger, "Applied Statistics and Probability for Engineers", table
/// 16-8, upper sum: target 99, K = 1. It is half a standard deviation where that is 2.
TEST(CumulativeSum, FallsBackToZeroAsTheTableOfMontgomeryAndRunger) {
  expect_sums(from_nothing(99, 2), 2,
              {102.0, 94.8, 98.3,  98.4, 102.0, 98.5, 99.0,  97.7,  100.0, 98.1,
               101.3, 98.7, 101.1, 98.4, 97.0,  96.7, 100.3, 101.4, 97.2,  101.0},
              {2.0, 0.0, 0.0, 0.0, 2.0, 0.5, 0.0, 0.0, 0.0, 0.0,
               1.3, 0.0, 1.1, 0.0, 0.0, 0.0, 0.3, 1.7, 0.0, 1.0});
}

/// 7 say what is usual, and an eighth is the first that is summed; of 16, it is 8 and 8.
TEST(CumulativeSum, TheEarlierHalfSaysWhatIsUsual) {
  EXPECT_FALSE(summed_up(std::vector<double>{4, 2, 6, 3, 5, 1}));
  const auto seven = summed_up(std::vector<double>{4, 2, 6, 3, 5, 1, 7});
  ASSERT_TRUE(seven);
  EXPECT_EQ(seven->usual.median, 4);
  EXPECT_EQ(seven->usual.mad, 2);
  EXPECT_EQ(seven->sum, 0);
  const auto eight = summed_up(std::vector<double>{4, 2, 6, 3, 5, 1, 7, 8});
  ASSERT_TRUE(eight);
  EXPECT_EQ(eight->usual.median, 4);
  EXPECT_NEAR(eight->sum, 4 / 2.9652 - 0.5, 1e-12);
  const auto sixteen =
      summed_up(std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8, 4, 4, 4, 4, 4, 4, 4, 9});
  ASSERT_TRUE(sixteen);
  EXPECT_EQ(sixteen->usual.median, 4.5);
  EXPECT_NEAR(sixteen->sum, 4.5 / 2.9652 - 0.5, 1e-12);
}

TEST(CumulativeSum, IsNothingWithoutSpreadOrWhereATermIsNoDouble) {
  constexpr double kMost = std::numeric_limits<double>::max();
  EXPECT_FALSE(summed_up(std::vector<double>{3, 3, 3, 3, 3, 3, 3, 9}));
  EXPECT_FALSE(summed_up(std::vector<double>{0.4, 0.2, 0.6, 0.3, 0.5, 0.1, 0.7, kMost}));
  EXPECT_TRUE(is_null(sum_with({{-kMost, 1}, 0}, kMost)));
}

}  // namespace
}  // namespace tidewaiter
