#include "policies/authoring/settled_set.h"

#include <gtest/gtest.h>

#include "policies/authoring/backtest.h"

namespace tidewaiter {
namespace {

Step step(StepKind kind, const std::string& finding, const std::string& account,
          std::int64_t from_hour, std::int64_t windows, std::int64_t figure) {
  Step step;
  step.kind = kind;
  step.finding = finding;
  step.policy = "p";
  step.subject = {{*find_field("account")}, {account}, "s"};
  step.run = {{from_hour * kHour.us}, {(from_hour + windows) * kHour.us}};
  step.windows = windows;
  step.figures = {{"n", ValueType::kInt64, figure, true}};
  return step;
}

TEST(SettledSet, KeepsWhatTheLastStepsLeave) {
  SettledSet set;
  set.take(std::vector<Step>{
      step(StepKind::kOpened, "1", "b", 10, 1, 3), step(StepKind::kOpened, "2", "a", 12, 1, 4),
      step(StepKind::kOpened, "3", "a", 2, 1, 5), step(StepKind::kRestated, "2", "a", 12, 1, 6),
      step(StepKind::kClosed, "3", "a", 2, 3, 5), step(StepKind::kWithdrawn, "1", "b", 10, 1, 2)});
  const std::vector<SettledFinding> findings = set.findings();
  ASSERT_EQ(findings.size(), 2U);  // by subject and start
  EXPECT_EQ(findings[0].id, "3");
  EXPECT_TRUE(findings[0].ended);
  EXPECT_EQ(findings[0].windows, 3);
  EXPECT_EQ(findings[1].id, "2");
  EXPECT_FALSE(findings[1].ended);
  EXPECT_EQ(std::get<std::int64_t>(findings[1].figures[0].value), 6);
  EXPECT_EQ(set.steps(StepKind::kOpened), 3);
  EXPECT_EQ(set.steps(StepKind::kWithdrawn), 1);
  EXPECT_EQ(set.steps(StepKind::kGap), 0);
}

TEST(SettledSet, AnEndedFindingIsOpenAgainWhenItsRunChanges) {
  SettledSet set;
  set.take(std::vector<Step>{step(StepKind::kOpened, "1", "a", 1, 1, 3),
                             step(StepKind::kClosed, "1", "a", 1, 1, 3),
                             step(StepKind::kRestated, "1", "a", 1, 1, 4)});
  EXPECT_TRUE(set.findings()[0].ended);  // late figures leave it ended
  set.take(std::vector<Step>{step(StepKind::kRestated, "1", "a", 1, 2, 4)});
  EXPECT_FALSE(set.findings()[0].ended);
}

TEST(Hits, ByDayAndSubject) {
  SettledSet set;
  set.take(std::vector<Step>{
      step(StepKind::kOpened, "1", "a", 1, 1, 3), step(StepKind::kOpened, "2", "a", 23, 4, 3),
      step(StepKind::kOpened, "3", "b", 25, 9, 3), step(StepKind::kOpened, "4", "c", 26, 2, 3)});
  const std::vector<SettledFinding> findings = set.findings();
  const auto days = hits_by_day(findings);
  ASSERT_EQ(days.size(), 2U);
  EXPECT_EQ(days.at(UtcTime{0}), 2);
  EXPECT_EQ(days.at(UtcTime{kDay.us}), 2);
  const std::vector<SubjectHits> subjects = hits_by_subject(findings);
  ASSERT_EQ(subjects.size(), 3U);
  EXPECT_EQ(subjects[0].subject, "account:s/a");
  EXPECT_EQ(subjects[0].findings, 2);
  EXPECT_EQ(subjects[0].windows, 5);
  EXPECT_EQ(subjects[1].subject, "account:s/b");  // as many findings as c, more windows
}

}  // namespace
}  // namespace tidewaiter
