// Sessions against hand computation: docs/evaluation.md, Windows. Both engines.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/session_span.h"
#include "tests/unit/engine/written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Sessions that end after half an hour, and at multiples of six hours.
Policy sitting(std::string_view condition) {
  Policy policy = counting(condition);
  policy.window = {Duration{6 * kHour.us},
                   Duration{6 * kHour.us},
                   Duration{4 * kHour.us},
                   {},
                   Duration{30 * kMinute.us}};
  return policy;
}

std::string minutes(const Step& step) {
  return format_time(step.run.from).substr(11, 5) + "-" + format_time(step.run.to).substr(11, 5);
}

TEST(SessionSpan, ARestOfTheGapEndsASession) {
  const Window window = sitting("n >= 1").window;
  EXPECT_TRUE(in_one_session(window, at("10:00"), at("10:29")));
  EXPECT_TRUE(in_one_session(window, at("10:00"), at("10:30") - Duration{1}));
  EXPECT_FALSE(in_one_session(window, at("10:00"), at("10:30")));
  EXPECT_TRUE(in_one_session(window, at("10:00"), at("10:00")));
}

TEST(SessionSpan, NoSessionLeavesItsStretch) {
  const Window window = sitting("n >= 1").window;
  EXPECT_FALSE(in_one_session(window, at("11:59"), at("12:00")));
  EXPECT_EQ(session_interval(window, at("11:00"), at("11:59")),
            (Interval{at("11:00"), at("12:00")}));
  EXPECT_EQ(session_interval(window, at("10:00"), at("10:20")),
            (Interval{at("10:00"), at("10:50")}));
  EXPECT_EQ(session_cover(window, at("12:10"), at("12:10")), (Interval{at("12:00"), at("12:40")}));
  EXPECT_EQ(session_cover(window, at("12:40"), at("12:40")), (Interval{at("12:10"), at("13:10")}));
}

TEST(Sessions, AThresholdIsReportedAtOnceAndTheSessionEndsAfterTheGap) {
  for (const EngineKind engine : kBothEngines) {
    Log log(sitting("n >= 3"), engine);
    log.add("a", "10:05");
    log.add("a", "10:30");
    EXPECT_THAT(log.news(), IsEmpty());
    log.add("a", "10:59");
    EXPECT_THAT(log.news(), ElementsAre("(4,0) finding.opened 10:05+1 n=3"));
    EXPECT_EQ(minutes(log.steps().back()), "10:05-11:29");
    log.add("a", "11:20");  // the open session grows in silence
    EXPECT_THAT(log.news(), IsEmpty());
    log.drain("09:00", "11:49");
    EXPECT_THAT(log.news(), IsEmpty());
    log.drain("09:00", "11:50");
    EXPECT_THAT(log.news(), ElementsAre("(7,0) finding.restated 10:05+1 n=4 was 3 window-closed",
                                        "(7,1) finding.closed 10:05+1 n=4"));
    EXPECT_EQ(minutes(log.steps().back()), "10:05-11:50");
    EXPECT_EQ(log.coverage().windows_true, 1);
  }
}

TEST(Sessions, FewerThanWaitsUntilTheSessionIsClosed) {
  for (const EngineKind engine : kBothEngines) {
    Log log(sitting("n < 3"), engine);
    log.add("a", "10:05");
    log.add("a", "10:20");
    log.drain("09:35", "10:50");
    EXPECT_THAT(log.news(), ElementsAre("(4,0) finding.opened 10:05+1 n=2",
                                        "(4,1) finding.closed 10:05+1 n=2"));
  }
}

/// A record before it would be of the same session: what lies before must be covered too.
TEST(Sessions, WhatIsNotCoveredBeforeItMayBelongToIt) {
  for (const EngineKind engine : kBothEngines) {
    Log log(sitting("n < 3"), engine);
    log.add("a", "10:05");
    log.drain("09:36", "10:50");
    EXPECT_THAT(log.news(), ElementsAre("(3,0) coverage.gap not-evaluable 1"));
    log.drain("09:00", "10:50");
    EXPECT_THAT(log.news(), ElementsAre("(4,0) finding.opened 10:05+1 n=1",
                                        "(4,1) finding.closed 10:05+1 n=1"));
  }
}

TEST(Sessions, ALateRecordJoinsTwoAndTheirFindings) {
  for (const EngineKind engine : kBothEngines) {
    Log log(sitting("n >= 2"), engine);
    for (const char* clock : {"10:00", "10:10", "10:50", "11:00"}) log.add("a", clock);
    const std::string second = log.steps().at(1).finding;
    EXPECT_THAT(log.news(), ElementsAre("(3,0) finding.opened 10:00+1 n=2",
                                        "(5,0) finding.opened 10:50+1 n=2"));
    log.drain("09:00", "11:30");
    EXPECT_THAT(log.news(), ElementsAre("(6,0) finding.closed 10:00+1 n=2",
                                        "(6,1) finding.closed 10:50+1 n=2"));
    const std::string first = log.steps().at(0).finding;
    log.add("a", "10:30");
    EXPECT_THAT(log.news(),
                ElementsAre("(7,0) finding.restated 10:00+1 n=5 was 2 run-changed",
                            "(7,1) finding.withdrawn 10:50+1 n=2 merged:" + first.substr(0, 6),
                            "(7,2) finding.closed 10:00+1 n=5"));
    EXPECT_EQ(log.steps().at(5).finding, second);
    EXPECT_EQ(log.coverage().windows_true, 1);
  }
}

TEST(Sessions, ARevisionThatGoesAwayPartsASession) {
  for (const EngineKind engine : kBothEngines) {
    Policy policy = sitting("n >= 2");
    policy.condition = over_fields("output_tokens > 0");
    Log log(policy, engine);
    log.add_tokens("10:00", 1);
    log.add_tokens("10:10", 1);
    const std::int64_t middle = log.add_tokens("10:35", 1);
    log.add_tokens("11:00", 1);
    log.add_tokens("11:10", 1);
    EXPECT_THAT(log.news(), ElementsAre("(3,0) finding.opened 10:00+1 n=2"));
    Record none = Log::record("a", "10:35");
    set_value(none, *find_field("output_tokens"), std::int64_t{0});
    log.revise(middle, std::move(none));
    EXPECT_THAT(log.news(), ElementsAre("(7,0) finding.opened 11:00+1 n=2"));
    EXPECT_EQ(minutes(log.steps().back()), "11:00-11:40");
  }
}

/// The certain records are 10:00 and 10:40: what lies between may be nothing.
TEST(Sessions, WhatOnlyAMaybeRecordHoldsTogetherCannotBeTold) {
  for (const EngineKind engine : kBothEngines) {
    Policy policy = sitting("n >= 2");
    policy.condition = over_fields("output_tokens > 0");
    Log log(policy, engine);
    log.add_tokens("10:00", 1);
    log.add("a", "10:20");  // without a number of tokens
    log.add_tokens("10:40", 1);
    EXPECT_THAT(log.news(), IsEmpty());
    log.drain("09:00", "11:10");
    EXPECT_THAT(log.news(), ElementsAre("(5,0) coverage.gap not-evaluable 1"));
    log.add_tokens("10:15", 1);
    EXPECT_THAT(log.news(), ElementsAre("(6,0) finding.opened 10:00+1 n=3",
                                        "(6,1) finding.closed 10:00+1 n=3"));
  }
}

TEST(Sessions, WhatGoesOnIsCutAtWholeMultiples) {
  for (const EngineKind engine : kBothEngines) {
    Log log(sitting("n >= 2"), engine);
    for (const char* clock : {"11:30", "11:45", "12:00", "12:15"}) log.add("a", clock);
    EXPECT_THAT(log.news(), ElementsAre("(3,0) finding.opened 11:30+1 n=2",
                                        "(5,0) finding.opened 12:00+1 n=2"));
    EXPECT_EQ(minutes(log.steps().front()), "11:30-12:00");
  }
}

TEST(Sessions, TwoThatLieAsNearAsCanBeAreTwoFindings) {
  for (const EngineKind engine : kBothEngines) {
    Log log(sitting("n >= 1"), engine);
    Record last = Log::record("a", "12:00");
    last.time = last.time - Duration{1};
    log.add(std::move(last));
    log.add("a", "12:00");
    EXPECT_THAT(log.news(), ElementsAre("(2,0) finding.opened 11:59+1 n=1",
                                        "(3,0) finding.opened 12:00+1 n=1"));
    log.drain("09:00", "13:00");
    EXPECT_THAT(log.news(), ElementsAre("(4,0) finding.closed 11:59+1 n=1",
                                        "(4,1) finding.closed 12:00+1 n=1"));
  }
}

TEST(Sessions, OneThatRetentionCutsIsNotJudged) {
  for (const EngineKind engine : kBothEngines) {
    Log log(sitting("n >= 2"), engine);
    log.drain("06:00", "09:00");
    log.add("a", "09:50");
    log.add("b", "10:40");
    log.drop(at("10:00"));
    log.add("a", "10:10");
    log.add("a", "10:15");  // 09:50 was of their session
    log.add("b", "10:45");
    EXPECT_THAT(log.news(), ElementsAre("(8,0) finding.opened 10:40+1 n=2"));
    log.restart();
    EXPECT_THAT(log.news(), ElementsAre("(8,0) finding.opened 10:40+1 n=2"));
  }
}

}  // namespace
}  // namespace tidewaiter
