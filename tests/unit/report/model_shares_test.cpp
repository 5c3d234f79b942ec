// Which models before and after a release, by hand on a line of days, and how it is shown.

#include "daemon/report/model_shares.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/report/models_plot.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kFirstDay = 20'731;  // 2026-10-05

UtcTime day(std::int64_t number) { return UtcTime{(kFirstDay + number) * kDay.us}; }

const Interval kAnyTime{day(-100), day(100)};

/// Ten days: `old` is asked for twice each day, `new` six times from the seventh on, and others
/// use both.
ModelUsage moved() {
  ModelUsage usage;
  usage.stored = {day(0) + kHour, day(9) + kHour};
  ModelUse& old_one = usage.models["old"];
  old_one.first = day(0) + kHour;
  old_one.others = true;
  for (std::int64_t i = 0; i < 10; ++i) old_one.days[kFirstDay + i] = 2;
  ModelUse& new_one = usage.models["new"];
  new_one.first = day(6) + kHour;
  new_one.others = true;
  for (std::int64_t i = 6; i < 10; ++i) new_one.days[kFirstDay + i] = 6;
  return usage;
}

TEST(ModelShares, FallBackOnTheFirstUseByAnybodyAndSaySo) {
  const auto shares = model_shares(moved(), {}, kAnyTime);
  ASSERT_TRUE(shares);
  EXPECT_EQ(shares->model, "new");
  EXPECT_EQ(shares->release, day(6));
  EXPECT_FALSE(shares->calendar);
  // Four days are stored from that day on, and so four before it are looked at.
  EXPECT_EQ(shares->span, Duration{4 * kDay.us});
  EXPECT_EQ(shares->before, 8);
  EXPECT_EQ(shares->after, 32);
  EXPECT_THAT(shares->shares,
              ElementsAre(ReportedModelShare{"new", 0, 24}, ReportedModelShare{"old", 8, 8}));
  EXPECT_THAT(release_words(*shares),
              AllOf(HasSubstr("No release of new is known"), HasSubstr("first use by anybody"),
                    HasSubstr("2026-10-11")));
}

TEST(ModelShares, TakeTheDayOfTheCalendarWhereThereIsOne) {
  const std::vector<ModelRelease> calendar = {{"new", day(5) + kHour}, {"unused", day(4)}};
  const auto shares = model_shares(moved(), calendar, kAnyTime);
  ASSERT_TRUE(shares);
  EXPECT_TRUE(shares->calendar);
  EXPECT_EQ(shares->release, day(5));
  EXPECT_EQ(shares->span, Duration{5 * kDay.us});
  EXPECT_EQ(shares->before, 10);
  EXPECT_EQ(shares->after, 34);
  EXPECT_THAT(release_words(*shares), HasSubstr("by the list recent-releases"));
  // A release that the calendar knows goes before a later one that nobody dated.
  const std::vector<ModelRelease> of_old = {{"old", day(2)}};
  EXPECT_EQ(model_shares(moved(), of_old, kAnyTime)->model, "old");
}

TEST(ModelShares, AreNotThereWhereNothingCanBeCompared) {
  // A day before the first that is stored, and one that has nothing to do with the case.
  const std::vector<ModelRelease> early = {{"old", day(0)}, {"new", day(-3)}};
  EXPECT_FALSE(model_shares(moved(), early, kAnyTime));
  EXPECT_FALSE(model_shares(moved(), {}, {day(7), day(9)}));
  ModelUsage nobodys = moved();
  nobodys.models["new"].days.clear();
  EXPECT_FALSE(model_shares(nobodys, {}, kAnyTime));
  EXPECT_FALSE(model_shares({}, {}, kAnyTime));
}

TEST(ModelShares, NumberWhatNobodyElseUsesAndSumWhatIsManyOnes) {
  ModelUsage usage = moved();
  usage.models["new"].others = false;
  usage.models["ft:canary-house"].first = day(6);
  usage.models["ft:canary-house"].days[kFirstDay + 6] = 5;
  for (int i = 0; i < 9; ++i) {
    ModelUse& small = usage.models["small-" + std::to_string(i)];
    small.first = day(0);
    small.others = true;
    small.days[kFirstDay + 7] = 1;
  }
  const auto shares = model_shares(usage, {}, kAnyTime);
  ASSERT_TRUE(shares);
  EXPECT_EQ(shares->model, "model 1, which nobody else uses");
  EXPECT_EQ(shares->numbered, 2);
  ASSERT_EQ(shares->shares.size(), 9U);
  EXPECT_EQ(shares->shares.back(), (ReportedModelShare{"other models", 0, 4}));
  EXPECT_EQ(shares->after, 24 + 8 + 5 + 9);
  const std::string shown = models_plot(*shares, "m") + models_csv(*shares) +
                            models_json(shares).dump() + release_words(*shares);
  EXPECT_THAT(shown, Not(HasSubstr("canary")));
}

TEST(ModelShares, AreDrawnWithTheirTextsAndTold) {
  ModelUsage usage = moved();
  usage.models["=<b>"] = usage.models["old"];
  usage.models.erase("old");
  const auto shares = model_shares(usage, {}, kAnyTime);
  ASSERT_TRUE(shares);
  // 24 of 32 afterwards: 420 of the 560 that a whole one is wide.
  EXPECT_THAT(
      models_plot(*shares, "m"),
      AllOf(HasSubstr("role=\"img\""), HasSubstr("aria-labelledby=\"mt md\""),
            HasSubstr("<title id=\"mt\">"), HasSubstr("width=\"420\""), HasSubstr("after: 75.0 %"),
            HasSubstr("before: 100.0 %"), HasSubstr("=&lt;b&gt;"), Not(HasSubstr("<b>"))));
  EXPECT_THAT(models_csv(*shares), HasSubstr("'=<b>,2026-10-07T00:00:00Z,2026-10-11T00:00:00Z,"
                                             "2026-10-15T00:00:00Z,8,100.0 %,8,25.0 %\n"));
  const auto json = models_json(shares);
  EXPECT_EQ(json["by"], "first-use");
  EXPECT_EQ(json["span"], "4d");
  EXPECT_EQ(json["shares"][0]["after"], 24);
  EXPECT_TRUE(models_json(std::nullopt).is_null());
  EXPECT_EQ(share_of_requests(0, 0), "no requests");
  EXPECT_EQ(share_of_requests(1, 3), "33.3 %");
  HtmlWriter page;
  write_models(page, shares);
  EXPECT_THAT(page.take(), AllOf(HasSubstr("<table>"), HasSubstr("No release of ")));
}

}  // namespace
}  // namespace tidewaiter
