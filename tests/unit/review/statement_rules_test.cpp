#include "storage/review/statement_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/review/act_rules.h"
#include "storage/review/case_statements.h"
#include "tests/unit/review/act_scene.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

/// A case with a finding of entry 1, and an exhibit of entry 10; acts come from entry 11 on.
class StatementRules : public testing::Test {
 protected:
  StatementRules() { record("jo", Exhibit{std::nullopt, 0, false}); }

  [[nodiscard]] CaseBook book() const { return *CaseBook::make(findings, acts); }
  [[nodiscard]] Case here() const { return *book().find(first); }
  [[nodiscard]] std::string refusal(const SignedAct& act) const {
    const CaseBook made = book();
    const ReportBook reports = *ReportBook::make(acts);
    const RulingBook rulings = *RulingBook::make(acts);
    const auto may = check_act(act, {&made, &reports, &rulings, scene.reviewers, 100, kMorning});
    return may ? std::string() : may.error().message;
  }
  [[nodiscard]] std::string refusal(const std::string& by, ActBody body,
                                    std::int64_t seen = 100) const {
    return refusal(scene.act(by, first, std::move(body), seen));
  }
  void record(const std::string& by, ActBody body, const std::string& about = {}) {
    acts.push_back(
        scene.recorded(next++, by, about.empty() ? first : about, std::move(body), false));
  }

  ActScene scene;
  std::vector<FindingState> findings{ActScene::finding(1, "account:g/a"),
                                     ActScene::finding(2, "account:g/b")};
  std::string first = case_id_of(findings[0]);
  std::string second = case_id_of(findings[1]);
  std::vector<RecordedAct> acts;
  std::int64_t next = 10;
  AttributionStated stated{Confidence::kModerate, {findings[0].id}, {10}};
};

TEST_F(StatementRules, LetOfficersAndApproversStateWhoIsBehindIt) {
  EXPECT_EQ(refusal("jo", stated), "");
  EXPECT_EQ(refusal("ada", stated), "");
  EXPECT_THAT(refusal("cy", stated), HasSubstr("is for officer, approver"));
  EXPECT_THAT(refusal("di", stated), HasSubstr("is for officer, approver"));
}

TEST_F(StatementRules, AskForEvidenceThatTheCaseHas) {
  stated.findings = {findings[1].id};
  EXPECT_THAT(refusal("jo", stated), HasSubstr("no finding `" + findings[1].id));
  stated = {Confidence::kLow, {}, {9}};
  EXPECT_THAT(refusal("jo", stated), HasSubstr("entry 9 is no exhibit"));
  record("jo", Commented{});  // entry 11
  stated.exhibits = {11};
  EXPECT_THAT(refusal("jo", stated), HasSubstr("entry 11 is no exhibit"));
  stated.exhibits = {10};
  EXPECT_EQ(refusal("jo", stated), "");
  findings[0].state = StepKind::kWithdrawn;
  stated = {Confidence::kLow, {findings[0].id}, {}};
  EXPECT_THAT(refusal("jo", stated), HasSubstr("was withdrawn"));
}

TEST_F(StatementRules, LetNobodyApproveTheirOwnStatement) {
  record("ada", stated);  // entry 11
  EXPECT_THAT(refusal("ada", AttributionApproved{11, true}), HasSubstr("another person"));
  EXPECT_THAT(refusal("ada", AttributionApproved{11, false}), HasSubstr("another person"));
  EXPECT_THAT(refusal("jo", AttributionApproved{11, true}), HasSubstr("is for approver"));
  EXPECT_EQ(refusal("ben", AttributionApproved{11, true}), "");
  // Under another name it is the same key.
  scene.reviewers.push_back({"eva", "approver", {}, false});
  scene.reviewers.back().verifier_key =
      format_verifier_key({"eva", scene.keys.at("ada").public_key()});
  Act act = scene.act("ada", first, AttributionApproved{11, true}).act;
  act.by = "eva";
  EXPECT_THAT(refusal(*sign_act(std::move(act), scene.keys.at("ada"))),
              HasSubstr("another person"));
}

TEST_F(StatementRules, HaveOneStatementWaitAtATime) {
  record("jo", stated);  // entry 11
  EXPECT_THAT(refusal("kim", stated), HasSubstr("`jo` has stated who is behind it"));
  record("ben", AttributionApproved{11, false});
  EXPECT_EQ(refusal("kim", stated), "");
  EXPECT_THAT(refusal("ada", AttributionApproved{11, true}), HasSubstr("is rejected already"));
  EXPECT_THAT(refusal("kim", AttributionWithdrawn{11}), HasSubstr("is rejected already"));
}

TEST_F(StatementRules, LetWhatWaitsOrHoldsBeTakenBackOnce) {
  EXPECT_THAT(refusal("jo", AttributionWithdrawn{11}), HasSubstr("does not state who is behind"));
  record("jo", stated);  // entry 11
  EXPECT_EQ(refusal("jo", AttributionWithdrawn{11}), "");
  record("ben", AttributionApproved{11, true});
  EXPECT_EQ(refusal("kim", AttributionWithdrawn{11}), "");
  EXPECT_THAT(refusal("cy", AttributionWithdrawn{11}), HasSubstr("is for officer, approver"));
  record("kim", AttributionWithdrawn{11});
  EXPECT_THAT(refusal("jo", AttributionWithdrawn{11}), HasSubstr("is withdrawn already"));
}

TEST_F(StatementRules, AskWhoeverStatesOrApprovesToHaveSeenAll) {
  EXPECT_THAT(refusal("jo", stated, 10), HasSubstr("look at it again"));
  EXPECT_EQ(refusal("jo", stated, 11), "");
  record("jo", stated);  // entry 11
  EXPECT_THAT(refusal("ada", AttributionApproved{11, true}, 11), HasSubstr("look at it again"));
  EXPECT_EQ(refusal("ada", AttributionApproved{11, true}, 12), "");
}

TEST_F(StatementRules, KnowWhereAStatementStands) {
  record("jo", stated);  // entry 11
  EXPECT_EQ(attributions_of(here()).front().state, AttributionState::kProposed);
  record("ada", AttributionApproved{11, true});
  record("ben", AttributionApproved{11, false});  // too late: it says nothing
  ASSERT_EQ(attributions_of(here()).size(), 1U);
  const Attribution held = attributions_of(here()).front();
  EXPECT_EQ(held.state, AttributionState::kHolds);
  EXPECT_EQ(held.opinion->act.act.by, "ada");
  record("kim", AttributionWithdrawn{11});
  EXPECT_EQ(attributions_of(here()).front().state, AttributionState::kWithdrawn);
}

TEST_F(StatementRules, HaveWhatIsTrueOfAMergedCaseStatedAnew) {
  record("jo", stated);  // entry 11
  record("cy", ConclusionStated{});
  record("jo", Merged{second});
  const Case other = *book().find(second);
  ASSERT_EQ(attributions_of(other).size(), 1U);
  const auto refused = [this](const std::string& by, ActBody body) {
    return refusal(scene.act(by, second, std::move(body)));
  };
  const std::string words = "is about `" + first + "` as it was: state it anew";
  EXPECT_THAT(refused("ada", AttributionApproved{11, true}), HasSubstr(words));
  EXPECT_THAT(refused("jo", AttributionWithdrawn{11}), HasSubstr(words));
  EXPECT_THAT(refused("cy", ConclusionReleased{12, "referral"}), HasSubstr(words));
  // It waits no more: another one may be stated, on what came along.
  EXPECT_EQ(refused("jo", stated), "");
  EXPECT_EQ(refused("cy", ConclusionStated{}), "");
  EXPECT_THAT(refusal("ada", AttributionApproved{11, true}), HasSubstr("goes on in"));
}

TEST_F(StatementRules, LetNobodyApproveWhatRestsOnNothingAnyMore) {
  stated.exhibits = {};
  record("jo", stated);  // entry 11
  EXPECT_EQ(refusal("ada", AttributionApproved{11, true}), "");
  findings[0].state = StepKind::kWithdrawn;
  EXPECT_THAT(refusal("ada", AttributionApproved{11, true}), HasSubstr("were withdrawn"));
  EXPECT_EQ(refusal("ada", AttributionApproved{11, false}), "");
  acts.pop_back();
  stated.exhibits = {10};
  record("jo", stated);
  EXPECT_EQ(refusal("ada", AttributionApproved{12, true}), "");
}

TEST_F(StatementRules, LetCounselAloneConclude) {
  EXPECT_EQ(refusal("cy", ConclusionStated{}), "");
  for (const char* const other : {"jo", "ada", "di"}) {
    EXPECT_THAT(refusal(other, ConclusionStated{}), HasSubstr("is for counsel")) << other;
    EXPECT_THAT(refusal(other, ConclusionReleased{11, "referral"}), HasSubstr("is for counsel"));
  }
  EXPECT_THAT(refusal("cy", ConclusionStated{}, 10), HasSubstr("look at it again"));
}

TEST_F(StatementRules, ReleaseTheLastConclusionToAKindOfReportOnce) {
  EXPECT_THAT(refusal("cy", ConclusionReleased{11, "referral"}), HasSubstr("not the last"));
  record("cy", ConclusionStated{});  // entry 11
  EXPECT_EQ(refusal("cy", ConclusionReleased{11, "referral"}), "");
  EXPECT_THAT(refusal("cy", ConclusionReleased{11, "period-summary"}), HasSubstr("about a case"));
  EXPECT_THAT(refusal("cy", ConclusionReleased{11, "letter"}), HasSubstr("about a case"));
  record("cy", ConclusionReleased{11, "referral"});
  EXPECT_THAT(refusal("cy", ConclusionReleased{11, "referral"}), HasSubstr("already"));
  EXPECT_EQ(refusal("cy", ConclusionReleased{11, "vsd-narrative"}), "");
  EXPECT_NE(conclusion_of(here())->released_to("referral"), nullptr);
  EXPECT_EQ(conclusion_of(here())->released_to("vsd-narrative"), nullptr);
  // A later one is privileged again.
  record("cy", ConclusionStated{});  // entry 13
  EXPECT_EQ(conclusion_of(here())->released_to("referral"), nullptr);
  EXPECT_THAT(refusal("cy", ConclusionReleased{11, "referral"}), HasSubstr("not the last"));
}

TEST_F(StatementRules, CallConclusionsPrivileged) {
  EXPECT_TRUE(is_privileged(scene.act("cy", first, ConclusionStated{}).act));
  EXPECT_TRUE(is_privileged(scene.act("cy", first, ConclusionReleased{11, "referral"}).act));
  EXPECT_TRUE(is_privileged(scene.act("cy", first, Commented{true}).act));
  EXPECT_FALSE(is_privileged(scene.act("cy", first, Commented{false}).act));
  EXPECT_FALSE(is_privileged(scene.act("jo", first, stated).act));
}

}  // namespace
}  // namespace tidewaiter
