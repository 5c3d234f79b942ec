// What is usual for a subject, by hand on a line of days, and how it is shown.

#include "daemon/report/usual_usage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/report/usual_plot.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kFirstDay = 20'731;  // 2026-10-05, a Monday

UtcTime day(std::int64_t number) { return UtcTime{(kFirstDay + number) * kDay.us}; }

/// A day of so many requests, each of ten tokens.
CountedDay asked(std::int64_t requests) { return {1, requests, 10 * requests, 0}; }

/// A subject with these requests, a day each from the first on; of all of them its source has told.
CountedSubject days_of(const std::vector<std::int64_t>& requests) {
  CountedSubject subject;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    subject.days[kFirstDay + static_cast<std::int64_t>(i)] = asked(requests[i]);
  }
  subject.told = Interval{day(0), day(1'000)};
  return subject;
}

/// Ten days of 10, 20, … 100, and then one of 150 on which a finding begins at two o'clock.
CountedUsage rising() {
  CountedUsage usage;
  usage.own = days_of({30, 10, 20, 100, 40, 50, 90, 60, 70, 80, 150});
  usage.span = {day(10) + Duration{2 * kHour.us}, day(10) + Duration{3 * kHour.us}};
  usage.begins = {usage.span.from};
  usage.has_tokens = true;
  return usage;
}

const UsageDay& day_of(const UsualFigure& figure, UtcTime when) {
  for (const UsageDay& one : figure.days) {
    if (one.day == when) return one;
  }
  ADD_FAILURE() << "no day " << format_time(when);
  return figure.days.front();
}

TEST(UsualUsage, IsBetweenTheFirstAndTheNinthOfTenDays) {
  const auto usual = usual_usage(rising());
  ASSERT_TRUE(usual);
  ASSERT_EQ(usual->figures.size(), 2U);
  const UsualFigure& requests = usual->figures[0];
  EXPECT_EQ(requests.unit, "requests");
  EXPECT_EQ(requests.compared, 10);
  EXPECT_FALSE(requests.by_weekday);
  EXPECT_EQ(requests.untold, "");
  const UsageDay& found = day_of(requests, day(10));
  EXPECT_EQ(found.amount, 150);
  // Of n = 10 the ⌈1⌉th, the ⌈5⌉th and the ⌈9⌉th.
  EXPECT_EQ(found.usual, (UsualBand{10, 50, 90}));
  EXPECT_EQ(beside_usual(found), BesideUsual::kAbove);
  EXPECT_TRUE(has_mark(*usual, day(10)));
  EXPECT_FALSE(has_mark(*usual, day(9)));
  EXPECT_EQ(day_of(usual->figures[1], day(10)).usual, (UsualBand{100, 500, 900}));
  // To the day after the last finding: of that the source has told, and there is nothing.
  EXPECT_EQ(requests.days.front().day, day(0));
  EXPECT_EQ(requests.days.back().day, day(11));
  EXPECT_EQ(requests.days.back().amount, 0);
  EXPECT_EQ(beside_usual(requests.days.back()), BesideUsual::kBelow);
}

// 1970-01-01 was a Thursday, the day before it a Wednesday.
TEST(UsualUsage, KnowsWeekdaysBeforeTheEpoch) {
  EXPECT_EQ(weekday_of(UtcTime{0}), 0U);
  EXPECT_EQ(weekday_of(UtcTime{-1}), 6U);
  EXPECT_EQ(weekday_of(UtcTime{-8 * kDay.us}), 6U);
  EXPECT_EQ(weekday_of(day(0)), 4U);  // a Monday
}

// An order for the eleventh day alone: what is usual stays what the ten days before it say.
TEST(UsualUsage, CanBeCutToThePeriodThatWasAskedFor) {
  auto usual = usual_usage(rising());
  ASSERT_TRUE(usual);
  const auto before = std::ssize(usual->figures[0].days);
  EXPECT_EQ(keep_days_within(*usual, {day(10) + kHour, day(10) + Duration{2 * kHour.us}}),
            before - 1);
  for (const UsualFigure& figure : usual->figures) {
    ASSERT_EQ(figure.days.size(), 1U);
    EXPECT_EQ(figure.days[0].day, day(10));
  }
  EXPECT_EQ(usual->figures[0].days[0].usual, (UsualBand{10, 50, 90}));
  EXPECT_EQ(keep_days_within(*usual, {day(11), day(12)}), 1);
}

TEST(UsualUsage, RestsOnNoDayOfTheWindow) {
  CountedUsage usage = rising();
  usage.own.days[kFirstDay + 10] = asked(1'000'000);
  usage.span.to = day(11) + kHour;
  usage.own.days[kFirstDay + 11] = asked(2'000'000);
  EXPECT_EQ(day_of(usual_usage(usage)->figures[0], day(10)).usual, (UsualBand{10, 50, 90}));
  // A window that begins at the first moment of a day is of that day.
  usage.span.from = day(10);
  EXPECT_EQ(usual_usage(usage)->figures[0].compared, 10);
}

TEST(UsualUsage, CannotBeToldOfSixDays) {
  CountedUsage usage = rising();
  usage.own.days.erase(usage.own.days.begin(), std::next(usage.own.days.begin(), 4));
  const auto usual = usual_usage(usage);
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->figures[0].compared, 6);
  EXPECT_THAT(usual->figures[0].untold,
              AllOf(HasSubstr("6 are known whole"), HasSubstr("takes 7")));
  EXPECT_FALSE(day_of(usual->figures[0], day(10)).usual);
  EXPECT_EQ(beside_usual(day_of(usual->figures[0], day(10))), BesideUsual::kUntold);
  EXPECT_THAT(usual_words(*usual, usual->figures[0]), HasSubstr("cannot be told"));
  // One more day, and it can.
  usage.own.days[kFirstDay + 3] = asked(1);
  EXPECT_EQ(day_of(usual_usage(usage)->figures[0], day(10)).usual, (UsualBand{1, 60, 90}));
}

TEST(UsualUsage, IsNothingWhereNoSourceHasToldOfTheDays) {
  CountedUsage usage = rising();
  usage.own.told.reset();
  const auto usual = usual_usage(usage);
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->figures[0].compared, 0);
  EXPECT_EQ(day_of(usual->figures[0], day(3)).amount, 100);
  EXPECT_FALSE(day_of(usual->figures[0], day(3)).whole);
  EXPECT_FALSE(day_of(usual->figures[0], day(11)).amount);
}

TEST(UsualUsage, CountsASilentDayOnlyWhereItIsKnownToBeSilent) {
  CountedUsage usage = rising();
  usage.own.days.erase(kFirstDay + 3);  // the one of 100
  const auto silent = usual_usage(usage);
  EXPECT_EQ(day_of(silent->figures[0], day(3)).amount, 0);
  EXPECT_EQ(silent->figures[0].compared, 10);
  EXPECT_EQ(day_of(silent->figures[0], day(10)).usual, (UsualBand{0, 40, 80}));
  // The source has told of nothing before the fifth day.
  usage.own.told->from = day(4);
  const auto unknown = usual_usage(usage);
  EXPECT_FALSE(day_of(unknown->figures[0], day(3)).amount);
  EXPECT_EQ(unknown->figures[0].compared, 6);
  // Before its first record an account may not have been there.
  CountedUsage later = rising();
  later.own.days.erase(kFirstDay);
  EXPECT_EQ(usual_usage(later)->figures[0].days.front().day, day(1));
}

TEST(UsualUsage, IsOfEachWeekdayWhereThereAreFourOfEach) {
  // Four weeks of 100 on the days from Monday to Friday, and 1, 2, 3, 4 on both days of weekends.
  std::vector<std::int64_t> requests;
  for (std::int64_t week = 1; week <= 4; ++week) {
    requests.insert(requests.end(), {100, 100, 100, 100, 100, week, week});
  }
  CountedUsage usage;
  usage.own = days_of(requests);
  usage.own.days[kFirstDay + 33] = asked(50);  // a Saturday
  usage.span = {day(28), day(34)};
  const auto usual = usual_usage(usage);
  ASSERT_TRUE(usual);
  EXPECT_TRUE(usual->figures[0].by_weekday);
  EXPECT_EQ(day_of(usual->figures[0], day(28)).usual, (UsualBand{100, 100, 100}));
  // Of 1, 2, 3, 4 the ⌈0.4⌉th, the ⌈2⌉th and the ⌈3.6⌉th.
  const UsageDay& saturday = day_of(usual->figures[0], day(33));
  EXPECT_EQ(saturday.usual, (UsualBand{1, 2, 4}));
  EXPECT_EQ(beside_usual(saturday), BesideUsual::kAbove);

  usage.own.days.erase(kFirstDay);  // three Mondays
  EXPECT_FALSE(usual_usage(usage)->figures[0].by_weekday);
  EXPECT_EQ(usual_usage(usage)->figures[0].compared, 27);
}

TEST(UsualUsage, LooksBackEightWeeks) {
  CountedUsage usage;
  usage.own = days_of(std::vector<std::int64_t>(80, 5));
  usage.span = {day(70), day(71)};
  const auto usual = usual_usage(usage);
  EXPECT_EQ(usual->figures[0].days.front().day, day(14));
  EXPECT_EQ(usual->figures[0].compared, 56);
}

TEST(UsualUsage, OfALogThatIsLongerThanWhatWasReadIsNotTold) {
  CountedUsage usage = rising();
  usage.complete = false;
  const auto usual = usual_usage(usage);
  EXPECT_THAT(usual->figures[0].untold, HasSubstr("longer than what was read"));
  EXPECT_FALSE(day_of(usual->figures[0], day(10)).usual);
  EXPECT_FALSE(day_of(usual->figures[0], day(11)).amount);
}

TEST(UsualUsage, HasTokensOfDaysEachOfWhoseRecordsStatesThem) {
  CountedUsage usage = rising();
  usage.own.days[kFirstDay + 10].tokenless = 1;
  const auto usual = usual_usage(usage);
  EXPECT_FALSE(day_of(usual->figures[1], day(10)).amount);
  EXPECT_EQ(day_of(usual->figures[1], day(9)).amount, 800);
  // The day after the last is known to have none, which is all that is known of them.
  for (auto& [number, one] : usage.own.days) one.tokenless = 1;
  EXPECT_EQ(usual_usage(usage)->figures.size(), 1U);
  usage.own.told.reset();
  EXPECT_EQ(usual_usage(usage)->figures.size(), 1U);
}

TEST(UsualUsage, TellsTheMedianOfSevenPeersAndOfNoFewer) {
  CountedUsage usage = rising();
  usage.peers_by = "plan";
  for (std::int64_t i = 1; i <= 7; ++i) {
    CountedSubject peer;
    peer.days[kFirstDay + 10] = asked(i == 4 ? 12'345 : i < 4 ? 1 : 99'999);
    peer.days[kFirstDay + 9] = asked(i);
    // Of one nobody knows the day before that.
    if (i < 7) peer.days[kFirstDay + 8] = asked(i);
    peer.told = usage.own.told;
    usage.peers.push_back(peer);
  }
  const auto usual = usual_usage(usage);
  EXPECT_EQ(usual->peers, 7);
  EXPECT_EQ(day_of(usual->figures[0], day(9)).peers, 4);
  EXPECT_EQ(day_of(usual->figures[0], day(10)).peers, 12'000);
  EXPECT_FALSE(day_of(usual->figures[0], day(8)).peers);
  // A silent day of all seven.
  EXPECT_EQ(day_of(usual->figures[0], day(11)).peers, 0);
  EXPECT_THAT(peers_words(*usual), HasSubstr("7 others with the same plan"));
  for (CountedSubject& peer : usage.peers) peer.days[kFirstDay + 9] = asked(1'250);
  EXPECT_EQ(day_of(usual_usage(usage)->figures[0], day(9)).peers, 1'300);
}

TEST(UsualUsage, OfAWindowThatBeginsBeforeTheFirstRecord) {
  CountedUsage usage = rising();
  usage.span.from = UtcTime{-3 * kDay.us};
  const auto usual = usual_usage(usage);
  // The days that are told of end before the subject's first record.
  EXPECT_FALSE(usual);
  usage.span.from = day(-5);
  const auto later = usual_usage(usage);
  ASSERT_TRUE(later);
  EXPECT_EQ(later->figures[0].days.front().day, day(-5));
  EXPECT_FALSE(later->figures[0].days.front().amount);
  EXPECT_EQ(later->figures[0].compared, 0);
}

TEST(UsualUsage, OfNoRecordIsNothing) {
  CountedUsage usage = rising();
  usage.own.days.clear();
  EXPECT_FALSE(usual_usage(usage));
  // Nor where what there was has been taken back.
  usage.own.days[kFirstDay] = {0, 0, 0, 0};
  EXPECT_FALSE(usual_usage(usage));
}

TEST(UsualPlot, SaysInWordsWhatItShows) {
  CountedUsage usage = rising();
  for (int i = 0; i < 7; ++i) usage.peers.push_back(days_of(std::vector<std::int64_t>(11, 42)));
  UsualUsage usual = *usual_usage(usage);
  const std::string plot = usual_plot(usual, usual.figures[0], "one");
  EXPECT_THAT(plot, AllOf(HasSubstr("at most 150 requests a day"), HasSubstr("class=\"mark\""),
                          HasSubstr("a finding begins 2026-10-15T02:00Z"),
                          HasSubstr("2026-10-15: 150 requests; usual: 10 to 90, median 50; median "
                                    "of peers 42"),
                          HasSubstr("days above what is usual 1, below 1"),
                          HasSubstr("class=\"peers\""), HasSubstr("class=\"usual\"")));
  leave_out_peers(usual);
  const std::string alone = usual_plot(usual, usual.figures[0], "one");
  EXPECT_THAT(alone, AllOf(Not(HasSubstr("peers")), Not(HasSubstr("42 "))));
  EXPECT_THAT(usual_json(usual).dump(), Not(HasSubstr("42")));
}

TEST(UsualPlot, HasNoBandWhereNoneIsTold) {
  CountedUsage usage = rising();
  usage.own.told.reset();
  const UsualUsage usual = *usual_usage(usage);
  const std::string plot = usual_plot(usual, usual.figures[0], "one");
  EXPECT_THAT(plot, AllOf(Not(HasSubstr("fill-opacity")), Not(HasSubstr("class=\"usual\"")),
                          HasSubstr("a tick below: not known"), HasSubstr("cannot be told")));
}

TEST(UsualPlot, IsATableForSpreadsheetsAndPrograms) {
  const UsualUsage usual = *usual_usage(rising());
  const std::string csv = usual_csv(usual);
  EXPECT_THAT(csv, AllOf(HasSubstr("2026-10-15,requests,150,yes,10,50,90,above,,yes\n"),
                         HasSubstr("2026-10-14,tokens,800,yes,100,500,900,within,,no\n")));
  const auto json = usual_json(usual);
  EXPECT_EQ(json["window"], "2026-10-15");
  EXPECT_EQ(json["figures"][0]["days"][10]["usual"]["high"], 90);
  EXPECT_TRUE(json["figures"][0]["days"][10]["peers"].is_null());
  EXPECT_TRUE(json["figures"][0]["untold"].is_null());
  EXPECT_TRUE(usual_json(std::nullopt).is_null());
}

}  // namespace
}  // namespace tidewaiter
