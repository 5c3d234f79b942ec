#include "daemon/pipeline/progress.h"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

TEST(Progress, EstimatesTheTimeLeftFromBytes) {
  const ProgressMeter meter(CyclePhase::kPull, "gw", UtcTime{0});
  const CycleProgress progress = meter.at(UtcTime{2 * kSecond.us}, 1000, 0, 25, 100, false);
  EXPECT_DOUBLE_EQ(progress.records_per_second, 500.0);
  EXPECT_EQ(progress.left, Duration{6 * kSecond.us});  // a quarter took two seconds
  EXPECT_EQ(meter.at(UtcTime{0}, 0, 0, 0, 0, false).left, std::nullopt);
}

}  // namespace
}  // namespace tidewaiter
