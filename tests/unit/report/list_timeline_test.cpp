// Which issue was in force when, and when nobody had confirmed it, by hand on a line of hours.

#include "daemon/report/list_timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/report/screening_json.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr UtcTime kZero{1'791'187'200'000'000};  // 2026-10-05T08:00:00Z

UtcTime at(std::int64_t hour) { return kZero + Duration{hour * kHour.us}; }

ListInForce issue_of(const std::string& name, const std::string& id, std::int64_t retrieved,
                     std::int64_t until) {
  return {name, false, id, sha256(id), at(retrieved), at(until)};
}

ListInForce none_of(const std::string& name) { return {name, false, {}, {}, {}, {}}; }

TEST(ListTimeline, TellsIssuesStalenessAndWhatMadeUpForIt) {
  const std::vector<ListsInForce> entries = {
      {3, at(0), {issue_of("own", "one", 0, 10)}},
      {5, at(6), {issue_of("own", "one", 0, 16)}},   // confirmed
      {8, at(20), {issue_of("own", "one", 0, 30)}},  // four hours after it was over
      {11, at(25), {issue_of("own", "two", 24, 34)}},
  };
  const auto lists = list_timeline(entries, {at(2), at(40)}, at(40));
  ASSERT_EQ(lists.size(), 1U);
  const ReportedList& own = lists.front();
  ASSERT_EQ(own.issues.size(), 2U);
  EXPECT_EQ(own.issues[0].issue, "one");
  EXPECT_EQ(own.issues[0].from, at(0));
  EXPECT_EQ(own.issues[0].until, at(25));
  EXPECT_EQ(own.issues[0].known_until, at(30));
  EXPECT_THAT(own.issues[0].entries, ElementsAre(3, 5, 8));
  EXPECT_EQ(own.issues[1].until, std::nullopt);
  ASSERT_EQ(own.unknown.size(), 2U);
  // Known up to 16; the entry of hour 20 says that it was confirmed.
  EXPECT_EQ(own.unknown[0], (ReportedStretch{{at(16), at(20)}, false, 8}));
  // Known up to 34, and nobody has said more.
  EXPECT_EQ(own.unknown[1], (ReportedStretch{{at(34), at(40)}, false, std::nullopt}));
  EXPECT_EQ(own.age, Duration{16 * kHour.us});
}

TEST(ListTimeline, LeavesOutWhatWasOverAndLooksNoFurtherThanTheEnd) {
  const std::vector<ListsInForce> entries = {
      {1, at(0), {issue_of("own", "one", 0, 100)}},
      {2, at(10), {issue_of("own", "two", 9, 100)}},
      {3, at(20), {issue_of("own", "three", 19, 100)}},
  };
  const auto lists = list_timeline(entries, {at(10), at(20)}, at(20));
  ASSERT_EQ(lists.size(), 1U);
  ASSERT_EQ(lists[0].issues.size(), 1U);
  EXPECT_EQ(lists[0].issues[0].issue, "two");
  EXPECT_EQ(lists[0].issues[0].until, std::nullopt);  // none by the end
  EXPECT_EQ(lists[0].age, Duration{11 * kHour.us});
  EXPECT_THAT(lists[0].unknown, IsEmpty());
  EXPECT_THAT(list_timeline(entries, {at(-9), at(0)}, at(0)), IsEmpty());
}

TEST(ListTimeline, AListWithoutAnIssueIsMissingUntilOneComesAndAfterThePeriodToo) {
  const std::vector<ListsInForce> entries = {
      {1, at(0), {none_of("own")}},
      {2, at(4), {none_of("own")}},
      {3, at(50), {issue_of("own", "one", 49, 90)}},
  };
  const auto lists = list_timeline(entries, {at(1), at(10)}, at(10));
  ASSERT_EQ(lists.size(), 1U);
  ASSERT_EQ(lists[0].unknown.size(), 1U);
  // Two sets, one stretch; what made up for it came when the period was over.
  EXPECT_EQ(lists[0].unknown[0], (ReportedStretch{{at(1), at(10)}, true, 3}));
  EXPECT_EQ(lists[0].age, std::nullopt);
}

TEST(ListTimeline, AListThatNoSetNamesAnyMoreIsNotStaleAfterThat) {
  const std::vector<ListsInForce> entries = {{1, at(0), {issue_of("own", "one", 0, 5)}},
                                             {2, at(3), {}}};
  const auto lists = list_timeline(entries, {at(0), at(10)}, at(10));
  ASSERT_EQ(lists.size(), 1U);
  EXPECT_EQ(lists[0].issues[0].until, at(3));
  EXPECT_THAT(lists[0].unknown, IsEmpty());
  EXPECT_EQ(lists[0].age, std::nullopt);
}

TEST(ListTimeline, AWrittenListHoldsForGood) {
  ListInForce written{"house", true, "abc", sha256("abc"), {}, {}};
  const auto lists =
      list_timeline(std::vector<ListsInForce>{{1, at(0), {written}}}, {at(0), at(10)}, at(10));
  ASSERT_EQ(lists.size(), 1U);
  EXPECT_TRUE(lists[0].written);
  EXPECT_THAT(lists[0].unknown, IsEmpty());
}

TEST(ListTimeline, ScreensAgainByAnotherIssueAndNotByAConfirmation) {
  const std::vector<ListsInForce> entries = {
      {1, at(0), {issue_of("own", "one", 0, 10), none_of("two")}},
      {2, at(5), {issue_of("own", "one", 0, 15), none_of("two")}},
      {3, at(6), {issue_of("own", "other", 6, 16), issue_of("two", "a", 6, 16)}},
      {4, at(30), {issue_of("own", "third", 6, 16), issue_of("two", "a", 6, 16)}},
  };
  const auto again = rescreenings(entries, {at(0), at(20)});
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].entry, 3);
  EXPECT_THAT(again[0].lists, ElementsAre("own", "two"));
}

TEST(ListTimeline, IsATableWithoutFormulasAndWithNullsForWhatIsNotKnown) {
  ReportedScreening screening;
  screening.end = at(10);
  ReportedList list;
  list.name = "own";
  list.publisher = "=HYPERLINK(1)";
  ReportedIssue issue;
  issue.issue = "one";
  issue.from = at(0);
  issue.entries = {3, 5};
  list.issues = {issue};
  list.unknown = {{{at(1), at(2)}, true, std::nullopt}};
  screening.lists = {list};
  screening.unscreened = {{"inputs", std::nullopt, "unread"}};
  const std::string table = lists_csv(screening);
  EXPECT_THAT(table, HasSubstr("own,'=HYPERLINK(1),,missing,one,,,,2026-10-05T08:00:00Z,,,,3 5\n"));
  EXPECT_THAT(table, HasSubstr("no issue,,,,,2026-10-05T09:00:00Z,2026-10-05T10:00:00Z,,,\n"));
  const auto json = screening_json(screening);
  EXPECT_TRUE(json["lists"][0]["issues"][0]["count"].is_null());
  EXPECT_TRUE(json["unscreened"][0]["count"].is_null());
  EXPECT_TRUE(json["lists"][0]["age_days"].is_null());
  EXPECT_TRUE(screening_json(std::nullopt).is_null());
}

}  // namespace
}  // namespace tidewaiter
