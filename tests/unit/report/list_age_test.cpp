// How old lists were when a finding was recorded, by hand.

#include "daemon/report/list_age.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr UtcTime kNoon{1'791'201'600'000'000};  // 2026-10-05T12:00:00Z

/// A set at noon whose list was fetched three days and an hour before, and is known for a day; one
/// a day later without an issue of it.
std::vector<ListsInForce> two_sets() {
  const ListInForce fetched{"sdn",       false, "i-1", Digest{}, kNoon - Duration{73 * kHour.us},
                            kNoon + kDay};
  const ListInForce written{"own", true, "d-1", Digest{}, std::nullopt, std::nullopt};
  const ListInForce none{"sdn", false, "", std::nullopt, std::nullopt, std::nullopt};
  return {{4, kNoon, {written, fetched}}, {9, kNoon + kDay, {none}}};
}

const std::vector<std::string> kBoth = {"sdn", "own"};

TEST(ListAge, IsInWholeDaysFromWhenTheIssueWasFetched) {
  const auto ages = list_ages(two_sets(), kBoth, {7, kNoon + kHour});
  ASSERT_EQ(ages.size(), 2U);
  EXPECT_EQ(ages[0].list, "own");
  EXPECT_FALSE(ages[0].days);
  EXPECT_FALSE(ages[0].stale);
  EXPECT_EQ(ages[1].list, "sdn");
  EXPECT_EQ(ages[1].days, 3);
  EXPECT_EQ(ages[1].entry, 4);
  EXPECT_FALSE(ages[1].stale);
  EXPECT_THAT(list_age_words(ages[1]),
              AllOf(HasSubstr("3 days old"), HasSubstr("2026-10-02T11:00:00Z"),
                    Not(HasSubstr("stale")), HasSubstr("entry 4")));
  EXPECT_THAT(list_age_words(ages[0]), HasSubstr("an age that is not known"));
}

TEST(ListAge, SaysWhereNobodyHadConfirmedTheIssue) {
  std::vector<ListsInForce> sets = two_sets();
  sets.pop_back();
  const auto ages = list_ages(sets, kBoth, {12, kNoon + kDay});
  EXPECT_TRUE(ages[1].stale);
  EXPECT_EQ(ages[1].days, 4);
  EXPECT_THAT(list_age_words(ages[1]), HasSubstr("stale: known until 2026-10-06T12:00:00Z"));
}

TEST(ListAge, IsOfTheSetThatWasInForce) {
  EXPECT_TRUE(list_ages(two_sets(), kBoth, {3, kNoon - kSecond}).empty());
  const auto after = list_ages(two_sets(), kBoth, {12, kNoon + kDay});
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].entry, 9);
  EXPECT_TRUE(after[0].stale);
  EXPECT_FALSE(after[0].days);
  EXPECT_THAT(list_age_words(after[0]), HasSubstr("no issue"));
  const auto json = list_ages_json(after);
  EXPECT_TRUE(json[0]["issue"].is_null());
  EXPECT_TRUE(json[0]["days"].is_null());
  EXPECT_TRUE(list_ages(two_sets(), std::vector<std::string>{"other"}, {7, kNoon}).empty());
}

// The clock was set back by two days after entry 4: entry 7 was recorded before it, by the clock.
TEST(ListAge, GoesByTheOrderOfEntriesAndNotByTheClock) {
  const auto ages = list_ages(two_sets(), kBoth, {7, kNoon - Duration{2 * kDay.us}});
  ASSERT_EQ(ages.size(), 2U);
  EXPECT_EQ(ages[1].entry, 4);
  EXPECT_EQ(ages[1].days, 1);
}

}  // namespace
}  // namespace tidewaiter
