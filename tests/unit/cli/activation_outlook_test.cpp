#include "daemon/cli/activation_outlook.h"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

SettledFinding beginning_at(const std::string& account, UtcTime from) {
  SettledFinding finding;
  finding.subject = Subject{{find_field("account").value()}, {account}, "gw"};
  finding.run = {from, from + kHour};
  return finding;
}

// By hand: `a` is new on day 1 and found again on day 3, `b` and `c` are new on day 3, `d` on
// day 2.
TEST(CaseLoad, ASubjectIsOneCaseOnItsFirstDay) {
  const UtcTime first{0};
  const auto day = [&](std::int64_t n) { return first + Duration{(n - 1) * kDay.us + kHour.us}; };
  const CaseLoad load =
      case_load({beginning_at("a", day(3)), beginning_at("a", day(1)), beginning_at("b", day(3)),
                 beginning_at("c", day(3)), beginning_at("d", day(2))},
                8);
  EXPECT_EQ(load.cases, 4);
  EXPECT_DOUBLE_EQ(load.a_day, 0.5);
  EXPECT_EQ(load.busiest, 2);
  ASSERT_TRUE(load.busiest_day);
  EXPECT_EQ(*load.busiest_day, first + Duration{2 * kDay.us});
}

TEST(CaseLoad, OfNothingIsNothing) {
  const CaseLoad load = case_load({}, 0);
  EXPECT_EQ(load.cases, 0);
  EXPECT_EQ(load.a_day, 0);
  EXPECT_FALSE(load.busiest_day);
}

}  // namespace
}  // namespace tidewaiter
