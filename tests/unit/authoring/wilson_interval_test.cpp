#include "policies/authoring/wilson_interval.h"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

struct Published {
  std::int64_t hits;
  std::int64_t trials;
  double low;
  double high;
};

// R. G. Newcombe, "Two-sided confidence intervals for the single proportion: comparison of seven
// methods", Statistics in Medicine 17 (1998), table I, method 3 (Wilson score), four decimals.
TEST(WilsonInterval, AgreesWithPublishedValues) {
  for (const Published& row :
       {Published{81, 263, 0.2553, 0.3662}, Published{15, 148, 0.0624, 0.1605},
        Published{0, 20, 0.0000, 0.1611}, Published{1, 29, 0.0061, 0.1718}}) {
    const ShareEstimate estimate = wilson_interval(row.hits, row.trials);
    EXPECT_NEAR(estimate.low, row.low, 5e-5) << row.hits << "/" << row.trials;
    EXPECT_NEAR(estimate.high, row.high, 5e-5) << row.hits << "/" << row.trials;
    EXPECT_DOUBLE_EQ(estimate.share,
                     static_cast<double>(row.hits) / static_cast<double>(row.trials));
  }
}

// Exchanging hits and misses mirrors the interval.
TEST(WilsonInterval, IsSymmetric) {
  for (std::int64_t hits = 0; hits <= 30; ++hits) {
    const ShareEstimate a = wilson_interval(hits, 30);
    const ShareEstimate b = wilson_interval(30 - hits, 30);
    EXPECT_NEAR(a.low, 1 - b.high, 1e-12) << hits;
    EXPECT_GE(a.low, 0.0);
    EXPECT_LE(a.high, 1.0);
    EXPECT_LE(a.low, a.share);
    EXPECT_GE(a.high, a.share);
  }
}

}  // namespace
}  // namespace tidewaiter
