#include "storage/review/clock_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

UtcTime day(std::string_view text) { return *parse_time(text); }

std::string due(std::string_view rule, std::string_view event) {
  return format_time(due_day(*clock_rule(rule), day(event))).substr(0, 10);
}

// The federal holidays of 2026 and of 2027 as the United States' Office of Personnel Management
// publishes them; 4 July 2026 is a Saturday, 19 June and 25 December 2027 are Saturdays, 4 July
// 2027 is a Sunday.
TEST(BusinessDay, HasTheFederalHolidaysAsObserved) {
  for (const char* const holiday :
       {"2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03",
        "2026-09-07", "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25", "2027-01-01",
        "2027-01-18", "2027-02-15", "2027-05-31", "2027-06-18", "2027-07-05", "2027-09-06",
        "2027-10-11", "2027-11-11", "2027-11-25", "2027-12-24", "2027-12-31"}) {
    EXPECT_FALSE(is_business_day(day(holiday))) << holiday;
  }
  int days = 0;
  for (UtcTime at = day("2026-01-01"); at < day("2027-01-01"); at = at + kDay) {
    if (is_business_day(at)) ++days;
  }
  EXPECT_EQ(days, 250);  // 261 weekdays less eleven holidays, each of them on a weekday
}

TEST(BusinessDay, IsNoSaturdayAndNoSunday) {
  EXPECT_TRUE(is_business_day(day("2026-10-09")));
  EXPECT_FALSE(is_business_day(day("2026-10-10")));
  EXPECT_FALSE(is_business_day(day("2026-10-11")));
}

// Counted by hand: 6, 7, 8, 9, (12 is Columbus Day) 13, 14, 15, 16, 19, 20 October.
TEST(DueDay, LeavesOutTheDayOfTheEventAndHolidays) {
  EXPECT_EQ(due("ofac-report", "2026-10-05T23:59:00Z"), "2026-10-20");
  EXPECT_EQ(due("business-days:1", "2026-10-09"), "2026-10-13");
}

// 26 days of October, 30, 31, 31, 28, 31: 177 to the end of March, and three of April.
TEST(DueDay, CountsEveryDayWhereTheRuleDoes) {
  EXPECT_EQ(due("vsd-narrative", "2026-10-05"), "2027-04-03");
  EXPECT_EQ(due("days:30", "2026-10-05"), "2026-11-04");
}

TEST(DaysLeft, CountsAsTheRuleDoesAndGoesBelowZero) {
  const ClockRule rule = *clock_rule("ofac-report");
  const UtcTime end = day("2026-10-20");
  EXPECT_EQ(days_left(rule, end, day("2026-10-05T12:00:00Z")), 10);
  EXPECT_EQ(days_left(rule, end, day("2026-10-20T23:59:59Z")), 0);
  EXPECT_EQ(days_left(rule, end, day("2026-10-21")), -1);
  EXPECT_EQ(days_left(rule, end, day("2026-10-25")), -3);  // 21, 22, 23
}

TEST(ClockRules, RefuseWhatIsNoRuleAndSayWhatIs) {
  EXPECT_THAT(clock_rule("ofac-reprt").error().message, testing::HasSubstr("`ofac-report`"));
  for (const char* const none :
       {"days:0", "days:", "days:030", "days:3661", "days:-1", "business-days:x", ""}) {
    EXPECT_FALSE(clock_rule(none)) << none;
  }
}

}  // namespace
}  // namespace tidewaiter
