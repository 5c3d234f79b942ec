#include "policies/screening/score.h"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

TEST(ScoreText, IsADecimalFraction) {
  EXPECT_EQ(score_text(900'000), "0.9");
  EXPECT_EQ(score_text(906'667), "0.906667");
  EXPECT_EQ(score_text(kSameName), "1");
  EXPECT_EQ(score_text(1), "0.000001");
}

}  // namespace
}  // namespace tidewaiter
