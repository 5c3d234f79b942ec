// What acts leave when they are gone.

#include "policies/linkage/co_actions.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/model/field.h"

namespace tidewaiter {
namespace {

TEST(CoActions, SlotsThatAreOverMakeRoom) {
  LockstepLink link;
  link.target = find_field("prompt.template");
  link.slot = Duration{5 * kMinute.us};
  link.over = kDay;
  link.at_least = 2;
  link.percent = 50;
  link.at_most = 9;
  CoActions acts(link);
  for (std::int64_t day = 0; day < 50; ++day) {
    std::vector<CoActions::ActNumber> done;
    for (AccountNumber account = 0; account < 5; ++account) {
      for (std::int64_t slot = 0; slot < 4; ++slot) {
        const UtcTime time{day * kDay.us + slot * link.slot.us};
        done.push_back(acts.add(account, time, "s", "t" + std::to_string(day)));
      }
    }
    (void)acts.take_changes();
    ASSERT_TRUE(acts.are_in_step(0, 4)) << day;
    ASSERT_EQ(acts.room(), (CoActions::Room{4, 5, 1})) << day;
    // What is taken back and said again in one breath is as it was.
    acts.remove(done.front());
    done.front() = acts.add(0, UtcTime{day * kDay.us}, "s", "t" + std::to_string(day));
    (void)acts.take_changes();
    ASSERT_TRUE(acts.are_in_step(0, 4)) << day;
    for (const CoActions::ActNumber act : done) acts.remove(act);
    const std::vector<CoActions::Change> changes = acts.take_changes();
    ASSERT_EQ(changes.size(), 10U) << day;  // each two of five
    ASSERT_FALSE(acts.are_in_step(0, 4)) << day;
    ASSERT_EQ(acts.counts(), CoActions::Counts{}) << day;
    ASSERT_EQ(acts.find(0, UtcTime{day * kDay.us}, "s", "t" + std::to_string(day)),
              CoActions::kNone);
  }
  EXPECT_EQ(acts.room(), (CoActions::Room{4, 5, 1}));
}

}  // namespace
}  // namespace tidewaiter
