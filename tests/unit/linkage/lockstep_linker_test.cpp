// Accounts that act in step, by hand.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/linkage/linker.h"
#include "tests/unit/linkage/lockstep_steps.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(LockstepLinker, JoinsWhoDoesEnoughTogether) {
  Steps steps(ten_of_a_day());
  steps.act("a", 0, 9);
  steps.act("b", 0, 9);
  EXPECT_FALSE(steps.together("a", "b"));  // 9 of 9
  steps.act("a", 9, 10);
  steps.act("b", 9, 10);
  EXPECT_TRUE(steps.together("a", "b"));  // 10 of 10
  steps.act("a", 20, 25);
  steps.act("b", 30, 35);
  EXPECT_TRUE(steps.together("a", "b"));  // 10 of 20
  steps.act("b", 35, 36);
  EXPECT_FALSE(steps.together("a", "b"));  // 10 of 21
  steps.act("a", 35, 36);
  EXPECT_TRUE(steps.together("a", "b"));  // 11 of 21
  // What is done again in a slot is no more.
  steps.act("b", 0, 10);
  const std::vector<EvidenceStep> way = steps.linker.path({"s", "a"}, {"s", "b"});
  ASSERT_THAT(way, SizeIs(1));
  EXPECT_THAT(way[0].values, IsEmpty());
  const InStep want{{}, Duration{5 * kMinute.us}, {UtcTime{0}, UtcTime{kDay.us}}, 11, 21, 0};
  EXPECT_THAT(way[0].in_step, ElementsAre(want));
}

TEST(LockstepLinker, ComparesWithinOneStretch) {
  Steps steps(ten_of_a_day());
  steps.act("a", 136, 152);  // 8 slots of the first day, 8 of the second
  steps.act("b", 136, 152);
  EXPECT_FALSE(steps.together("a", "b"));
  steps.act("a", 152, 154);
  steps.act("b", 152, 154);
  EXPECT_TRUE(steps.together("a", "b"));
  const std::vector<InStep> both = steps.linker.in_step({"s", "b"}, {"s", "a"});
  ASSERT_THAT(both, SizeIs(1));
  EXPECT_EQ(both[0].during, (Interval{UtcTime{kDay.us}, UtcTime{2 * kDay.us}}));
  EXPECT_EQ(both[0].common, 10);
  EXPECT_EQ(both[0].either, 10);
}

TEST(LockstepLinker, LeavesOutWhatTooManyDo) {
  Steps steps(ten_of_a_day());
  for (const char* account : {"a", "b", "c"}) steps.act(account, 0, 10);
  EXPECT_TRUE(steps.together("a", "c"));
  EXPECT_THAT(steps.linker.lockstep_counts(), ElementsAre(CoActions::Counts{30, 10, 0, 3}));
  // A fourth in one of the slots, and it counts for none of them.
  const Record fourth = Steps::request("d", 0);
  steps.take(fourth);
  EXPECT_FALSE(steps.together("a", "c"));
  EXPECT_THAT(steps.linker.lockstep_counts(), ElementsAre(CoActions::Counts{31, 10, 1, 0}));
  Record elsewhere = Steps::request("e", 100);
  elsewhere.revision = 1;
  steps.revise(fourth, elsewhere);
  EXPECT_TRUE(steps.together("a", "c"));
  EXPECT_THAT(steps.linker.lockstep_counts(), ElementsAre(CoActions::Counts{31, 11, 0, 3}));
}

TEST(LockstepLinker, LeavesOutWhoActsInMoreThanHalfOfAllSlots) {
  Steps steps(ten_of_a_day());
  steps.act("a", 0, 144);
  steps.act("b", 0, 144);
  EXPECT_TRUE(steps.together("a", "b"));
  const Record beyond = Steps::request("a", 201);
  steps.take(beyond);
  EXPECT_FALSE(steps.together("a", "b"));
  // What others crowd counts for nobody, and b has no more than it had.
  for (const char* account : {"c", "d", "e"}) steps.act(account, 0, 1);
  EXPECT_TRUE(steps.together("a", "b"));
  steps.run("b", 201, 202);
  steps.run("b", 203, 204);
  EXPECT_FALSE(steps.together("a", "b"));
  Record elsewhere = Steps::request("f", 250);
  elsewhere.revision = 1;
  steps.revise(beyond, elsewhere);
  EXPECT_FALSE(steps.together("a", "b"));  // b: 145
  // With a target it is another matter.
  LockstepLink link = ten_of_a_day();
  link.target = find_field("model");
  Steps by_model(link);
  for (const char* account : {"a", "b"}) by_model.run(account, 0, 200, "m");
  EXPECT_TRUE(by_model.together("a", "b"));
}

TEST(LockstepLinker, HoldsTheLimitAgainstActsThatCount) {
  // a and b act in two of each three slots of the day, 192; c and d crowd some of these.
  Steps steps(ten_of_a_day());
  const auto act_in = [&](std::string_view accounts, std::int64_t slot) {
    for (const char account : accounts) steps.run(std::string(1, account), slot, slot + 1);
  };
  for (std::int64_t slot = 0; slot < 288; slot += 3) {
    act_in("ab", slot);
    act_in("ab", slot + 1);
  }
  for (std::int64_t slot = 0; slot < 3 * 47; slot += 3) act_in("cd", slot);
  EXPECT_FALSE(steps.together("a", "b"));  // 145 count
  act_in("cd", 3 * 47);
  EXPECT_TRUE(steps.together("a", "b"));  // 144
}

TEST(LockstepLinker, PassesOverWhatTooManyDoWhereverAnAccountIsCompared) {
  // In each of 2,000 slots the same four are too many. Beyond these a and b do ten things alone,
  // of which the last comes and goes: a look at all 2,000 each time would be four million of them.
  constexpr std::int64_t kCrowded = 2'000;
  LockstepLink link = ten_of_a_day();
  link.over = Duration{20 * kDay.us};
  Steps steps(link);
  for (const char* account : {"a", "b", "c", "d"}) steps.act(account, 0, kCrowded);
  for (const char* account : {"a", "b"}) steps.act(account, kCrowded, kCrowded + 9);
  steps.act("b", kCrowded + 9, kCrowded + 10);
  Record here = Steps::request("a", 2 * (kCrowded + 9));
  Record there = Steps::request("a", 0);
  for (std::int64_t turn = 0; turn < kCrowded; ++turn) {
    turn == 0 ? steps.take(here) : steps.revise(there, here);
    ASSERT_TRUE(steps.together("a", "b")) << turn;
    there.revision = here.revision + 1;
    steps.revise(here, there);
    ASSERT_FALSE(steps.together("a", "b")) << turn;
    here.revision = there.revision + 1;
  }
  EXPECT_THAT(steps.linker.lockstep_counts(),
              ElementsAre(CoActions::Counts{4 * kCrowded + 19, kCrowded + 10, kCrowded, 0}));
}

TEST(LockstepLinker, ComparesWhatIsDone) {
  LockstepLink link = ten_of_a_day();
  link.target = find_field("model");
  Steps steps(link);
  steps.act("a", 0, 20, "m");
  steps.act("b", 0, 20, "n");
  steps.act("c", 0, 20);  // of an unknown model: no act
  EXPECT_FALSE(steps.together("a", "b"));
  EXPECT_FALSE(steps.together("a", "c"));
  EXPECT_FALSE(steps.linker.could_be_linked({"s", "c"}));
  EXPECT_TRUE(steps.linker.could_be_linked({"s", "b"}));
  steps.act("b", 0, 20, "m");  // 20 of 40
  EXPECT_TRUE(steps.together("a", "b"));
}

TEST(LockstepLinker, TakesNoSumForAnAct) {
  Steps steps(ten_of_a_day());
  for (std::int64_t slot = 0; slot < 20; ++slot) {
    for (const char* account : {"a", "b"}) {
      Record sum = Steps::request(account, slot);
      sum.duration = kHour;
      steps.take(std::move(sum));
    }
  }
  EXPECT_FALSE(steps.together("a", "b"));
  EXPECT_THAT(steps.linker.lockstep_counts(), ElementsAre(CoActions::Counts{}));
}

TEST(LockstepLinker, WeighsBesideOtherEvidence) {
  Linkage linkage;
  linkage.threshold = 10;
  Link address;
  address.field = find_field("client.address").value();
  address.at_most = 5;
  address.weight = 6;
  linkage.links.push_back(address);
  linkage.lockstep.push_back(ten_of_a_day());
  linkage.lockstep.front().weight = 4;
  Steps steps(linkage);
  steps.act("a", 0, 10);
  steps.act("b", 0, 10);
  EXPECT_FALSE(steps.together("a", "b"));
  for (const char* account : {"a", "b"}) {
    Record record = Steps::request(account, 4);
    set_value(record, address.field, "192.0.2.1");
    steps.take(std::move(record));
  }
  EXPECT_TRUE(steps.together("a", "b"));
  const std::vector<EvidenceStep> way = steps.linker.path({"s", "a"}, {"s", "b"});
  ASSERT_THAT(way, SizeIs(1));
  EXPECT_THAT(way[0].values, SizeIs(1));
  ASSERT_THAT(way[0].in_step, SizeIs(1));
  EXPECT_EQ(way[0].in_step[0].weight, 4);
  // Ten acts of its own more, and one, and b is not in step; the address alone is too little.
  steps.act("b", 50, 61);
  EXPECT_FALSE(steps.together("a", "b"));
}

TEST(LockstepLinker, ForgetsWhatRetentionDrops) {
  Steps steps(ten_of_a_day());
  steps.act("a", 0, 10);
  steps.act("b", 0, 10);
  LogEntry dropped;
  dropped.body = Control{RecordsDropped{UtcTime{5 * kMinute.us}}};
  steps.linker.take(dropped);
  EXPECT_FALSE(steps.together("a", "b"));
  EXPECT_THAT(steps.linker.lockstep_counts(), ElementsAre(CoActions::Counts{18, 9, 0, 0}));
}

TEST(LockstepLinker, TellsTheClusterOfWhoIsInStep) {
  Steps steps(ten_of_a_day());
  for (const char* account : {"c", "a", "b"}) steps.act(account, 0, 12);
  const std::vector<AccountCluster> clusters = steps.linker.clusters();
  ASSERT_THAT(clusters, SizeIs(1));
  EXPECT_THAT(clusters[0].links, IsEmpty());
  ASSERT_THAT(clusters[0].in_step, SizeIs(3));
  EXPECT_EQ(clusters[0].in_step[0].first.name, "a");
  EXPECT_EQ(clusters[0].in_step[0].second.name, "b");
  EXPECT_EQ(clusters[0].in_step[2].first.name, "b");
  EXPECT_EQ(clusters[0].in_step[2].second.name, "c");
  EXPECT_EQ(clusters[0].in_step[2].together.common, 12);
  EXPECT_EQ(steps.linker.evidence_around({"s", "b"}).in_step, clusters[0].in_step);
}

}  // namespace
}  // namespace tidewaiter
