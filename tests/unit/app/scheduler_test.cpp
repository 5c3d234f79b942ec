#include "daemon/pipeline/scheduler.h"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

constexpr UtcTime at(std::int64_t seconds) { return {seconds * kSecond.us}; }

TEST(Scheduler, PollsAtOnceAndThenAtAlignedSlots) {
  Scheduler scheduler({{"a", Duration{600 * kSecond.us}, Duration{0}}}, at(1000));
  auto due = scheduler.take_due(at(1000));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].missed, 0);
  EXPECT_EQ(scheduler.next(), at(1200));  // the next multiple of 600 s
  EXPECT_TRUE(scheduler.take_due(at(1199)).empty());
  due = scheduler.take_due(at(1200));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].slot, at(1200));
  EXPECT_EQ(due[0].missed, 0);
  EXPECT_EQ(scheduler.next(), at(1800));
}

TEST(Scheduler, CountsMissedSlotsAndRunsOnce) {
  Scheduler scheduler({{"a", Duration{600 * kSecond.us}, Duration{0}}}, at(600));
  ASSERT_EQ(scheduler.take_due(at(600)).size(), 1U);
  const auto due = scheduler.take_due(at(3001));  // 1200, 1800, 2400 and 3000 have come
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].slot, at(3000));
  EXPECT_EQ(due[0].missed, 3);
  EXPECT_TRUE(scheduler.take_due(at(3001)).empty());
  EXPECT_EQ(scheduler.next(), at(3600));
}

TEST(Scheduler, JitterIsFixedByNameAndWithinItsBound) {
  const Duration every{3600 * kSecond.us};
  const Duration jitter{60 * kSecond.us};
  std::set<std::int64_t> offsets;
  for (const char* name : {"alpha", "beta", "gamma", "delta"}) {
    const Duration offset = Scheduler::offset_of({name, every, jitter});
    EXPECT_GE(offset.us, 0);
    EXPECT_LE(offset.us, jitter.us);
    EXPECT_EQ(offset, Scheduler::offset_of({name, every, jitter}));
    offsets.insert(offset.us);
    Scheduler scheduler({{name, every, jitter}}, at(0));
    static_cast<void>(scheduler.take_due(at(3599)));
    EXPECT_EQ(scheduler.next(), at(3600) + offset);
  }
  EXPECT_EQ(offsets.size(), 4U);
}

TEST(Scheduler, KeepsTheOrderOfItsPlans) {
  Scheduler scheduler({{"z", kHour, Duration{0}}, {"a", kHour, Duration{0}}}, at(5));
  const auto due = scheduler.take_due(at(5));
  ASSERT_EQ(due.size(), 2U);
  EXPECT_EQ(due[0].source, "z");
  EXPECT_EQ(due[1].source, "a");
}

TEST(Scheduler, NothingIsDueWithoutSources) {
  Scheduler scheduler({}, at(5));
  EXPECT_TRUE(scheduler.take_due(at(500)).empty());
  EXPECT_EQ(scheduler.next(), std::nullopt);
}

TEST(Scheduler, AClockThatGoesBackWithinASlotPollsNothingTwice) {
  Scheduler scheduler({{"a", Duration{600 * kSecond.us}, Duration{0}}}, at(2000));
  ASSERT_EQ(scheduler.take_due(at(2000)).size(), 1U);
  EXPECT_TRUE(scheduler.take_due(at(1801)).empty());
  EXPECT_EQ(scheduler.next(), at(2400));
}

TEST(Scheduler, AClockThatGoesFurtherBackGetsTheSlotsOfItsTime) {
  Scheduler scheduler({{"a", Duration{600 * kSecond.us}, Duration{0}}}, at(1'000'000));
  ASSERT_EQ(scheduler.take_due(at(1'000'000)).size(), 1U);
  EXPECT_TRUE(scheduler.take_due(at(1100)).empty());
  EXPECT_EQ(scheduler.next(), at(1200));
  const auto due = scheduler.take_due(at(1200));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].missed, 0);
}

}  // namespace
}  // namespace tidewaiter
