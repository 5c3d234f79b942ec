#include "storage/review/case_book.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/review/subject_names.h"
#include "storage/review/verdicts.h"
#include "tests/unit/review/act_scene.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

class CaseBookTest : public testing::Test {
 protected:
  [[nodiscard]] CaseBook book() const {
    Result<CaseBook> made = CaseBook::make(findings, acts);
    EXPECT_TRUE(made) << made.error().message;
    return *std::move(made);
  }
  void act(const std::string& by, ActBody body, bool second_needed = false,
           const std::string& about = {}) {
    acts.push_back(
        scene.recorded(next++, by, about.empty() ? first : about, std::move(body), second_needed));
  }
  [[nodiscard]] Case state() const { return *book().find(first); }

  static void expect_same(const Case& a, const Case& b, std::size_t after) {
    EXPECT_EQ(a.id, b.id) << after;
    EXPECT_EQ(a.owner, b.owner) << a.id << ' ' << after;
    EXPECT_EQ(a.state, b.state) << a.id << ' ' << after;
    EXPECT_EQ(a.decision.has_value(), b.decision.has_value()) << a.id << ' ' << after;
    EXPECT_EQ(a.second.has_value(), b.second.has_value()) << a.id << ' ' << after;
    EXPECT_EQ(a.found_since, b.found_since) << a.id << ' ' << after;
    EXPECT_EQ(a.merged_into, b.merged_into) << a.id << ' ' << after;
    EXPECT_EQ(a.split_from, b.split_from) << a.id << ' ' << after;
    EXPECT_EQ(a.entries_to(), b.entries_to()) << a.id << ' ' << after;
    EXPECT_EQ(a.acts.size(), b.acts.size()) << a.id << ' ' << after;
    EXPECT_EQ(a.findings.size(), b.findings.size()) << a.id << ' ' << after;
  }

  ActScene scene;
  std::vector<FindingState> findings{ActScene::finding(1, "account:g/a"),
                                     ActScene::finding(2, "account:g/b"),
                                     ActScene::finding(3, "account:g/a", Severity::kHigh)};
  std::vector<RecordedAct> acts;
  std::string first = case_id_of(findings[0]);
  std::string second = case_id_of(findings[1]);
  std::int64_t next = 10;
};

TEST_F(CaseBookTest, GathersTheFindingsOfASubject) {
  const CaseBook made = book();
  ASSERT_EQ(made.cases().size(), 2U);
  EXPECT_EQ(made.cases()[0].id, "c-" + findings[0].id.substr(0, 12));
  EXPECT_EQ(made.cases()[0].findings.size(), 2U);
  EXPECT_EQ(made.cases()[0].worst(), Severity::kHigh);
  EXPECT_EQ(made.cases()[0].entries_to(), 4);
  EXPECT_EQ(made.cases()[1].subject, "account:g/b");
}

TEST_F(CaseBookTest, KeepsFindingsWithoutASubjectApart) {
  findings[0].subject.clear();
  findings[1].subject.clear();
  EXPECT_EQ(book().cases().size(), 3U);
}

TEST_F(CaseBookTest, IsProposedUntilAnotherPersonApproves) {
  act("jo", Decided{Outcome::kConfirmed, {}}, true);
  EXPECT_EQ(state().state, CaseState::kProposed);
  act("ada", SecondOpinion{10, true});
  EXPECT_EQ(state().state, CaseState::kClosed);
  EXPECT_EQ(state().second->act.act.by, "ada");
}

TEST_F(CaseBookTest, IsOpenAfterARejection) {
  act("jo", Decided{Outcome::kConfirmed, {}}, true);
  act("ada", SecondOpinion{10, false});
  EXPECT_EQ(state().state, CaseState::kOpen);
  EXPECT_FALSE(state().decision);
}

TEST_F(CaseBookTest, IsClosedAtOnceWhereNobodyElseIsNeeded) {
  act("jo", Decided{Outcome::kFalsePositive, {}});
  EXPECT_EQ(state().state, CaseState::kClosed);
  act("cy", Appealed{});
  EXPECT_EQ(state().state, CaseState::kOpen);
}

TEST_F(CaseBookTest, StaysOpenWhereInformationIsMissing) {
  act("jo", Decided{Outcome::kNeedsInformation, {}});
  EXPECT_EQ(state().state, CaseState::kOpen);
  EXPECT_TRUE(state().decision);
}

TEST_F(CaseBookTest, OpensAgainForWhatIsFoundLater) {
  act("jo", Decided{Outcome::kFalsePositive, {}});
  findings.push_back(ActScene::finding(20, "account:g/a"));
  EXPECT_EQ(state().state, CaseState::kOpen);
  EXPECT_EQ(state().found_since, 1);
  findings.back().state = StepKind::kWithdrawn;
  EXPECT_EQ(state().state, CaseState::kClosed);
}

TEST_F(CaseBookTest, OpensAgainForAFindingThatSaysSomethingElseNow) {
  act("jo", Decided{Outcome::kFalsePositive, {}});
  FindingState& finding = findings[0];
  // Its run ends: no news. Then it is restated, and its run ends again, as the ledger has it.
  finding.entries.push_back(20);
  finding.state = StepKind::kClosed;
  EXPECT_EQ(state().state, CaseState::kClosed);
  finding.entries.push_back(21);
  finding.state = StepKind::kRestated;
  EXPECT_EQ(state().state, CaseState::kOpen);
  finding.entries.push_back(22);
  finding.state = StepKind::kClosed;
  EXPECT_EQ(state().state, CaseState::kOpen);
}

// A clearance about somebody else, or a new issue of a list, states all findings of a policy anew.
TEST_F(CaseBookTest, StaysAsItIsWhereAFindingIsStatedAnewAsItWas) {
  act("jo", Decided{Outcome::kFalsePositive, {}});
  const std::int64_t seen = state().entries_to();
  FindingState& finding = findings[0];
  finding.state = StepKind::kRestated;
  finding.entries.push_back(20);
  EXPECT_EQ(state().state, CaseState::kOpen);
  EXPECT_EQ(state().entries_to(), 21);
  finding.unchanged = {20};
  EXPECT_EQ(state().state, CaseState::kClosed);
  EXPECT_EQ(state().found_since, 0);
  EXPECT_EQ(state().entries_to(), seen);
  finding.state = StepKind::kClosed;
  finding.entries.push_back(21);
  EXPECT_EQ(state().state, CaseState::kClosed);
  finding.state = StepKind::kRestated;
  finding.entries.push_back(22);
  EXPECT_EQ(state().state, CaseState::kOpen);
}

TEST_F(CaseBookTest, NeedsNoOtherLookAtAProposalWhereAFindingIsStatedAnewAsItWas) {
  act("jo", Decided{Outcome::kConfirmed, {}}, true);
  const std::int64_t seen = state().entries_to();
  findings[0].state = StepKind::kRestated;
  findings[0].entries.push_back(20);
  EXPECT_EQ(state().entries_to(), 21);
  findings[0].unchanged = {20};
  EXPECT_EQ(state().state, CaseState::kProposed);
  EXPECT_EQ(state().entries_to(), seen);
}

// Whoever approves has seen all that there was.
TEST_F(CaseBookTest, IsClosedAboutWhatWasFoundBeforeTheApproval) {
  act("jo", Decided{Outcome::kConfirmed, {}}, true);
  findings.push_back(ActScene::finding(15, "account:g/a"));
  next = 20;
  act("ada", SecondOpinion{10, true});
  EXPECT_EQ(state().state, CaseState::kClosed);
}

TEST_F(CaseBookTest, KnowsWhenAnAcceptedRiskHasEnded) {
  act("jo", Decided{Outcome::kAcceptedRisk, kMorning + kDay});
  EXPECT_FALSE(state().risk_has_ended(kMorning));
  EXPECT_TRUE(state().risk_has_ended(kMorning + kDay));
}

TEST_F(CaseBookTest, GivesAllToTheCaseThatItGoesOnIn) {
  act("jo", Decided{Outcome::kConfirmed, {}}, false, second);
  act("kim", Assigned{"kim"});
  act("kim", Merged{second});
  const CaseBook made = book();
  EXPECT_EQ(made.find(first)->state, CaseState::kMerged);
  const Case& other = *made.find(second);
  EXPECT_EQ(other.findings.size(), 3U);
  EXPECT_EQ(other.acts.size(), 3U);
  EXPECT_EQ(other.state, CaseState::kOpen);  // the decision did not have these findings before it
  EXPECT_TRUE(other.owner.empty());          // kim had the other one
}

constexpr const char* kPart = "p-0123456789ab";

TEST_F(CaseBookTest, GivesWhatIsSplitOffWithItsOwnerAndClocks) {
  act("jo", Assigned{"kim"});
  act("jo", ClockStarted{"days:30", kMorning, kMorning + Duration{30 * kDay.us}});
  act("jo", CaseSplit{kPart, {findings[2].id}});
  act("jo", Assigned{"jo"});
  act("jo", Commented{}, false, kPart);
  findings.push_back(ActScene::finding(30, "account:g/a"));
  const CaseBook made = book();
  const Case& part = *made.find(kPart);
  ASSERT_EQ(part.findings.size(), 1U);
  EXPECT_EQ(part.findings[0].id, findings[2].id);
  EXPECT_EQ(part.subject, "account:g/a");
  EXPECT_EQ(part.split_from, first);
  EXPECT_EQ(part.state, CaseState::kOpen);
  EXPECT_EQ(part.owner, "kim");  // what is done about the first one later is its own
  // Entries 10 to 12, the last of which is the split, and 14.
  ASSERT_EQ(part.acts.size(), 4U);
  EXPECT_TRUE(std::holds_alternative<ClockStarted>(part.acts[1].act.act.body));
  EXPECT_EQ(part.entries_to(), 15);
  const Case& rest = *made.find(first);
  ASSERT_EQ(rest.findings.size(), 2U);  // what is found later comes here
  EXPECT_EQ(rest.findings[0].id, findings[0].id);
  EXPECT_EQ(rest.findings[1].id, findings[3].id);
  EXPECT_EQ(rest.owner, "jo");
  EXPECT_EQ(rest.entries_to(), 31);
}

TEST_F(CaseBookTest, HoldsTheDecisionAgainThatTheRestHad) {
  act("jo", Decided{Outcome::kConfirmed, {}});
  findings.push_back(ActScene::finding(20, "account:g/a"));
  EXPECT_EQ(state().state, CaseState::kOpen);
  next = 21;
  act("jo", CaseSplit{kPart, {findings[3].id}});
  const CaseBook made = book();
  EXPECT_EQ(made.find(first)->state, CaseState::kClosed);
  EXPECT_EQ(made.find(kPart)->state, CaseState::kOpen);
  EXPECT_FALSE(made.find(kPart)->decision);
}

TEST_F(CaseBookTest, HasAnActOnceWhereACaseWasSplitAndMergedAgain) {
  act("jo", Commented{});
  act("jo", CaseSplit{kPart, {findings[2].id}});
  act("jo", Merged{first}, false, kPart);
  const CaseBook made = book();
  EXPECT_EQ(made.find(kPart)->state, CaseState::kMerged);
  EXPECT_EQ(made.find(first)->findings.size(), 2U);
  EXPECT_EQ(made.find(first)->acts.size(), 3U);
}

TEST_F(CaseBookTest, UndoesAMergeByASplit) {
  act("jo", Merged{second});
  act("jo", CaseSplit{kPart, {findings[0].id}}, false, second);
  const CaseBook made = book();
  EXPECT_EQ(made.find(kPart)->subject, "account:g/a");
  EXPECT_EQ(made.find(second)->findings.size(), 2U);
}

// An erasure leaves each finding a case of its own; one that was split off is in its new one still.
TEST_F(CaseBookTest, KeepsWhatWasSplitOffTogetherWhereItsSubjectIsErased) {
  findings.push_back(ActScene::finding(4, "account:g/a"));
  std::vector<std::string> off{findings[2].id, findings[3].id};
  std::ranges::sort(off);
  act("jo", CaseSplit{kPart, off});
  for (FindingState& finding : findings) {
    if (finding.subject == "account:g/a") finding.subject.clear();
  }
  const CaseBook made = book();
  EXPECT_EQ(made.cases().size(), 3U);  // the first one, the other account's, and the part
  EXPECT_EQ(made.find(kPart)->findings.size(), 2U);
  EXPECT_TRUE(made.find(kPart)->subject.empty());
}

TEST_F(CaseBookTest, RefusesASplitOfWhatTheCaseHasNotOrIntoOneThatIsThere) {
  const auto refusal = [this] {
    const auto made = CaseBook::make(findings, acts);
    return made ? std::string() : made.error().message;
  };
  act("jo", CaseSplit{kPart, {findings[1].id}});
  EXPECT_THAT(refusal(), HasSubstr("that the case has not"));
  acts.clear();
  act("jo", CaseSplit{kPart, {findings[2].id}});
  act("jo", CaseSplit{kPart, {findings[0].id}});
  EXPECT_THAT(refusal(), HasSubstr("there already"));
}

// By another way to the same: a book of all, and one to which they are added.
TEST_F(CaseBookTest, IsTheSameWhereActsAreAddedOneByOne) {
  findings.push_back(ActScene::finding(15, "account:g/a"));
  const std::string lead = "l-00000000000a";
  act("jo", Assigned{"kim"});
  act("jo", Decided{Outcome::kConfirmed, {}}, true);
  act("ada", SecondOpinion{11, true});
  act("cy", Appealed{});
  act("jo", CaseSplit{kPart, {findings[2].id}});
  act("jo", Assigned{"jo"}, false, kPart);
  act("jo", LeadReceived{kMorning, "TLP:RED", 1, {}}, false, lead);
  act("jo", Merged{lead}, false, second);
  act("jo", Decided{Outcome::kFalsePositive, {}}, false, kPart);
  act("jo", Commented{}, false, kPart);
  act("cy", Appealed{}, false, kPart);
  act("jo", Merged{first}, false, kPart);
  act("jo",
      ReportDrafted{"referral", first, kMorning, kMorning + kDay, "facts", "TLP:RED", true, 0,
                    sha256("m")},
      false, "r-0123456789ab");
  Result<CaseBook> grown = CaseBook::make(findings, {});
  ASSERT_TRUE(grown);
  for (std::size_t i = 0; i < acts.size(); ++i) {
    ASSERT_TRUE(grown->add(acts[i]));
    const Result<CaseBook> made =
        CaseBook::make(findings, {acts.begin(), acts.begin() + static_cast<std::ptrdiff_t>(i) + 1});
    ASSERT_TRUE(made);
    ASSERT_EQ(grown->cases().size(), made->cases().size()) << i;
    for (std::size_t j = 0; j < made->cases().size(); ++j) {
      expect_same(grown->cases()[j], made->cases()[j], i);
      EXPECT_EQ(grown->find(made->cases()[j].id), &grown->cases()[j]);
    }
    for (const RecordedAct& one : acts) {
      const Digest digest = *act_digest(one.act.act);
      EXPECT_EQ(grown->has_act(digest), made->has_act(digest)) << i;
    }
  }
}

TEST_F(CaseBookTest, OpensACaseForALead) {
  act("jo", LeadReceived{kMorning, "TLP:RED", 1, {}}, false, "l-00000000000a");
  const CaseBook made = book();
  const Case* const lead = made.find("l-00000000000a");
  ASSERT_NE(lead, nullptr);
  EXPECT_EQ(lead->state, CaseState::kOpen);
}

TEST_F(CaseBookTest, RefusesAnActAboutNoCase) {
  act("jo", Commented{}, false, "c-ffffffffffff");
  const auto made = CaseBook::make(findings, acts);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kCorruption);
}

TEST_F(CaseBookTest, CountsVerdictsByVersionOfAPolicy) {
  findings[1].policy_version = 2;
  act("jo", Decided{Outcome::kFalsePositive, {}});
  act("jo", Decided{Outcome::kConfirmed, {}}, true, second);
  findings.push_back(ActScene::finding(30, "account:g/a"));
  auto verdicts = verdicts_by_version(book(), "test.volume");
  EXPECT_EQ(verdicts[0], (Verdicts{.false_positive = 2, .undecided = 1, .cases_decided = 1}));
  EXPECT_EQ(verdicts[2], (Verdicts{.undecided = 1}));  // nobody has approved it yet
  act("ada", SecondOpinion{11, true}, false, second);
  EXPECT_EQ(verdicts_by_version(book(), "test.volume")[2],
            (Verdicts{.confirmed = 1, .cases_decided = 1}));
  EXPECT_TRUE(verdicts_by_version(book(), "test.other").empty());
}

TEST_F(CaseBookTest, TellsWhatWasDecidedOfEachFinding) {
  EXPECT_TRUE(outcomes_of(book()).empty());
  act("jo", Decided{Outcome::kFalsePositive, {}});
  act("jo", Decided{Outcome::kConfirmed, {}}, true, second);  // waits
  findings.push_back(ActScene::finding(30, "account:g/a"));   // news
  const CaseBook made = book();
  FindingOutcomes expected;
  for (const FindingState& finding : made.find(first)->findings) {
    if (finding.id != findings.back().id) expected.emplace(finding.id, Outcome::kFalsePositive);
  }
  EXPECT_EQ(expected.size(), 2U);
  EXPECT_EQ(outcomes_of(made), expected);
}

TEST(SubjectNames, AreTheWholeAndWhatItEndsIn) {
  EXPECT_THAT(subject_names("account:gateway/a/b"),
              testing::ElementsAre("account:gateway/a/b", "gateway/a/b", "a/b", "b"));
  EXPECT_THAT(subject_names(""), testing::IsEmpty());
}

TEST_F(CaseBookTest, IsLookedUpByTheBeginningOfItsDigits) {
  const CaseBook made = book();
  EXPECT_EQ((*made.lookup(first.substr(0, 6)))->id, first);
  EXPECT_EQ((*made.lookup(first.substr(2, 4)))->id, first);
  EXPECT_THAT(made.lookup("c-").error().message, HasSubstr("several"));
  EXPECT_THAT(made.lookup("zz").error().message, HasSubstr("no case begins"));
}

}  // namespace
}  // namespace tidewaiter
