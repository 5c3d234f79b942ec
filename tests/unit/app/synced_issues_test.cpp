// Which moment a list is known up to, issue by issue and confirmation by confirmation: by the rule
// of daemon/app/synced_issues.h, computed by hand.

#include "daemon/app/synced_issues.h"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

constexpr Duration kDays90{90 * kDay.us};
const UtcTime kBegin = parse_time("2026-01-01").value();

UtcTime day(std::int64_t number) { return kBegin + Duration{number * kDay.us}; }

/// Looked into since day 0, known up to day 90.
IssueStanding former() { return {"ofac-sdn", "issue", sha256("parties"), day(0), day(90), {}}; }

HeldIssue held(std::int64_t confirmed, Duration stale_after = kDays90) {
  return {"issue", day(0), day(confirmed), stale_after};
}

auto told(bool answer) {
  return [answer](const Interval&) -> Result<bool> { return answer; };
}

TEST(NextStanding, StaysWhileNothingWasConfirmed) {
  EXPECT_EQ(next_standing(former(), held(0), day(80), told(true)).value(), former());
}

TEST(NextStanding, AnEarlyConfirmationIsTakenUpWhenHalfOfTheTimeHasPassed) {
  EXPECT_EQ(next_standing(former(), held(30), day(44), told(false)).value(), former());
  const IssueStanding next = next_standing(former(), held(30), day(46), told(false)).value();
  EXPECT_EQ(next.known_until, day(120));
  EXPECT_EQ(next.resumed, std::nullopt);
}

TEST(NextStanding, RecordsOfAnUnknownTimeAreJudgedAgain) {
  const IssueStanding next = next_standing(former(), held(100), day(100), told(true)).value();
  EXPECT_EQ(next.known_until, day(190));
  EXPECT_EQ(next.resumed, day(100));
}

TEST(NextStanding, AShorterTimeHoldsAtOnce) {
  const Duration week{7 * kDay.us};
  const IssueStanding quiet = next_standing(former(), held(0, week), day(3), told(false)).value();
  EXPECT_EQ(quiet.known_until, day(7));
  EXPECT_EQ(quiet.resumed, std::nullopt);
  // Records after day 7 were told by an issue that is not known to hold then.
  const IssueStanding told_before =
      next_standing(former(), held(0, week), day(20), told(true)).value();
  EXPECT_EQ(told_before.known_until, day(7));
  EXPECT_EQ(told_before.resumed, day(20));
}

TEST(NextStanding, AsksAboutTheTimeThatChangesSides) {
  Interval asked;
  const auto noted = [&asked](const Interval& time) -> Result<bool> {
    asked = time;
    return false;
  };
  ASSERT_TRUE(next_standing(former(), held(0, Duration{7 * kDay.us}), day(20), noted));
  EXPECT_EQ(asked, (Interval{day(7), day(90)}));
  ASSERT_TRUE(next_standing(former(), held(100), day(100), noted));
  EXPECT_EQ(asked, (Interval{day(90), day(190)}));
}

}  // namespace
}  // namespace tidewaiter
