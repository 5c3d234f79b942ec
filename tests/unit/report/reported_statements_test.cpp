// What people have stated about a case, as far as a report may have it.

#include "daemon/report/reported_statements.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/review/act_scene.h"

namespace tidewaiter {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

TEST(ReportedStatements, LeaveOutWhatRestsOnNothingAnyMore) {
  const ActScene scene;
  std::vector<FindingState> findings{ActScene::finding(1, "account:g/a"),
                                     ActScene::finding(2, "account:g/a")};
  const std::string id = case_id_of(findings[0]);
  const std::vector<RecordedAct> acts{
      scene.recorded(10, "jo", id,
                     AttributionStated{Confidence::kHigh, {findings[0].id, findings[1].id}, {}}),
      scene.recorded(11, "ada", id, AttributionApproved{10, true})};
  const auto here = [&] { return *CaseBook::make(findings, acts)->find(id); };
  const auto event = [&] { return statement_event(here(), acts[0].act.act, 10, true, "referral"); };
  findings[0].state = StepKind::kWithdrawn;
  EXPECT_THAT(reported_attributions(here(), {}, false), SizeIs(1));
  EXPECT_EQ(unfounded_attributions(here()), 0);
  EXPECT_TRUE(event());
  findings[1].state = StepKind::kWithdrawn;
  EXPECT_THAT(reported_attributions(here(), {}, false), IsEmpty());
  EXPECT_EQ(unfounded_attributions(here()), 1);
  EXPECT_FALSE(event());
}

}  // namespace
}  // namespace tidewaiter
