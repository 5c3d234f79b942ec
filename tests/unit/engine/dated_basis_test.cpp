// Policies whose bases have dates, against hand computation: docs/evaluation.md, In force. Both
// engines.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// On two rules: one until 11:30 and again from 14:00, the other during 12:00 to 12:30.
Policy dated(std::string_view condition) {
  Policy policy = counting(condition);
  policy.window.wait_for_late = Duration{8 * kHour.us};
  Basis first{"law", "first"};
  first.in_force = {{UtcTime{INT64_MIN}, at("11:30")}, {at("14:00"), UtcTime{INT64_MAX}}};
  Basis second{"law", "second"};
  second.in_force = {{at("12:00"), at("12:30")}};
  policy.basis = {first, second};
  return policy;
}

TEST(DatedBasis, RecordsCountWhileOneBasisIsInForce) {
  for (const EngineKind engine : kBothEngines) {
    Log log(dated("n >= 2"), engine);
    log.add("a", "11:00");
    log.add("a", "11:30");  // the first instant that no longer counts
    EXPECT_THAT(log.news(), IsEmpty());
    log.add("a", "11:29");
    EXPECT_THAT(log.news(), ElementsAre("(4,0) finding.opened 11:00+1 n=2"));
    log.add("a", "12:00");
    log.add("a", "12:30");
    EXPECT_THAT(log.news(), IsEmpty());
    log.add("a", "12:10");  // the run goes on
    EXPECT_THAT(log.news(), IsEmpty());
    log.add("a", "13:00");
    log.add("a", "13:59");
    log.add("a", "14:00");
    log.add("a", "14:01");
    EXPECT_THAT(log.news(), ElementsAre("(11,0) finding.opened 14:00+1 n=2"));
    log.drain("10:00", "16:00");
    EXPECT_THAT(log.news(), ElementsAre("(12,0) finding.closed 11:00+2 n=2",
                                        "(12,1) finding.closed 14:00+1 n=2"));
  }
}

/// By its own time, not by that at which it comes.
TEST(DatedBasis, ALateRecordIsJudgedByItsOwnTime) {
  for (const EngineKind engine : kBothEngines) {
    Log log(dated("n >= 1"), engine);
    log.drain("10:00", "15:00");
    log.add("a", "13:00");
    EXPECT_THAT(log.news(), IsEmpty());
    log.add("a", "11:00");
    EXPECT_THAT(log.news(), ElementsAre("(4,0) finding.opened 11:00+1 n=1",
                                        "(4,1) finding.closed 11:00+1 n=1"));
  }
}

TEST(DatedBasis, OneBasisWithoutDatesCarriesThePolicyAlways) {
  for (const EngineKind engine : kBothEngines) {
    Policy policy = dated("n >= 1");
    policy.basis.push_back({"red_flag", "third"});
    Log log(policy, engine);
    log.add("a", "13:00");
    EXPECT_THAT(log.news(), ElementsAre("(2,0) finding.opened 13:00+1 n=1"));
  }
}

}  // namespace
}  // namespace tidewaiter
