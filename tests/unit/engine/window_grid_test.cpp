#include "policies/engine/window_grid.h"

#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/language/zone_database.h"

namespace tidewaiter {
namespace {

using enum CalendarUnit;

UtcTime instant(const std::string& text) { return parse_time(text).value(); }

Window calendar(CalendarUnit unit, const std::string& zone) {
  return {kDay, kDay, {}, Calendar{unit, read_time_zone(zone).value()}};
}

/// The window that holds an instant, as text.
std::string window_at(const Window& window, const std::string& time) {
  const WindowGrid grid(window);
  const Interval span = grid.interval(grid.last_begun(instant(time)));
  return format_time(span.from) + " " + format_time(span.to);
}

TEST(WindowGrid, CountsFromTheEpochWithoutACalendar) {
  const Window window{{20}, {10}, {}, {}};
  const WindowGrid grid(window);
  EXPECT_EQ(grid.overlap(), 2);
  EXPECT_EQ(grid.last_begun(UtcTime{-1}), -1);
  EXPECT_EQ(grid.last_begun(UtcTime{19}), 1);
  EXPECT_EQ(grid.first_from(UtcTime{11}), 2);
  EXPECT_EQ(grid.last_ended(UtcTime{39}), 1);
  EXPECT_EQ(grid.interval(-1), (Interval{{-10}, {10}}));
}

// Expected instants: Python's zoneinfo over tzdata 2025b, by looking at each minute's local date.
TEST(WindowGrid, DaysOfBerlinHave23And25Hours) {
  const Window days = calendar(kDays, "Europe/Berlin");
  EXPECT_EQ(window_at(days, "2026-03-29T12:00:00Z"), "2026-03-28T23:00:00Z 2026-03-29T22:00:00Z");
  EXPECT_EQ(window_at(days, "2026-10-25T12:00:00Z"), "2026-10-24T22:00:00Z 2026-10-25T23:00:00Z");
  EXPECT_EQ(window_at(days, "2026-03-28T23:00:00Z"), "2026-03-28T23:00:00Z 2026-03-29T22:00:00Z");
  EXPECT_EQ(window_at(days, "2026-03-28T22:59:59Z"), "2026-03-27T23:00:00Z 2026-03-28T23:00:00Z");
}

TEST(WindowGrid, WeeksBeginOnMondayAndMonthsOnTheFirst) {
  // 2026-10-25 is a Sunday: ISO week 43 ends with it.
  EXPECT_EQ(window_at(calendar(kWeeks, "Europe/Berlin"), "2026-10-25T22:59:59Z"),
            "2026-10-18T22:00:00Z 2026-10-25T23:00:00Z");
  EXPECT_EQ(window_at(calendar(kWeeks, "UTC"), "1970-01-01"),
            "1969-12-29T00:00:00Z 1970-01-05T00:00:00Z");
  EXPECT_EQ(window_at(calendar(kMonths, "Europe/Berlin"), "2026-03-15"),
            "2026-02-28T23:00:00Z 2026-03-31T22:00:00Z");
  EXPECT_EQ(window_at(calendar(kMonths, "UTC"), "2028-02-29T23:00:00Z"),
            "2028-02-01T00:00:00Z 2028-03-01T00:00:00Z");
}

TEST(WindowGrid, ADayBeginsWhereItsDateFirstShows) {
  // Clocks were put forward from midnight to one.
  const Window sao_paulo = calendar(kDays, "America/Sao_Paulo");
  EXPECT_EQ(window_at(sao_paulo, "2018-11-04T12:00:00Z"),
            "2018-11-04T03:00:00Z 2018-11-05T02:00:00Z");
  // And back from midnight to eleven: the next date had not begun.
  EXPECT_EQ(window_at(sao_paulo, "2019-02-17T02:30:00Z"),
            "2019-02-16T02:00:00Z 2019-02-17T03:00:00Z");
  // Back from a minute past midnight: the date had begun, and goes on through the repeated hour.
  const Window st_johns = calendar(kDays, "America/St_Johns");
  EXPECT_EQ(window_at(st_johns, "2006-10-29T02:45:00Z"),
            "2006-10-29T02:30:00Z 2006-10-30T03:30:00Z");
}

TEST(WindowGrid, ADateThatWasLeftOutIsAnEmptyWindow) {
  const Window apia = calendar(kDays, "Pacific/Apia");
  const WindowGrid grid(apia);
  const std::int64_t k = grid.last_begun(instant("2011-12-29T20:00:00Z"));
  EXPECT_EQ(grid.interval(k),
            (Interval{instant("2011-12-29T10:00:00Z"), instant("2011-12-30T10:00:00Z")}));
  EXPECT_EQ(grid.length(k + 1), Duration{0});
  EXPECT_EQ(grid.interval(k + 2).to, instant("2011-12-31T10:00:00Z"));
  EXPECT_EQ(grid.last_begun(instant("2011-12-30T10:00:00Z")), k + 2);
  EXPECT_EQ(grid.first_from(instant("2011-12-30T10:00:00Z")), k + 1);
  EXPECT_EQ(grid.last_ended(instant("2011-12-30T10:00:00Z")), k + 1);
}

TEST(WindowGrid, TheEpochLiesInWindowZero) {
  for (const CalendarUnit unit : {kDays, kWeeks, kMonths}) {
    for (const char* zone : {"UTC", "America/New_York", "Asia/Kathmandu"}) {
      EXPECT_EQ(WindowGrid(calendar(unit, zone)).last_begun(UtcTime{0}), 0) << zone;
    }
  }
}

TEST(WindowGrid, EveryBorderIsOneWindowsEndAndTheNextOnesBegin) {
  for (const CalendarUnit unit : {kDays, kWeeks, kMonths}) {
    for (const char* zone : {"Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"}) {
      const Window window = calendar(unit, zone);
      const WindowGrid grid(window);
      for (std::int64_t k = -400; k < 400; ++k) {
        const Interval span = grid.interval(k);
        SCOPED_TRACE(std::string(zone) + " " + std::to_string(k));
        ASSERT_EQ(grid.interval(k + 1).from, span.to);
        ASSERT_EQ(grid.last_begun(span.from), k);
        ASSERT_EQ(grid.last_begun(span.to - Duration{1}), k);
        ASSERT_EQ(grid.first_from(span.from), k);
        ASSERT_EQ(grid.first_from(span.from + Duration{1}), k + 1);
        ASSERT_EQ(grid.last_ended(span.to), k);
        ASSERT_EQ(grid.last_ended(span.to - Duration{1}), k - 1);
        ASSERT_LE(span.to - span.from, longest_span(window, 31));
      }
    }
  }
}

TEST(WindowGrid, TheEndsOfTimeHaveWindows) {
  for (const CalendarUnit unit : {kDays, kWeeks, kMonths}) {
    const Window window = calendar(unit, "Europe/Berlin");
    const WindowGrid grid(window);
    const std::int64_t first = grid.first_from(UtcTime{std::numeric_limits<std::int64_t>::min()});
    const std::int64_t last = grid.last_begun(UtcTime{std::numeric_limits<std::int64_t>::max()});
    EXPECT_LT(first, grid.last_begun(kRecordTimes.from) - 10'000);
    EXPECT_GT(last, grid.last_begun(kRecordTimes.to));
  }
}

}  // namespace
}  // namespace tidewaiter
