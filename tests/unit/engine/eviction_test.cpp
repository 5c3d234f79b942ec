// What evaluation does when the log says that a policy forgets what it holds: both engines, by hand
// computation. And what it says that it holds.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/held_memory.h"
#include "tests/unit/engine/written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;

class EvictionTest : public testing::TestWithParam<EngineKind> {};

INSTANTIATE_TEST_SUITE_P(Engines, EvictionTest,
                         testing::Values(EngineKind::kColumnar, EngineKind::kReference));

TEST_P(EvictionTest, ClosesWhatStandsAndCountsWhatItCannotTell) {
  Log log(counting("n >= 3"), GetParam());
  for (const char* clock : {"10:01", "10:02", "10:03"}) log.add("a", clock);
  log.drain("10:00", "11:00");
  for (const char* clock : {"11:01", "11:02", "11:03"}) log.add("b", clock);
  log.add("c", "11:04");
  EXPECT_THAT(log.news(),
              ElementsAre("(4,0) finding.opened 10:00+1 n=3", "(8,0) finding.opened 11:00+1 n=3"));
  // a's run of 10:00 may go on, b's window and c's have not settled.
  log.evict("11:05");
  EXPECT_THAT(log.news(), ElementsAre("(10,0) finding.closed 10:00+1 n=3 state-evicted",
                                      "(10,1) finding.closed 11:00+1 n=3 state-evicted",
                                      "(10,2) coverage.gap state-evicted 2"));
  EXPECT_EQ(log.coverage().windows_true, 1);
  EXPECT_EQ(log.coverage().windows_not_evaluable, 2);
  EXPECT_EQ(log.coverage().records_selected, 7);
  EXPECT_EQ(log.coverage().subjects, 0);
}

TEST_P(EvictionTest, JudgesWindowsThatBeginAfterIt) {
  Log log(counting("n >= 3"), GetParam());
  for (const char* clock : {"10:01", "10:02"}) log.add("a", clock);
  log.evict("10:03");
  EXPECT_THAT(log.news(), ElementsAre("(4,0) coverage.gap state-evicted 1"));
  // The third one would have made it three; what is left of the hour cannot tell.
  for (const char* clock : {"10:04", "10:05", "10:06"}) log.add("a", clock);
  for (const char* clock : {"11:04", "11:05", "11:06"}) log.add("a", clock);
  EXPECT_THAT(log.news(), ElementsAre("(10,0) finding.opened 11:00+1 n=3"));
  log.drain("10:00", "12:00");
  EXPECT_THAT(log.news(), ElementsAre("(11,0) coverage.gap too-late 3"));
  EXPECT_EQ(log.coverage().records_too_late, 3);
}

/// "Fewer than" asks for all records of a window: one that was cut is no such window.
TEST_P(EvictionTest, WhatItForgotIsNotTakenForNothing) {
  Log log(counting("n < 3"), GetParam());
  for (const char* clock : {"10:01", "10:02", "10:03"}) log.add("a", clock);
  log.evict("10:04");
  log.news();
  log.add("a", "10:59");
  log.add("a", "11:01");
  log.drain("10:00", "12:00");
  EXPECT_THAT(log.news(),
              ElementsAre("(8,0) finding.opened 11:00+1 n=1", "(8,1) coverage.gap too-late 1"));
}

TEST_P(EvictionTest, ConcernsThePolicyThatItNames) {
  Log log(counting("n >= 2"), GetParam());
  log.add("a", "10:01");
  log.evict("10:02", "another");
  log.add("a", "10:03");
  EXPECT_THAT(log.news(), ElementsAre("(4,0) finding.opened 10:00+1 n=2"));
}

/// A start without a snapshot reads the entry where it stands.
TEST_P(EvictionTest, AStartSaysTheSame) {
  Log log(counting("n >= 2"), GetParam());
  log.add("a", "10:01");
  log.add("a", "10:02");
  log.evict("10:03");
  log.add("a", "11:02");
  log.add("a", "11:03");
  const std::vector<std::string> said = log.news();
  log.restart();
  EXPECT_EQ(log.news(), said);
}

/// What was closed so is not lost to another version, which sees what is stored.
TEST_P(EvictionTest, AnotherVersionTakesOverWhatWasClosed) {
  Log log(counting("n >= 3"), GetParam());
  for (const char* clock : {"10:01", "10:02", "10:03", "11:01", "11:02"}) log.add("a", clock);
  log.drain("10:00", "12:00");
  log.evict("12:00");
  const std::string id = log.steps().at(0).finding;
  log.news();
  Policy lower = counting("n >= 2");
  lower.hash = sha256("lower");
  log.activate(lower);
  EXPECT_THAT(log.news(), ElementsAre("(9,0) finding.restated 10:00+2 n=3 was 3 policy-change"));
  EXPECT_EQ(log.steps().back().finding, id);
  Policy higher = counting("n >= 9");
  higher.hash = sha256("higher");
  log.activate(higher);
  EXPECT_THAT(log.news(), ElementsAre("(10,0) finding.withdrawn 10:00+2 n=3 policy-change"));
}

/// A million subjects are not asked one by one what they hold: it shows as they come, and goes.
TEST(HeldMemoryTest, GrowsWithWhatIsHeldAndGoesWithIt) {
  Log log(counting("n >= 1000"));
  const auto held = [&log] { return log.footprint().policies.at(0).bytes; };
  const std::int64_t empty = held();
  constexpr int kAccounts = 200;
  for (int i = 0; i < kAccounts; ++i) log.add("account-" + std::to_string(i), "10:01");
  const std::int64_t full = held();
  EXPECT_GT(full - empty, std::int64_t{kAccounts} * 64);
  EXPECT_LT(full - empty, std::int64_t{kAccounts} * 4096);
  EXPECT_GT(log.footprint().shared_bytes,
            std::int64_t{kAccounts} * 10);  // their names at the least
  EXPECT_EQ(log.footprint().bytes(), log.footprint().shared_bytes + full);
  log.evict("10:02");
  EXPECT_LT(held() - empty, (full - empty) / 10);
}

/// By hand, for containers whose room is told by the standard library.
TEST(HeldMemoryTest, CountsRoomAndNotWhatIsInTheObject) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(10);
  std::vector<std::string> texts(2);
  texts[1] = std::string(100, 'x');
  const std::map<std::int64_t, std::int64_t> tree = {{1, 2}, {3, 4}};
  HeldMemory held;
  held(numbers);
  EXPECT_EQ(held.bytes(), 80);
  held(texts);
  const auto two = static_cast<std::int64_t>(2 * sizeof(std::string) + texts[1].capacity() + 1);
  EXPECT_EQ(held.bytes(), 80 + two);
  held(tree, std::make_unique<std::int64_t>(5), std::optional<std::string>());
  EXPECT_EQ(held.bytes(), 80 + two + 2 * (16 + 4 * 8) + 8);
}

}  // namespace
}  // namespace tidewaiter
