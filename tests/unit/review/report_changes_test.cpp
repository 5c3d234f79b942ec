#include "storage/review/report_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/review/act_scene.h"

namespace tidewaiter {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

/// A finding of one account by entry 1, as a report that was drawn at entry 10 has it.
class ReportChanges : public testing::Test {
 protected:
  [[nodiscard]] std::vector<ChangedFinding> changes() const {
    const Result<CaseBook> book = CaseBook::make({finding}, acts);
    EXPECT_TRUE(book);
    return changed_findings({&cited, 1}, FindingPlaces(*book));
  }
  void decide(Outcome outcome, std::int64_t index) {
    acts.push_back(scene.recorded(index, "jo", case_id_of(finding), Decided{outcome, {}}));
  }
  /// A report of entry 10 that had seen ten entries, as it stands after `more`.
  [[nodiscard]] ReportFile report(const std::vector<RecordedAct>& more) const {
    ReportDrafted draft;
    draft.kind = "partner-notice";
    draft.about = case_id_of(finding);
    draft.to = kMorning;
    std::vector<RecordedAct> all{
        of("li", "r-0123456789ab", draft, 10, 10),
        of("ada", "r-0123456789ab", ReportApproved{10, true, false}, 11),
        of("li", "r-0123456789ab", ReportIssued{10, 0, draft.manifest}, 12)};
    all.insert(all.end(), more.begin(), more.end());
    return *ReportBook::make(all)->find("r-0123456789ab");
  }
  [[nodiscard]] RecordedAct of(const std::string& by, const std::string& id, ActBody body,
                               std::int64_t index, std::int64_t seen = 100) const {
    return {index, kMorning, scene.act(by, id, std::move(body), seen), false};
  }
  /// Another report, which follows the first and had seen `seen` entries.
  [[nodiscard]] std::vector<RecordedAct> follower(FollowingAs as, std::int64_t seen) const {
    ReportDrafted draft;
    draft.kind = "partner-notice";
    draft.to = kMorning;
    draft.follows = ReportFollows{as, "r-0123456789ab", {}};
    return {of("li", "r-ba9876543210", draft, 30, seen),
            of("ada", "r-ba9876543210", ReportApproved{30, true, false}, 31),
            of("li", "r-ba9876543210", ReportIssued{30, 0, {}}, 32)};
  }
  [[nodiscard]] std::vector<ChangedFinding> unanswered(const std::vector<RecordedAct>& more,
                                                       const std::vector<std::int64_t>& erased = {
                                                           5, 25}) const {
    return unanswered_changes(report(more), changes(), erased);
  }

  ReportChanges() { scene.enrol("li", "liaison"); }

  ActScene scene;
  FindingState finding = ActScene::finding(1, "account:x/1");
  CitedFinding cited{finding.id, "potential violation", false, 1};
  std::vector<RecordedAct> acts;
};

TEST_F(ReportChanges, NothingChangesWhereTheRunEndsOrSomebodyComments) {
  EXPECT_THAT(changes(), IsEmpty());
  finding.state = StepKind::kClosed;
  finding.entries = {1, 20};
  acts.push_back(scene.recorded(21, "jo", case_id_of(finding), Commented{false}));
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(ReportChanges, NothingChangesWhereAFindingIsStatedAnewAsItWas) {
  finding.state = StepKind::kRestated;
  finding.entries = {1, 20};
  ASSERT_THAT(unanswered({}), SizeIs(1));
  EXPECT_EQ(unanswered({})[0].change, FindingChange::kRestated);
  finding.unchanged = {20};
  EXPECT_THAT(changes(), IsEmpty());
  EXPECT_THAT(unanswered({}), IsEmpty());
  // What was answered stays so.
  finding.entries = {1, 15, 20};
  ASSERT_THAT(changes(), SizeIs(1));
  EXPECT_EQ(changes()[0].entry, 15);
  EXPECT_THAT(unanswered(follower(FollowingAs::kSupplements, 16)), IsEmpty());
}

TEST_F(ReportChanges, TellsWhatAFindingWasAndIs) {
  decide(Outcome::kFalsePositive, 20);
  ASSERT_THAT(changes(), SizeIs(1));
  EXPECT_EQ(changes()[0].change, FindingChange::kDecided);
  EXPECT_EQ(changes()[0].was, "potential violation");
  EXPECT_EQ(changes()[0].is, "false positive");
  EXPECT_EQ(changes()[0].entry, 20);
  finding.state = StepKind::kRestated;
  finding.entries = {1, 22};
  ASSERT_THAT(changes(), SizeIs(1));
  EXPECT_EQ(changes()[0].change, FindingChange::kRestated);
  EXPECT_EQ(changes()[0].entry, 22);
  finding.state = StepKind::kWithdrawn;
  EXPECT_EQ(changes()[0].change, FindingChange::kWithdrawn);
  EXPECT_EQ(changes()[0].is, "withdrawn");
  finding.subject.clear();
  EXPECT_EQ(changes()[0].change, FindingChange::kErased);
  cited = {finding.id, "withdrawn", true, 22};
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(ReportChanges, AMergedCaseDecidesElsewhere) {
  FindingState other = ActScene::finding(2, "account:x/2");
  acts.push_back(scene.recorded(20, "jo", case_id_of(finding), Merged{case_id_of(other)}));
  acts.push_back(
      scene.recorded(21, "jo", case_id_of(other), Decided{Outcome::kConfirmed, std::nullopt}));
  const Result<CaseBook> book = CaseBook::make({finding, other}, acts);
  const auto changed = changed_findings({&cited, 1}, FindingPlaces(*book));
  ASSERT_THAT(changed, SizeIs(1));
  EXPECT_EQ(changed[0].is, "confirmed violation");
  EXPECT_EQ(changed[0].entry, 21);
}

TEST_F(ReportChanges, ACorrectionAndAWithdrawalAnswerAll) {
  decide(Outcome::kFalsePositive, 20);
  EXPECT_THAT(unanswered({}), SizeIs(1));
  EXPECT_THAT(unanswered(follower(FollowingAs::kCorrects, 0)), IsEmpty());
  std::vector<RecordedAct> withdrawn{of("li", "r-0123456789ab", ReportWithdrawn{12, {}}, 40)};
  EXPECT_THAT(unanswered(withdrawn), SizeIs(1));
  withdrawn.push_back(of("ada", "r-0123456789ab", ReportApproved{40, true, false}, 41));
  EXPECT_THAT(unanswered(withdrawn), IsEmpty());
}

TEST_F(ReportChanges, ASupplementAnswersWhatItHadSeen) {
  decide(Outcome::kFalsePositive, 20);
  EXPECT_THAT(unanswered(follower(FollowingAs::kSupplements, 20)), SizeIs(1));
  EXPECT_THAT(unanswered(follower(FollowingAs::kSupplements, 21)), IsEmpty());
  // Any erasure may be that of this finding's subject; the last one is that of entry 25.
  acts.clear();
  finding.subject.clear();
  EXPECT_THAT(unanswered(follower(FollowingAs::kSupplements, 25)), SizeIs(1));
  EXPECT_THAT(unanswered(follower(FollowingAs::kSupplements, 26)), IsEmpty());
}

TEST_F(ReportChanges, ADecisionAfterARestatementThatASupplementSawIsNoAnsweredOne) {
  finding.state = StepKind::kRestated;
  finding.entries = {1, 20};
  const auto supplement = follower(FollowingAs::kSupplements, 30);
  EXPECT_THAT(unanswered(supplement), IsEmpty());
  decide(Outcome::kFalsePositive, 40);
  ASSERT_THAT(unanswered(supplement), SizeIs(1));
  EXPECT_EQ(unanswered(supplement)[0].change, FindingChange::kRestated);
  EXPECT_EQ(unanswered(supplement)[0].is, "false positive");
  EXPECT_EQ(unanswered(supplement)[0].entry, 40);
  // Nor is one after an erasure that it saw.
  finding.subject.clear();
  ASSERT_THAT(unanswered(supplement), SizeIs(1));
  EXPECT_EQ(unanswered(supplement)[0].change, FindingChange::kErased);
  EXPECT_EQ(unanswered(supplement)[0].entry, 40);
}

TEST_F(ReportChanges, TheEndOfARunOpensNoAnsweredChangeAgain) {
  decide(Outcome::kFalsePositive, 20);
  const auto supplement = follower(FollowingAs::kSupplements, 30);
  EXPECT_THAT(unanswered(supplement), IsEmpty());
  finding.state = StepKind::kClosed;
  finding.entries = {1, 40};
  EXPECT_THAT(unanswered(supplement), IsEmpty());
  // A restatement between is news: of entry 35, which the supplement had not seen.
  finding.entries = {1, 35, 40};
  ASSERT_THAT(unanswered(supplement), SizeIs(1));
  EXPECT_EQ(unanswered(supplement)[0].entry, 35);
}

TEST_F(ReportChanges, AnErasureAfterASupplementIsNotAnsweredByIt) {
  finding.subject.clear();
  const auto supplement = follower(FollowingAs::kSupplements, 30);
  EXPECT_THAT(unanswered(supplement, {20}), IsEmpty());
  EXPECT_THAT(unanswered(supplement, {20, 40}), SizeIs(1));
  EXPECT_THAT(unanswered({}, {20}), SizeIs(1));
}

}  // namespace
}  // namespace tidewaiter
