#include "policies/model/named_severity.h"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

TEST(NamedSeverity, IsReadAsItIsWritten) {
  EXPECT_EQ(severity_named("low"), Severity::kLow);
  EXPECT_EQ(severity_named("medium"), Severity::kMedium);
  EXPECT_EQ(severity_named("high"), Severity::kHigh);
  EXPECT_EQ(severity_named("critical"), Severity::kCritical);
  for (const char* const other : {"", "High", "unknown", "highest", "hig"}) {
    EXPECT_EQ(severity_named(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace tidewaiter
