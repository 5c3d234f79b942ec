// What two do in one go, where all acts are the same: by hand.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/linkage/linker.h"
#include "tests/unit/linkage/lockstep_steps.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;

constexpr std::int64_t kSlotsOfDay = 288;  // of five minutes
constexpr std::int64_t kSlotsOfWeek = 7 * kSlotsOfDay;

/// As the documentation has it.
LockstepLink twelve_of_a_week() {
  LockstepLink link = ten_of_a_day();
  link.over = Duration{7 * kDay.us};
  link.at_least = 12;
  link.at_most = 50;
  return link;
}

InStep in_step(const LockstepLink& link, std::int64_t common, std::int64_t either) {
  return {{}, link.slot, {UtcTime{0}, UtcTime{link.over.us}}, common, either, 0};
}

TEST(LockstepRuns, AreLessThanAStep) {
  // Whoever acts in all slots is in step with nobody, at no time of the day.
  Steps steps(ten_of_a_day());
  for (std::int64_t slot = 0; slot < kSlotsOfDay; ++slot) {
    for (const char* account : {"a", "b"}) steps.run(account, slot, slot + 1);
    ASSERT_FALSE(steps.together("a", "b")) << slot;
  }
  // Nor where others crowd half of them, or the first ones are dropped.
  for (const char* account : {"c", "d"}) steps.run(account, 20, 180);
  EXPECT_FALSE(steps.together("a", "b"));
  steps.drop_before(100);
  EXPECT_FALSE(steps.together("a", "b"));
  // With a target it is another matter.
  LockstepLink link = ten_of_a_day();
  link.target = find_field("model");
  Steps by_model(link);
  for (const char* account : {"a", "b"}) by_model.run(account, 0, 10, "m");
  EXPECT_TRUE(by_model.together("a", "b"));
}

TEST(LockstepRuns, OfProgramsThatAlwaysActAreClearedAtHalfOfTheStretch) {
  // Both always act, but for slot 700: from then on in step, until they have acted in more than
  // 1,008 slots; and for good, though what they do is 2,015 of 2,015.
  Steps steps(twelve_of_a_week());
  for (std::int64_t slot = 0; slot < kSlotsOfWeek; ++slot) {
    if (slot == 700) continue;
    for (const char* account : {"a", "b"}) steps.run(account, slot, slot + 1);
    ASSERT_EQ(steps.together("a", "b"), 700 < slot && slot <= 1'008) << slot;
  }
}

TEST(LockstepRuns, CountWholeAgainstWhatIsInCommon) {
  // One acts in 11 slots of each day, one in 280, from the same on: 77 of 1,960.
  Steps steps(twelve_of_a_week());
  for (std::int64_t day = 0; day < 7; ++day) {
    const std::int64_t start = day * kSlotsOfDay;
    steps.run("a", start, start + 11);
    steps.run("b", start, start + 280);
    ASSERT_FALSE(steps.together("a", "b")) << day;
  }
  // Nor in half an hour's less: 77 of 7 * 140 = 980, and nobody has more than half of the slots.
  Steps lesser(twelve_of_a_week());
  for (std::int64_t day = 0; day < 7; ++day) {
    const std::int64_t start = day * kSlotsOfDay;
    lesser.run("a", start, start + 11);
    lesser.run("b", start, start + 140);
    ASSERT_FALSE(lesser.together("a", "b")) << day;
  }
}

TEST(LockstepRuns, OfARingThatWorksByTheHourAreSteps) {
  // Eight hours without a gap on each day, b from 20 minutes later on: 7 * 92 of 7 * 96.
  const LockstepLink link = twelve_of_a_week();
  const auto work = [](Steps& steps, std::int64_t day) {
    const std::int64_t start = day * kSlotsOfDay + 108;
    steps.run("a", start, start + 96);
    steps.run("b", start + 4, start + 96);
  };
  Steps steps(link);
  for (std::int64_t day = 0; day < 7; ++day) {
    work(steps, day);
    ASSERT_EQ(steps.together("a", "b"), day > 0) << day;  // one run is no step
  }
  EXPECT_THAT(steps.linker.in_step({"s", "a"}, {"s", "b"}), ElementsAre(in_step(link, 644, 672)));
  // They are so for each lesser number in common, and for none that is greater.
  for (const std::int64_t at_least : {2, 3, 11, 12, 13, 91, 92, 93, 500, 643, 644, 645}) {
    LockstepLink other = link;
    other.at_least = at_least;
    Steps all(other);
    for (std::int64_t day = 0; day < 7; ++day) work(all, day);
    EXPECT_EQ(all.together("a", "b"), at_least <= 644) << at_least;
  }
}

TEST(LockstepRuns, AreOfWhatBothDo) {
  // Nine and one in common. What one does alone between them parts and joins nothing of it.
  Steps steps(ten_of_a_day());
  for (const char* account : {"a", "b"}) {
    steps.run(account, 0, 9);
    steps.run(account, 10, 11);
  }
  EXPECT_TRUE(steps.together("a", "b"));
  steps.run("a", 9, 10);
  steps.run("a", 11, 12);
  EXPECT_TRUE(steps.together("a", "b"));  // 10 of 12
  EXPECT_THAT(steps.linker.in_step({"s", "a"}, {"s", "b"}),
              ElementsAre(in_step(ten_of_a_day(), 10, 12)));
  // A record that comes late makes one run of two, of eleven; until it is revised.
  const Record late = Steps::request("b", 9);
  steps.take(late);
  EXPECT_FALSE(steps.together("a", "b"));
  Record elsewhere = Steps::request("b", 100);
  elsewhere.revision = 1;
  steps.revise(late, elsewhere);
  EXPECT_TRUE(steps.together("a", "b"));  // 10 of 13
  // A run begins anew with each stretch: 9 at the end of this day, 9 at the beginning of the next.
  Steps beside(ten_of_a_day());
  for (const char* account : {"a", "b"}) beside.run(account, 279, 300);
  EXPECT_FALSE(beside.together("a", "b"));
  for (const char* account : {"a", "b"}) beside.run(account, 270, 271);
  EXPECT_TRUE(beside.together("a", "b"));  // 1 and 9 of the first day
}

TEST(LockstepRuns, GoOnOverWhatIsTooCommon) {
  Steps steps(ten_of_a_day());
  const auto act_in = [&](std::string_view accounts, std::int64_t slot) {
    for (const char account : accounts) steps.run(std::string(1, account), slot, slot + 1);
  };
  for (std::int64_t slot = 0; slot < 9; ++slot) act_in("ab", slot);
  act_in("ab", 10);
  act_in("cdef", 9);  // four are too many
  EXPECT_TRUE(steps.together("a", "b"));
  // No count of theirs changes by what they do there, too; but they have gone on all the time.
  act_in("a", 9);
  EXPECT_TRUE(steps.together("a", "b"));
  Record there = Steps::request("b", 9);
  steps.take(there);
  EXPECT_FALSE(steps.together("a", "b"));
  Record elsewhere = Steps::request("b", 200);
  elsewhere.revision = 1;
  steps.revise(there, elsewhere);
  EXPECT_TRUE(steps.together("a", "b"));  // 10 of 11
  // A second run all of which is too common is none: ten in one run, and slot 20 with c and d.
  Steps crowd(ten_of_a_day());
  for (const char* account : {"a", "b"}) {
    crowd.run(account, 0, 10);
    crowd.run(account, 20, 21);
  }
  EXPECT_TRUE(crowd.together("a", "b"));
  crowd.run("c", 20, 21);
  EXPECT_TRUE(crowd.together("a", "b"));
  const Record fourth = Steps::request("d", 20);
  crowd.take(fourth);
  EXPECT_FALSE(crowd.together("a", "b"));
  Record less = Steps::request("d", 50);
  less.revision = 1;
  crowd.revise(fourth, less);
  EXPECT_TRUE(crowd.together("a", "b"));
}

TEST(LockstepRuns, AreDroppedWithTheirRecords) {
  Steps steps(ten_of_a_day());
  for (const char* account : {"a", "b"}) {
    steps.run(account, 0, 2);
    steps.run(account, 10, 21);
  }
  EXPECT_TRUE(steps.together("a", "b"));
  steps.drop_before(1);
  EXPECT_TRUE(steps.together("a", "b"));  // 1 and 11
  steps.drop_before(10);
  EXPECT_FALSE(steps.together("a", "b"));  // 11 of one run
  for (const char* account : {"a", "b"}) steps.run(account, 30, 31);
  EXPECT_TRUE(steps.together("a", "b"));
}

}  // namespace
}  // namespace tidewaiter
