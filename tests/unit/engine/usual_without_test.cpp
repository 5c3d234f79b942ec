// What is usual without some of the values, against the plain way: take them out, sort, look.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/engine/deviation.h"

namespace tidewaiter {
namespace {

std::vector<double> without(std::vector<double> all, const std::vector<double>& left_out) {
  for (const double value : left_out) all.erase(std::ranges::find(all, value));
  return all;
}

void expect_same(std::vector<double> all, std::vector<double> left_out) {
  std::ranges::sort(all);
  std::ranges::sort(left_out);
  const std::optional<Usual> want = usual_of(without(all, left_out));
  const std::optional<Usual> got = usual_without(all, left_out);
  ASSERT_EQ(got.has_value(), want.has_value());
  if (!want) return;
  EXPECT_EQ(got->median, want->median);
  EXPECT_EQ(got->mad, want->mad);
}

// Of 1 2 3 4 6 8 12 without 100: median 4; distances 3 2 1 0 2 4 8, in order 0 1 2 2 3 4 8.
TEST(UsualWithout, IsWhatTheRestGives) {
  const std::vector<double> all{1, 2, 3, 4, 6, 8, 12, 100};
  const std::vector<double> hundred{100};
  const auto usual = usual_without(all, hundred);
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->median, 4);
  EXPECT_EQ(usual->mad, 2);
}

TEST(UsualWithout, SaysNothingOfTooFewOrOfEqualOnes) {
  const std::vector<double> few{1, 2, 3, 4, 5, 6, 7};
  const std::vector<double> one{3};
  EXPECT_FALSE(usual_without(few, one));
  EXPECT_TRUE(usual_without(few, {}));
  const std::vector<double> equal(20, 5.0);
  EXPECT_FALSE(usual_without(equal, {}));
}

TEST(UsualWithout, IsTheSameAsTakingThemOutFirst) {
  std::mt19937_64 random(20261128);  // the same values each time
  for (int i = 0; i < 3000; ++i) {
    const auto count = static_cast<std::size_t>(7 + random() % 40);
    const std::uint64_t different = 1 + random() % 50;  // few: many equal ones
    std::vector<double> all(count);
    for (double& value : all) {
      value = (static_cast<double>(random() % different) - 20.0) / 3.0;
    }
    std::vector<double> left_out(all.begin(),
                                 all.begin() + static_cast<std::ptrdiff_t>(random() % 6));
    SCOPED_TRACE("log " + std::to_string(i));
    expect_same(all, left_out);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace tidewaiter
