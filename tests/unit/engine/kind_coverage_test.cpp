#include "policies/engine/kind_coverage.h"

#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum WindowStatus;

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

SourceDrained drained(const std::string& source, std::int64_t from, std::int64_t to) {
  return {source, RecordKind::kUsage, {{from}, {to}}};
}

/// Windows [10k, 10k + 20).
const Window kWindow{{20}, {10}};

StatusMap map_of(const KindCoverage& coverage, std::int64_t first_judged = kLeast) {
  return {coverage.horizon(), WindowGrid(kWindow), first_judged};
}

TEST(KindCoverage, WatermarkIsTheLeastEndOfThoseThatAreNotIdle) {
  KindCoverage coverage;
  EXPECT_EQ(coverage.watermark(), std::nullopt);
  coverage.take(SourceIdle{"a", RecordKind::kUsage});  // of a source that has stated nothing
  EXPECT_EQ(coverage.watermark(), std::nullopt);
  coverage.take(drained("a", 0, 30));
  EXPECT_EQ(coverage.watermark(), 30);
  coverage.take(drained("b", 0, 20));
  EXPECT_EQ(coverage.watermark(), 30);  // it never steps back
  coverage.take(drained("a", 0, 50));
  EXPECT_EQ(coverage.watermark(), 30);
  coverage.take(SourceIdle{"b", RecordKind::kUsage});
  EXPECT_EQ(coverage.watermark(), 50);
}

SourceIdle idle(const std::string& source) { return {source, RecordKind::kUsage}; }

TEST(KindCoverage, AnIdleSourceOpensAGapOnceEachTime) {
  KindCoverage coverage;
  EXPECT_FALSE(coverage.take(idle("a")));
  coverage.take(drained("a", 0, 30));
  EXPECT_TRUE(coverage.take(idle("a")));
  EXPECT_FALSE(coverage.take(idle("a")));
  coverage.take(drained("a", 0, 30));
  EXPECT_TRUE(coverage.take(idle("a")));
}

TEST(KindCoverage, NoMomentIsKeptThatAnotherOneIncludes) {
  KindCoverage coverage;
  coverage.take(drained("a", 0, 30));
  coverage.take(drained("b", 0, 30));
  coverage.take(idle("b"));
  for (std::int64_t to = 40; to < 100; to += 10) coverage.take(drained("a", 0, to));
  EXPECT_EQ(coverage.watermark(), 90);
  ASSERT_EQ(coverage.horizon().complete.size(), 1U);
  EXPECT_TRUE(coverage.horizon().covers(0, 30));
  EXPECT_FALSE(coverage.horizon().covers(0, 31));
  const Horizon before = coverage.horizon();
  coverage.take(drained("b", 0, 60));
  ASSERT_EQ(coverage.horizon().complete.size(), 1U);
  EXPECT_TRUE(coverage.horizon().covers(0, 60));
  // What was complete to 30 is complete to 60: ahead, and not back.
  EXPECT_FALSE(coverage.horizon().reaches_back(before));
  EXPECT_FALSE(before.reaches_back(before));
}

TEST(KindCoverage, ProgressAloneReachesNotBack) {
  KindCoverage coverage;
  coverage.take(drained("a", 0, 30));
  const Horizon before = coverage.horizon();
  coverage.take(drained("a", 0, 60));
  EXPECT_FALSE(coverage.horizon().reaches_back(before));
  coverage.take(drained("a", -10, 60));
  EXPECT_TRUE(coverage.horizon().reaches_back(before));
}

TEST(StatusMap, WithoutStatementsNothingIsSettled) {
  const StatusMap statuses = map_of({});
  EXPECT_EQ(statuses.at(-5), kUnsettled);
  EXPECT_EQ(statuses.at(5), kUnsettled);
}

TEST(StatusMap, ClosedBetweenTheCoverageAndTheWatermark) {
  KindCoverage coverage;
  coverage.take(drained("a", 15, 60));
  const StatusMap statuses = map_of(coverage);
  EXPECT_EQ(statuses.at(1), kUncovered);  // [10, 30) begins before 15
  EXPECT_EQ(statuses.at(2), kClosed);
  EXPECT_EQ(statuses.at(4), kClosed);  // [40, 60)
  EXPECT_EQ(statuses.at(5), kUnsettled);
  EXPECT_EQ(statuses.last_settled(), 4);
  EXPECT_EQ(statuses.same_until(2), 4);
  EXPECT_EQ(statuses.same_until(-9), 1);
}

TEST(StatusMap, AClosedWindowStaysSo) {
  KindCoverage coverage;
  coverage.take(drained("a", 0, 40));
  coverage.take(drained("b", 30, 60));  // covered from 30 on now
  coverage.take(drained("a", 0, 60));
  const StatusMap statuses = map_of(coverage);
  EXPECT_EQ(statuses.at(2), kClosed);  // [20, 40), closed when a alone was known
  EXPECT_EQ(statuses.at(3), kClosed);  // [30, 50)
  EXPECT_EQ(statuses.at(-1), kUncovered);
}

TEST(StatusMap, WhatAnIdleSourceMayStillHaveIsUncovered) {
  KindCoverage coverage;
  coverage.take(drained("a", 0, 60));
  coverage.take(drained("b", 0, 30));
  coverage.take(idle("b"));
  const StatusMap statuses = map_of(coverage);
  // The first statement of `a`, which was alone then, closed them all.
  EXPECT_EQ(statuses.at(4), kClosed);
  coverage.take(drained("a", 0, 90));
  EXPECT_EQ(map_of(coverage).at(4), kClosed);
  EXPECT_EQ(map_of(coverage).at(5), kAwaited);  // [50, 70)
  EXPECT_EQ(map_of(coverage).at(7), kAwaited);  // [70, 90)
  EXPECT_EQ(map_of(coverage).at(8), kUnsettled);
  EXPECT_EQ(map_of(coverage).last_complete(), 4);
  EXPECT_EQ(map_of(coverage).last_settled(), 7);
  EXPECT_EQ(map_of(coverage, 7).at(6), kUncovered);  // retention took a part of it
}

TEST(StatusMap, ARemovedSourceIsAskedForUpToTheWatermark) {
  KindCoverage coverage;
  coverage.take(drained("b", 0, 30));
  coverage.take(drained("a", 0, 60));
  coverage.take(idle("b"));
  EXPECT_TRUE(coverage.take(SourceRemoved{"b", RecordKind::kUsage}));
  coverage.take(drained("a", 0, 100));
  const StatusMap statuses = map_of(coverage);
  // Complete to 30 until then, to 60 since, to 100 now.
  EXPECT_EQ(coverage.complete_to(), 100);
  EXPECT_EQ(statuses.at(1), kClosed);     // [10, 30): both
  EXPECT_EQ(statuses.at(2), kUncovered);  // [20, 40)
  EXPECT_EQ(statuses.at(5), kUncovered);  // [50, 70) begins before 60
  EXPECT_EQ(statuses.at(6), kClosed);     // [60, 80): a alone is asked for
  EXPECT_EQ(statuses.at(8), kClosed);
}

TEST(StatusMap, ChangesAreStretchesOfOneChange) {
  KindCoverage coverage;
  coverage.take(drained("a", 0, 40));
  const StatusMap before = map_of(coverage);
  coverage.take(drained("a", 0, 70));
  const auto changes = before.changes_to(map_of(coverage));
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].first, 3);
  EXPECT_EQ(changes[0].last, 5);
  EXPECT_EQ(changes[0].before, kUnsettled);
  EXPECT_EQ(changes[0].after, kClosed);
  EXPECT_THAT(before.changes_to(before), IsEmpty());
}

TEST(StatusMap, NothingBeforeTheFirstJudgedIsClosed) {
  KindCoverage coverage;
  coverage.take(drained("a", 0, 60));
  const StatusMap statuses = map_of(coverage, 2);
  EXPECT_EQ(statuses.first_judged(), 2);
  EXPECT_EQ(statuses.at(1), kUncovered);
  EXPECT_EQ(statuses.at(2), kClosed);
  // A border even where the status is the same on both sides.
  EXPECT_EQ(map_of(coverage, 9).same_until(7), 8);
  EXPECT_EQ(map_of(coverage, -3).same_until(-9), -4);
}

}  // namespace
}  // namespace tidewaiter
