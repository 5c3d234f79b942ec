// What evaluation does when retention takes records away: both engines, by hand computation.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RetentionTest : public testing::TestWithParam<EngineKind> {};

INSTANTIATE_TEST_SUITE_P(Engines, RetentionTest,
                         testing::Values(EngineKind::kColumnar, EngineKind::kReference));

UtcTime day(int number) { return parse_time("2026-01-01").value() + Duration{number * kDay.us}; }

Record request(int on_day, std::string_view account = "a") {
  Record record = Log::record(account, "00:00");
  record.time = day(on_day) + kHour;
  return record;
}

/// Fewer than three requests in two days, each day.
Policy quiet_policy() {
  Policy policy = counting("n < 3");
  policy.window = {Duration{2 * kDay.us}, kDay, kDay};
  return policy;
}

TEST_P(RetentionTest, HalfAWindowIsNoWindow) {
  // A policy that finds nothing, so that the log can be dropped; the one under test comes after.
  Policy idle = quiet_policy();
  report_when(idle, "n > 1000");
  Log log(idle, GetParam());
  for (int i = 0; i < 6; ++i) {
    log.add(request(i));
    log.add(request(i));
  }
  log.drain(day(0), day(6));
  log.drop(day(2));
  log.news();
  Policy quiet = quiet_policy();
  quiet.hash = sha256("quiet");
  log.activate(quiet);
  // Each whole window holds four. Window [1, 3) has lost two of its four, and is not judged.
  EXPECT_THAT(log.news(), ElementsAre("(16,0) coverage.gap not-evaluable 1"));
  EXPECT_EQ(log.coverage().windows_true, 0);
}

TEST_P(RetentionTest, StartedAfterADropItKnowsTheSameFindings) {
  Policy policy = counting("n >= 2");
  policy.window = {kDay, kDay, Duration{30 * kDay.us}};
  Log log(policy, GetParam());
  log.add(request(0));
  // Not covered: settles not evaluable, a gap at the entry at which a finding closes.
  Record early = request(0);
  early.time = day(0) - kHour;
  log.add(std::move(early));
  log.add(request(3));
  const std::int64_t revised = log.add(request(3));
  log.drain(day(0), day(5));
  EXPECT_THAT(log.news(),
              ElementsAre("(5,0) finding.opened 00:00+1 n=2", "(6,0) finding.closed 00:00+1 n=2",
                          "(6,1) coverage.gap not-evaluable 1"));
  const std::string id = log.steps().at(0).finding;
  log.drop(day(1));
  EXPECT_THAT(log.news(), IsEmpty());
  log.restart();
  EXPECT_EQ(log.steps().at(0).finding, id);
  log.news();
  Record now = request(3, "b");
  log.revise(revised, now);
  EXPECT_THAT(log.news(), ElementsAre("(8,0) finding.withdrawn 00:00+1 n=2 no-longer-hol"));
  EXPECT_EQ(log.steps().back().finding, id);
}

TEST_P(RetentionTest, WhatComesForADroppedTimeIsTooLate) {
  Policy policy = counting("n >= 1");
  policy.window = {kDay, kDay, Duration{30 * kDay.us}};
  Log log(policy, GetParam());
  log.drop(day(2));
  log.add(request(1));
  EXPECT_THAT(log.news(), IsEmpty());
  log.add(request(2));
  log.drain(day(0), day(3));
  EXPECT_THAT(log.news(),
              ElementsAre("(4,0) finding.opened 00:00+1 n=1", "(5,0) coverage.gap too-late 1"));
}

/// A window that begins before what is left, and is open still, says nothing at its end.
TEST_P(RetentionTest, AnOpenWindowThatLostItsStartIsNotEvaluable) {
  Policy policy = quiet_policy();
  Log log(policy, GetParam());
  log.add(request(0));
  log.add(request(1));
  log.drop(day(1));
  log.drain(day(0), day(1));
  EXPECT_THAT(log.news(), IsEmpty());
  log.drain(day(0), day(2));
  // [0, 2) is not judged, though it now holds a single request.
  EXPECT_THAT(log.news(), ElementsAre("(6,0) coverage.gap not-evaluable 1"));
  EXPECT_EQ(log.coverage().windows_not_evaluable, 1);
  log.drain(day(0), day(3));
  EXPECT_THAT(log.news(), ElementsAre("(7,0) finding.opened 00:00+1 n=1"));
}

TEST_P(RetentionTest, SequenceNumbersMayHaveGaps) {
  Log log(counting("n >= 2"), GetParam());
  log.add(request(0, "a"));
  log.add(request(0, "b"));
  log.drop(day(3));  // entries 2 and 3 are gone
  log.restart();
  log.add(request(4));
  log.add(request(4));
  EXPECT_THAT(log.news(), ElementsAre("(6,0) finding.opened 01:00+1 n=2"));
}

}  // namespace
}  // namespace tidewaiter
