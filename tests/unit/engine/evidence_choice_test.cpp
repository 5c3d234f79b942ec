// Which records a finding shows, against hand computation: docs/evaluation.md, Findings. Both
// engines.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;

/// Reports the fifth record within two hours, and shows three.
Policy showing(EvidenceChoice choose, std::string_view size = "") {
  Policy policy = counting("n >= 5");
  policy.window.length = Duration{2 * kHour.us};
  policy.evidence.records = 3;
  policy.evidence.choose = choose;
  if (!size.empty()) policy.evidence.size = over_fields(size);
  return policy;
}

/// Sequence numbers 2 to 6, the last of which comes late.
const Step& opened(Log& log) {
  log.add_tokens("10:50", 7);
  log.add_tokens("11:10", 9);
  log.add("a", "11:20");  // without a number of tokens
  log.add_tokens("11:30", 7);
  log.add_tokens("10:40", 7);
  EXPECT_EQ(log.steps().size(), 1U);
  return log.steps().front();
}

TEST(EvidenceChoice, FirstIsByTimeAndNotByArrival) {
  for (const EngineKind engine : kBothEngines) {
    Log log(showing(EvidenceChoice::kFirst), engine);
    const Step& step = opened(log);
    EXPECT_THAT(step.evidence, ElementsAre(6, 2, 3));
    EXPECT_EQ(step.evidence_total, 5);
    EXPECT_EQ(step.evidence_choice, EvidenceChoice::kFirst);
  }
}

TEST(EvidenceChoice, LastHasTheLatestFirst) {
  for (const EngineKind engine : kBothEngines) {
    Log log(showing(EvidenceChoice::kLast), engine);
    const Step& step = opened(log);
    EXPECT_THAT(step.evidence, ElementsAre(5, 4, 3));
    EXPECT_EQ(step.evidence_choice, EvidenceChoice::kLast);
  }
}

TEST(EvidenceChoice, LargestHasTheEarlierOfTwoThatAreAlike) {
  for (const EngineKind engine : kBothEngines) {
    Log log(showing(EvidenceChoice::kLargest, "output_tokens"), engine);
    const Step& step = opened(log);
    EXPECT_THAT(step.evidence, ElementsAre(3, 6, 2));
    EXPECT_EQ(step.evidence_total, 5);
    EXPECT_EQ(step.evidence_choice, EvidenceChoice::kLargest);
  }
}

TEST(EvidenceChoice, AnUnknownSizeIsTheLeastAlsoOfNegativeDoubles) {
  for (const EngineKind engine : kBothEngines) {
    Policy policy = showing(EvidenceChoice::kLargest, "0 - output_tokens / requests");
    policy.evidence.records = 5;
    Log log(policy, engine);
    EXPECT_THAT(opened(log).evidence, ElementsAre(6, 2, 5, 3, 4));
  }
}

/// What is chosen follows the records as they are now.
TEST(EvidenceChoice, ARevisionChangesWhatIsLargest) {
  for (const EngineKind engine : kBothEngines) {
    Log log(showing(EvidenceChoice::kLargest, "output_tokens"), engine);
    opened(log);
    Record less = Log::record("a", "11:10");
    set_value(less, *find_field("output_tokens"), std::int64_t{1});
    log.revise(3, std::move(less));
    log.drain("09:00", "12:00");
    log.drain("09:00", "13:00");
    ASSERT_EQ(log.steps().back().kind, StepKind::kClosed);
    EXPECT_THAT(log.steps().back().evidence, ElementsAre(6, 2, 5));
  }
}

}  // namespace
}  // namespace tidewaiter
