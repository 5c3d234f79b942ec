// What is missing while a source is idle, and after it is removed, and how long policies wait that
// do not say so themselves: docs/evaluation.md, Coverage, worked out in the comments. Both engines.

#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class CoverageGapTest : public testing::TestWithParam<EngineKind> {};
INSTANTIATE_TEST_SUITE_P(BothEngines, CoverageGapTest, testing::ValuesIn(kBothEngines),
                         [](const auto& engine) {
                           return engine.param == EngineKind::kColumnar ? "Columnar" : "Reference";
                         });

/// "At most one record" in tumbling hours: it needs every record that there is.
Policy quiet() {
  Policy policy = counting("n <= 1");
  policy.window.wait_for_late = Duration{12 * kHour.us};
  return policy;
}

TEST_P(CoverageGapTest, WhatSettlesWithoutAnIdleSourceIsNotClosed) {
  Log log(quiet(), GetParam());
  log.add("a", "10:10");
  log.add("a", "11:10");
  log.drain("09:00", "11:00", "t");
  log.drain("09:00", "13:00", "s");
  // The watermark is that of t: 10:00 is closed, 11:00 has not settled.
  EXPECT_THAT(log.news(), ElementsAre("(4,0) finding.opened 10:00+1 n=1"));
  log.idle("t");
  // The watermark is that of s, and 11:00 settles; t may still have more of it, and "at most one"
  // cannot be told.
  EXPECT_THAT(log.news(),
              ElementsAre("(6,0) finding.closed 10:00+1 n=1", "(6,1) coverage.gap not-evaluable 1",
                          "(6,2) coverage.gap source-idle:t 1"));
  log.idle("t");
  EXPECT_THAT(log.news(), IsEmpty()) << "said once";
  log.drain("09:00", "13:00", "t");
  // Now nothing is missing: 11:00 holds too, next to 10:00, and 12:00, empty, ends the run.
  EXPECT_THAT(log.news(), ElementsAre("(8,0) finding.restated 10:00+2 n=1 was 1 run-changed",
                                      "(8,1) finding.closed 10:00+2 n=1"));
}

TEST_P(CoverageGapTest, WhatAnIdleSourceDeliversAfterAllIsNotLate) {
  Policy policy = counting("n >= 5");
  policy.window.wait_for_late.reset();
  Log log(policy, GetParam());
  log.drain("09:00", "10:00", "t");
  log.drain("09:00", "10:00", "s");
  log.idle("t");
  log.add("a", "11:10");
  log.drain("09:00", "13:00", "s");
  EXPECT_THAT(log.news(), ElementsAre("(4,0) coverage.gap source-idle:t 1",
                                      "(6,0) coverage.gap not-evaluable 1"));
  // By the watermark, 13:00, these four would have been too late, and 11:00 closed with one.
  for (int i = 0; i < 4; ++i) log.add("a", "11:30");
  log.drain("09:00", "13:00", "t");
  EXPECT_THAT(log.news(), ElementsAre("(10,0) finding.opened 11:00+1 n=5",
                                      "(10,1) finding.closed 11:00+1 n=5"));
  EXPECT_EQ(log.coverage().records_too_late, 0);
  EXPECT_EQ(log.coverage().windows_false, 0);
}

TEST_P(CoverageGapTest, AHistoryThatAnIdleSourceMayChangeTellsNothingYet) {
  Policy policy = base_policy();
  policy.window.wait_for_late.reset();
  add_measure(policy, "n", Aggregate::kCount);
  add_measure(policy, "above", Aggregate::kDeviation);
  policy.measures.back().type = ValueType::kDouble;
  policy.measures.back().baseline = Baseline{0, Duration{8 * kHour.us}};
  report_when(policy, "above > 3");
  Log log(policy, GetParam());
  // Eight hours with 1 or 2 records, of which t has drained the first seven.
  const char* const hours[] = {"01", "02", "03", "04", "05", "06", "07", "08"};
  for (int h = 0; h < 8; ++h) {
    for (int i = 0; i <= h % 2; ++i) log.add("a", std::string(hours[h]) + ":10");
  }
  log.drain("00:00", "08:00", "t");
  log.drain("00:00", "09:00", "s");
  log.idle("t");
  (void)log.news();
  for (int i = 0; i < 40; ++i) log.add("a", "09:30");
  // 8:00 has settled, and t may have more of it: what is usual is not known to the end.
  EXPECT_THAT(log.news(), IsEmpty());
  log.drain("00:00", "09:00", "t");
  EXPECT_THAT(log.news(), ElementsAre(testing::HasSubstr("finding.opened 09:00+1 n=40")));
}

TEST_P(CoverageGapTest, WhatMoreCannotUndoIsReportedAllTheSame) {
  Log log(counting("n >= 1"), GetParam());
  log.drain("09:00", "11:00", "t");
  log.drain("09:00", "11:00", "s");
  log.idle("t");
  log.drain("09:00", "12:00", "s");
  EXPECT_THAT(log.news(), ElementsAre("(4,0) coverage.gap source-idle:t 1"));
  log.add("a", "11:10");
  EXPECT_THAT(log.news(), ElementsAre("(6,0) finding.opened 11:00+1 n=1"));
}

TEST_P(CoverageGapTest, ASourceThatNeverSaidAnythingOpensNone) {
  Log log(quiet(), GetParam());
  log.drain("09:00", "12:00", "s");
  log.idle("t");
  log.remove("t");
  log.add("a", "10:10");
  EXPECT_THAT(log.news(),
              ElementsAre("(5,0) finding.opened 10:00+1 n=1", "(5,1) finding.closed 10:00+1 n=1"));
}

TEST_P(CoverageGapTest, ASourceThatIsRemovedWhenItHasDrainedAllLeavesNoGap) {
  Log log(quiet(), GetParam());
  log.add("a", "11:10");
  log.drain("09:00", "11:30", "t");
  log.drain("09:00", "11:30", "s");
  log.remove("t");
  log.drain("09:00", "12:00", "s");
  // Up to the watermark, 11:30, t had said all; after it nobody asks for it.
  EXPECT_THAT(log.news(), ElementsAre("(6,0) finding.opened 11:00+1 n=1"));
}

TEST_P(CoverageGapTest, WhatARemovedSourceHadNotDrainedStaysOpen) {
  Log log(quiet(), GetParam());
  log.add("a", "11:10");
  log.add("a", "12:10");
  log.add("a", "13:10");
  log.drain("09:00", "11:00", "t");
  log.drain("09:00", "12:30", "s");
  log.idle("t");
  EXPECT_THAT(log.news(), ElementsAre("(7,0) coverage.gap not-evaluable 1",
                                      "(7,1) coverage.gap source-idle:t 1"));
  log.remove("t");
  EXPECT_THAT(log.news(), ElementsAre("(8,0) coverage.gap source-removed:t 1"));
  log.drain("09:00", "14:00", "s");
  // t is not asked for from 12:30 on. 12:00 begins before that: what t had of it nobody will know.
  EXPECT_THAT(log.news(), ElementsAre("(9,0) finding.opened 13:00+1 n=1",
                                      "(9,1) coverage.gap not-evaluable 1"));
  log.restart();
  log.drain("09:00", "15:00", "s");
  EXPECT_THAT(log.steps().back().reason, "") << "a start tells no gap anew";
}

TEST_P(CoverageGapTest, ASourceThatIsRemovedWhileItLagsLeavesItsGap) {
  Log log(quiet(), GetParam());
  log.add("a", "11:10");
  log.add("a", "15:10");
  log.drain("09:00", "10:00", "t");
  log.drain("09:00", "15:00", "s");
  EXPECT_THAT(log.news(), IsEmpty()) << "t holds all back";
  log.remove("t");
  // 11:00 settles with what s has, and nobody will know what t had of it.
  EXPECT_THAT(log.news(), ElementsAre("(6,0) coverage.gap not-evaluable 1",
                                      "(6,1) coverage.gap source-removed:t 1"));
  log.drain("09:00", "16:00", "s");
  EXPECT_THAT(log.news(), ElementsAre("(7,0) finding.opened 15:00+1 n=1"));
}

TEST_P(CoverageGapTest, ASourceThatComesBackAfterItWasRemovedBeginsAnew) {
  Log log(quiet(), GetParam());
  log.drain("09:00", "11:00", "t");
  log.drain("09:00", "11:00", "s");
  log.remove("t");
  log.drain("09:00", "13:00", "s");
  log.add("a", "12:10");
  EXPECT_THAT(log.news(), ElementsAre("(6,0) finding.opened 12:00+1 n=1"));
  log.drain("13:00", "13:30", "t");
  log.drain("09:00", "15:00", "s");
  log.add("a", "13:10");
  EXPECT_THAT(log.news(), IsEmpty()) << "t is asked for again";
  log.drain("13:00", "15:00", "t");
  // 13:00 joins the run in silence, as it had not settled; 14:00, empty, ends it.
  EXPECT_THAT(log.news(), ElementsAre("(10,0) finding.closed 12:00+2 n=1"));
}

TEST_P(CoverageGapTest, ASetThatComesIntoForceTellsTheGapsOfTheStoredLog) {
  Log log(counting("n >= 9"), GetParam());
  log.drain("09:00", "11:00", "t");
  log.drain("09:00", "13:00", "s");
  log.idle("t");
  log.drain("09:00", "13:00", "t");
  log.idle("t");
  EXPECT_THAT(log.news(), ElementsAre("(4,0) coverage.gap source-idle:t 1",
                                      "(6,0) coverage.gap source-idle:t 1"));
  Policy other = quiet();
  other.hash = sha256("another");
  log.activate(other);
  EXPECT_THAT(log.news(), ElementsAre("(7,0) coverage.gap source-idle:t 2"));
}

TEST_P(CoverageGapTest, SessionsThatSettleWithoutAnIdleSourceAreNotClosed) {
  Policy policy = quiet();
  policy.window = {kDay, kDay, Duration{12 * kHour.us}, std::nullopt, Duration{30 * kMinute.us}};
  Log log(policy, GetParam());
  log.add("a", "11:10");
  log.drain("09:00", "11:00", "t");
  log.drain("09:00", "13:00", "s");
  log.idle("t");
  EXPECT_THAT(log.news(), ElementsAre("(5,0) coverage.gap not-evaluable 1",
                                      "(5,1) coverage.gap source-idle:t 1"));
  log.drain("09:00", "13:00", "t");
  EXPECT_THAT(log.news(),
              ElementsAre("(6,0) finding.opened 11:10+1 n=1", "(6,1) finding.closed 11:10+1 n=1"));
}

/// A policy that does not say how long it waits.
Policy waits_for_its_sources() {
  Policy policy = counting("n >= 1");
  policy.window.wait_for_late.reset();
  return policy;
}

TEST_P(CoverageGapTest, APolicyWaitsAsLongAsItsSourcesSettle) {
  Log log(waits_for_its_sources(), GetParam());
  log.settles("s", Duration{2 * kHour.us});
  log.settles("t", kHour);
  log.drain("06:00", "12:00", "s");
  log.drain("06:00", "12:00", "t");
  log.add("a", "10:00");
  EXPECT_THAT(log.news(),
              ElementsAre("(6,0) finding.opened 10:00+1 n=1", "(6,1) finding.closed 10:00+1 n=1"));
  log.add("b", "09:59");
  log.drain("06:00", "12:00", "s");
  EXPECT_THAT(log.news(), ElementsAre("(8,0) coverage.gap too-late 1"));
}

TEST_P(CoverageGapTest, WhatWasTooLateOnceStaysSo) {
  Log log(waits_for_its_sources(), GetParam());
  log.drain("06:00", "12:00", "s");
  const std::int64_t late = log.add("a", "11:59");
  log.settles("s", Duration{5 * kHour.us});
  // Before 12:00 all is too late already; so no revision counts of a record that did not.
  log.revise(late, Log::record("a", "11:59"));
  log.add("a", "12:00");
  EXPECT_THAT(log.news(), ElementsAre("(6,0) finding.opened 12:00+1 n=1"));
  EXPECT_EQ(log.coverage().records_too_late, 2);
  log.drain("06:00", "18:00", "s");
  log.add("b", "13:00");
  EXPECT_EQ(log.coverage().records_too_late, 2);
}

TEST_P(CoverageGapTest, ARemovedSourceIsNotWaitedFor) {
  Log log(waits_for_its_sources(), GetParam());
  log.settles("t", Duration{5 * kHour.us});
  log.drain("06:00", "12:00", "t");
  log.drain("06:00", "12:00", "s");
  log.remove("t");
  log.add("a", "11:59");
  log.drain("06:00", "12:00", "s");
  EXPECT_THAT(log.news(), ElementsAre("(7,0) coverage.gap too-late 1"));
}

}  // namespace
}  // namespace tidewaiter
