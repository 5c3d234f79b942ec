#include <algorithm>
#include <map>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/review/act_rules.h"
#include "storage/review/case_clocks.h"
#include "storage/review/case_statements.h"
#include "storage/review/regrouping_rules.h"
#include "tests/unit/review/act_scene.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// Findings about clusters `a`, `b` and `m` by entries 1, 2, …; acts come from entry 20 on. The
/// records that an entry names are those of `named`.
class RegroupingTest : public testing::Test {
 protected:
  std::string found(const std::string& subject) {
    FindingState one = ActScene::finding(static_cast<std::int64_t>(findings.size()) + 1, subject);
    findings.push_back(one);
    return one.id;
  }
  FindingState& finding(const std::string& id) {
    return *std::ranges::find(findings, id, &FindingState::id);
  }
  void take_over(const std::string& id, const std::string& taker) {
    finding(id).state = StepKind::kWithdrawn;
    finding(id).reason = "merged:" + taker;
    finding(id).entries.push_back(next++);
  }
  /// What an entry of the program says, whether the rules would have it so or not.
  void say(bool splits, const std::string& from, const std::string& into) {
    said.push_back(
        {next++, kMorning, {splits, from, into, findings[0].id, findings[1].id, true, {}}});
  }
  std::string case_of(const std::string& id) { return case_id_of(finding(id)); }
  void act(const std::string& by, const std::string& about, ActBody body) {
    acts.push_back(scene.recorded(next++, by, about, std::move(body)));
  }
  [[nodiscard]] CaseBook book() const {
    auto made = CaseBook::make(findings, acts, said);
    EXPECT_TRUE(made) << made.error().message;
    return *std::move(made);
  }
  [[nodiscard]] Case state(const std::string& id) const { return *book().find(id); }
  [[nodiscard]] std::vector<Regrouping> due() const {
    const auto all = regroupings_due(
        book(), said, [this](std::int64_t entry) -> Result<std::vector<std::int64_t>> {
          const auto found = named.find(entry);
          return found == named.end() ? std::vector<std::int64_t>() : found->second;
        });
    EXPECT_TRUE(all);
    return *all;
  }
  /// Records what is due until nothing is, as the program does; says how much.
  std::size_t follow() {
    std::size_t count = 0;
    for (auto now = due(); !now.empty(); now = due()) {
      for (const Regrouping& one : now) said.push_back({next++, kMorning, one});
      count += now.size();
      if (count > 20) break;
    }
    return count;
  }

  ActScene scene;
  std::vector<FindingState> findings;
  std::vector<RecordedAct> acts;
  std::vector<RecordedRegrouping> said;
  std::map<std::int64_t, std::vector<std::int64_t>> named;  ///< by entry
  std::int64_t next = 20;
};

TEST_F(RegroupingTest, MergesTheCasesOfClustersThatHaveBecomeOne) {
  const std::string a = found("cluster:g/a");
  const std::string b = found("cluster:g/b");
  const std::string into = case_of(a);
  const std::string from = case_of(b);
  EXPECT_EQ(follow(), 0U);
  take_over(b, a);
  ASSERT_EQ(follow(), 1U);
  EXPECT_EQ(said[0].what, (Regrouping{false, from, into, b, a, true, ""}));
  EXPECT_EQ(state(from).state, CaseState::kMerged);
  EXPECT_EQ(state(from).merged_into, into);
  EXPECT_THAT(state(into).findings, SizeIs(2));
  EXPECT_EQ(follow(), 0U);  // once
}

TEST_F(RegroupingTest, KeepsTheEarliestClockAndEveryOwnersHistory) {
  const std::string a = found("cluster:g/a");
  const std::string b = found("cluster:g/b");
  const UtcTime day = align_down(kMorning, kDay);
  act("jo", case_of(a), ClockStarted{"days:30", day, day + Duration{30 * kDay.us}});
  act("kim", case_of(b), ClockStarted{"days:10", day, day + Duration{10 * kDay.us}});
  act("ada", case_of(b), Assigned{"kim"});
  act("kim", case_of(b), Commented{});
  take_over(b, a);
  ASSERT_EQ(follow(), 1U);
  const Case into = state(case_of(a));
  const CaseBook cases = book();
  const ReportBook reports = *ReportBook::make(acts);
  EXPECT_EQ(CaseClocks(cases, reports).first_open(into)->rule, "days:10");
  EXPECT_THAT(into.acts, SizeIs(4));
  EXPECT_EQ(into.owner, "kim");  // it was nobody's
  EXPECT_EQ(into.acts[2].act.act.case_id, case_of(b));
}

TEST_F(RegroupingTest, LeavesTheOwnerWhereThereIsOne) {
  const std::string a = found("cluster:g/a");
  const std::string b = found("cluster:g/b");
  act("ada", case_of(a), Assigned{"jo"});
  act("ada", case_of(b), Assigned{"kim"});
  take_over(b, a);
  ASSERT_EQ(follow(), 1U);
  EXPECT_EQ(state(case_of(a)).owner, "jo");
}

TEST_F(RegroupingTest, AsksPeopleOnceWhereSomebodyHasDecided) {
  const std::string a = found("cluster:g/a");
  const std::string b = found("cluster:g/b");
  const std::string c = found("cluster:g/b");
  act("jo", case_of(a), Decided{Outcome::kFalsePositive, {}});
  take_over(b, a);
  take_over(c, a);
  ASSERT_EQ(follow(), 1U);
  EXPECT_FALSE(said[0].what.done);
  EXPECT_THAT(said[0].what.because, HasSubstr("has decided"));
  EXPECT_EQ(state(case_of(b)).state, CaseState::kOpen);
  EXPECT_EQ(state(case_of(a)).state, CaseState::kClosed);
  EXPECT_THAT(state(case_of(b)).regroupings, SizeIs(1));
}

TEST_F(RegroupingTest, AsksPeopleWhereADecisionWasRejectedOrAppealedAgainst) {
  const std::string a = found("cluster:g/a");
  const std::string b = found("cluster:g/b");
  act("jo", case_of(b), Decided{Outcome::kConfirmed, {}});
  act("kim", case_of(b), Appealed{});
  take_over(b, a);
  ASSERT_EQ(follow(), 1U);
  EXPECT_FALSE(said[0].what.done);
}

TEST_F(RegroupingTest, AsksPeopleWhereSomethingIsPrivileged) {
  const std::string a = found("cluster:g/a");
  const std::string b = found("cluster:g/b");
  act("cy", case_of(b), Commented{true});
  take_over(b, a);
  ASSERT_EQ(follow(), 1U);
  EXPECT_FALSE(said[0].what.done);
  EXPECT_THAT(said[0].what.because, HasSubstr("privileged"));
}

TEST_F(RegroupingTest, AsksPeopleWhereItIsStatedWhoIsBehindOne) {
  const std::string a = found("cluster:g/a");
  const std::string b = found("cluster:g/b");
  act("jo", case_of(a), AttributionStated{Confidence::kHigh, {a}, {}});  // 20
  take_over(b, a);
  ASSERT_EQ(due().size(), 1U);
  EXPECT_FALSE(due()[0].done);
  EXPECT_THAT(due()[0].because, HasSubstr("who is behind one of them"));
  act("ada", case_of(a), AttributionApproved{20, true});
  EXPECT_FALSE(due()[0].done);
  act("jo", case_of(a), AttributionWithdrawn{20});
  EXPECT_TRUE(due()[0].done);
}

TEST_F(RegroupingTest, AsksBeforeWhatWasDoneComesToACaseThatIsThereAlready) {
  const std::string x = found("cluster:g/x");  // entry 1
  const std::string y = found("cluster:g/y");  // entry 2
  named = {{1, {5, 6}}};
  act("cy", case_of(y), ConclusionStated{});
  act("jo", case_of(x), Commented{});
  findings.push_back(ActScene::finding(3, "cluster:g/y"));
  named[3] = {6, 8};
  ASSERT_EQ(follow(), 1U);
  EXPECT_TRUE(said[0].what.splits);
  EXPECT_FALSE(said[0].what.done);
  EXPECT_THAT(said[0].what.because, HasSubstr("privileged"));
  EXPECT_THAT(state(case_of(y)).acts, SizeIs(1));
}

TEST_F(RegroupingTest, AsksBeforeAnOldCaseOfNobodysGetsWhatWasDecidedAboutAnother) {
  const std::string x = found("cluster:g/x");  // entry 1
  found("cluster:g/y");                        // entry 2
  named = {{1, {5, 6}}};
  act("jo", case_of(x), Decided{Outcome::kConfirmed, {}});
  findings.push_back(ActScene::finding(3, "cluster:g/y"));
  named[3] = {6, 8};
  ASSERT_EQ(follow(), 1U);
  EXPECT_FALSE(said[0].what.done);
  EXPECT_THAT(said[0].what.because, HasSubstr("has decided"));
}

TEST_F(RegroupingTest, PartsTwoCasesOnce) {
  found("cluster:g/a");                        // entry 1
  const std::string m = found("cluster:g/m");  // entry 2
  named = {{1, {5, 6, 7}}, {2, {7}}, {3, {6}}};
  ASSERT_EQ(follow(), 1U);
  findings.push_back(ActScene::finding(3, "cluster:g/m"));
  EXPECT_EQ(follow(), 0U);
  EXPECT_THAT(state(case_of(m)).findings, SizeIs(2));
}

TEST_F(RegroupingTest, LeavesAccountsAndCasesThatPeopleHaveMergedAlone) {
  const std::string a = found("account:g/a");
  const std::string b = found("account:g/b");
  take_over(b, a);
  EXPECT_EQ(follow(), 0U);
  const std::string c = found("cluster:g/c");
  const std::string d = found("cluster:g/d");
  act("jo", case_of(d), Merged{case_of(c)});
  take_over(d, c);
  EXPECT_EQ(follow(), 0U);
}

TEST_F(RegroupingTest, FollowsAChainOneAfterTheOther) {
  const std::string a = found("cluster:g/a");
  const std::string b = found("cluster:g/b");
  const std::string c = found("cluster:g/c");
  take_over(c, b);
  take_over(b, a);
  EXPECT_EQ(follow(), 2U);
  EXPECT_EQ(state(case_of(c)).state, CaseState::kMerged);
  EXPECT_EQ(state(case_of(b)).state, CaseState::kMerged);
  EXPECT_THAT(state(case_of(a)).findings, SizeIs(3));
  EXPECT_THAT(said, testing::Each(testing::Field(&RecordedRegrouping::what,
                                                 testing::Field(&Regrouping::done, true))));
}

TEST_F(RegroupingTest, BeginsTheCaseOfAPartWithAReferenceAndAllThatWasDone) {
  const std::string a = found("cluster:g/a");  // entry 1
  act("ada", case_of(a), Assigned{"kim"});
  act("jo", case_of(a), Decided{Outcome::kConfirmed, {}});
  const std::string m = found("cluster:g/m");  // entry 2
  named = {{1, {5, 6, 7}}, {2, {7}}};
  ASSERT_EQ(follow(), 1U);
  EXPECT_EQ(said[0].what, (Regrouping{true, case_of(a), case_of(m), m, a, true, ""}));
  const Case part = state(case_of(m));
  EXPECT_EQ(part.split_from, case_of(a));
  EXPECT_EQ(part.owner, "kim");
  EXPECT_EQ(part.state, CaseState::kOpen);  // it is decided apart
  EXPECT_THAT(part.acts, SizeIs(2));
  EXPECT_EQ(state(case_of(a)).state, CaseState::kClosed);
  EXPECT_EQ(follow(), 0U);
}

TEST_F(RegroupingTest, SeesNoPartWhereNoRecordWasInTheOtherClusterBefore) {
  found("cluster:g/a");  // entry 1
  found("cluster:g/m");  // entry 2
  named = {{1, {5, 6}}, {2, {7}}};
  EXPECT_EQ(follow(), 0U);
  // Of another policy.
  named = {{1, {7}}, {2, {7}}};
  findings[1].policy = "test.other";
  EXPECT_EQ(follow(), 0U);
}

TEST_F(RegroupingTest, TakesAClusterUnderAnotherNameForNoPart) {
  const std::string b = found("cluster:g/b");  // entry 1
  const std::string a = found("cluster:g/a");  // entry 2, a lesser account came to it
  named = {{1, {5, 6}}, {2, {5, 6, 9}}};
  take_over(b, a);
  ASSERT_EQ(follow(), 1U);
  EXPECT_FALSE(said[0].what.splits);
  EXPECT_EQ(state(case_of(b)).merged_into, case_of(a));
}

TEST_F(RegroupingTest, LetsWhatWentAlongGoByItselfAgain) {
  const std::string a = found("cluster:g/a");  // entry 1
  const std::string b = found("cluster:g/b");  // entry 2
  named = {{1, {5}}, {2, {6}}, {3, {5, 6}}};
  finding(a).entries.push_back(3);  // restated, with b's records
  take_over(b, a);
  ASSERT_EQ(follow(), 1U);
  act("kim", case_of(a), Commented{});
  findings.push_back(ActScene::finding(4, "cluster:g/b"));
  const std::string again = findings.back().id;
  named[4] = {6};
  ASSERT_EQ(follow(), 1U);
  EXPECT_EQ(said[1].what, (Regrouping{true, case_of(a), case_of(b), again, a, true, ""}));
  EXPECT_EQ(state(case_of(b)).state, CaseState::kOpen);
  EXPECT_THAT(state(case_of(b)).findings, SizeIs(2));
  EXPECT_THAT(state(case_of(b)).acts, SizeIs(1));  // what was done meanwhile
  ASSERT_THAT(state(case_of(a)).findings, SizeIs(1));
  EXPECT_EQ(state(case_of(a)).findings[0].id, a);
  // And together once more.
  take_over(again, a);
  ASSERT_EQ(follow(), 1U);
  EXPECT_EQ(state(case_of(b)).state, CaseState::kMerged);
  EXPECT_THAT(state(case_of(a)).findings, SizeIs(3));
}

TEST_F(RegroupingTest, PutsNothingTogetherAgainForWhatWasKnownWhenItParted) {
  const std::string a = found("cluster:g/a");   // entry 1
  const std::string b1 = found("cluster:g/b");  // entry 2
  const std::string b2 = found("cluster:g/b");  // entry 3
  named = {{1, {5}}, {2, {6}}, {3, {6}}, {4, {5, 6}}};
  finding(a).entries.push_back(4);  // restated, with b's records
  take_over(b1, a);
  take_over(b2, a);
  ASSERT_EQ(follow(), 1U);
  findings.push_back(ActScene::finding(5, "cluster:g/b"));
  const std::string again = findings.back().id;
  named[5] = {6};
  ASSERT_EQ(follow(), 1U);
  EXPECT_TRUE(said[1].what.splits);
  EXPECT_EQ(state(case_of(b1)).state, CaseState::kOpen);
  EXPECT_EQ(follow(), 0U);
  take_over(again, a);  // which is news
  ASSERT_EQ(follow(), 1U);
  EXPECT_EQ(state(case_of(b1)).state, CaseState::kMerged);
}

TEST_F(RegroupingTest, PutsNothingTogetherAgainThatAPersonHasSplit) {
  const std::string a1 = found("cluster:g/a");
  const std::string a2 = found("cluster:g/a");
  const std::string b1 = found("cluster:g/b");
  const std::string b2 = found("cluster:g/b");
  const std::string b3 = found("cluster:g/b");
  take_over(b1, a1);
  take_over(b2, a2);
  take_over(b3, a2);
  ASSERT_EQ(follow(), 1U);
  act("jo", case_of(a1), CaseSplit{"p-0123456789ab", {a2}});
  EXPECT_EQ(follow(), 0U);
  EXPECT_EQ(state("p-0123456789ab").state, CaseState::kOpen);
}

TEST_F(RegroupingTest, LetsNobodyBeBehindWhatAPersonBringsTogetherWithACase) {
  const std::string tiny = found("cluster:g/a");
  const std::string big = found("cluster:g/b");
  act("jo", case_of(tiny), AttributionStated{Confidence::kHigh, {tiny}, {}});  // 20
  act("ada", case_of(tiny), AttributionApproved{20, true});
  EXPECT_EQ(attributions_of(state(case_of(tiny)))[0].state, AttributionState::kHolds);
  const auto merged = [&](const std::string& from, const std::string& into) {
    acts.resize(2);
    act("jo", case_of(from), Merged{case_of(into)});
    for (const std::string& id : {tiny, big}) {
      for (const Attribution& one : attributions_of(state(case_of(id)))) {
        EXPECT_EQ(one.state, AttributionState::kLapsed) << id;
        EXPECT_EQ(one.about(), case_of(tiny));
      }
    }
  };
  merged(tiny, big);
  EXPECT_THAT(attributions_of(state(case_of(big))), SizeIs(1));  // it is shown
  merged(big, tiny);
}

TEST_F(RegroupingTest, LetsNobodyBeBehindWhatTheProgramBringsTogetherWithACase) {
  const std::string a = found("cluster:g/a");
  const std::string b = found("cluster:g/b");
  act("jo", case_of(a), AttributionStated{Confidence::kHigh, {a}, {}});  // 20
  act("ada", case_of(a), AttributionApproved{20, true});
  const auto stands = [&](const std::string& id) {
    return attributions_of(state(case_of(id)))[0].state;
  };
  say(false, case_of(a), case_of(b));
  EXPECT_EQ(stands(b), AttributionState::kLapsed);
  // Nor when it goes by itself again: in between nobody could take it back.
  say(true, case_of(b), case_of(a));
  EXPECT_EQ(stands(a), AttributionState::kLapsed);
  said.clear();
  say(false, case_of(b), case_of(a));
  EXPECT_EQ(stands(a), AttributionState::kLapsed);
  // Stated anew about what it is now.
  act("jo", case_of(a), AttributionStated{Confidence::kHigh, {a, b}, {}});
  act("ada", case_of(a), AttributionApproved{next - 1, true});
  EXPECT_EQ(attributions_of(state(case_of(a)))[1].state, AttributionState::kHolds);
}

TEST_F(RegroupingTest, TakesNoStatementAlongWithAPart) {
  const std::string a = found("cluster:g/a");
  const std::string m = found("cluster:g/m");
  const std::string n = found("cluster:g/a");
  act("jo", case_of(a), AttributionStated{Confidence::kHigh, {a}, {}});  // 20
  act("ada", case_of(a), AttributionApproved{20, true});
  act("cy", case_of(a), ConclusionStated{});  // 22
  act("cy", case_of(a), ConclusionReleased{22, "referral"});
  say(true, case_of(a), case_of(m));
  act("jo", case_of(a), CaseSplit{"p-0123456789ab", {n}});
  EXPECT_EQ(attributions_of(state(case_of(a)))[0].state, AttributionState::kHolds);
  EXPECT_NE(conclusion_of(state(case_of(a)))->released_to("referral"), nullptr);
  for (const std::string& part : {case_of(m), std::string("p-0123456789ab")}) {
    EXPECT_EQ(attributions_of(state(part))[0].state, AttributionState::kLapsed);
    EXPECT_TRUE(conclusion_of(state(part))->lapsed);
    EXPECT_EQ(conclusion_of(state(part))->released_to("referral"), nullptr);
  }
  // Taken back, it holds nowhere.
  act("kim", case_of(a), AttributionWithdrawn{20});
  EXPECT_EQ(attributions_of(state(case_of(a)))[0].state, AttributionState::kWithdrawn);
  for (const std::string& part : {case_of(m), std::string("p-0123456789ab")}) {
    EXPECT_EQ(attributions_of(state(part))[0].state, AttributionState::kLapsed);
  }
}

TEST_F(RegroupingTest, LeavesACaseItsOwnConclusion) {
  const std::string x = found("cluster:g/x");
  const std::string y = found("cluster:g/y");
  act("cy", case_of(y), ConclusionStated{});  // 20
  act("cy", case_of(y), ConclusionReleased{20, "referral"});
  act("cy", case_of(x), ConclusionStated{});  // 22
  say(true, case_of(x), case_of(y));
  const auto conclusion = conclusion_of(state(case_of(y)));
  EXPECT_EQ(conclusion->stated.index, 20);
  EXPECT_FALSE(conclusion->lapsed);
  EXPECT_NE(conclusion->released_to("referral"), nullptr);
}

TEST_F(RegroupingTest, LeavesAFindingWhereAPersonHasPutIt) {
  const std::string a = found("cluster:g/a");
  const std::string b = found("cluster:g/b");
  const std::string f = found("cluster:g/a");
  say(false, case_of(a), case_of(b));
  act("jo", case_of(b), CaseSplit{"p-0123456789ab", {f}});
  say(true, case_of(b), case_of(a));
  EXPECT_THAT(state("p-0123456789ab").findings, SizeIs(1));
  ASSERT_THAT(state(case_of(a)).findings, SizeIs(1));
  EXPECT_EQ(state(case_of(a)).findings[0].id, a);
  EXPECT_THAT(state(case_of(b)).findings, SizeIs(1));
}

/// Whatever entries say, no finding is worked on in two cases, and none in none.
TEST_F(RegroupingTest, HasEachFindingInOneCaseThatIsNotMerged) {
  std::mt19937 random(53);  // NOLINT(cert-msc51-cpp): the same ledgers each time
  const auto below = [&random](std::size_t most) { return random() % most; };
  for (int ledger = 0; ledger < 60; ++ledger) {
    findings.clear();
    acts.clear();
    said.clear();
    next = 20;
    for (const char* const subject : {"a", "b", "c", "a", "b", "c", "a", "b", "c"}) {
      found(std::string("cluster:g/") + subject);
    }
    int parts = 0;
    for (int step = 0; step < 10; ++step) {
      const CaseBook now = book();
      const Case& from = now.cases()[below(now.cases().size())];
      const Case& into = now.cases()[below(now.cases().size())];
      if (below(3) != 0 && &from != &into) {
        say(below(2) == 0, from.id, into.id);
      } else if (from.state == CaseState::kMerged || into.state == CaseState::kMerged) {
        continue;
      } else if (&from != &into && below(4) == 0) {
        act("jo", from.id, Merged{into.id});
      } else if (from.findings.size() > 1) {
        act("jo", from.id,
            CaseSplit{"p-" + std::to_string(100'000'000'000 + parts++),
                      {from.findings[below(from.findings.size())].id}});
      }
      std::map<std::string, int> places;
      const CaseBook then = book();
      for (const Case& c : then.cases()) {
        if (c.state == CaseState::kMerged) continue;
        for (const FindingState& one : c.findings) ++places[one.id];
      }
      EXPECT_THAT(places, SizeIs(findings.size()));
      for (const auto& [id, count] : places) EXPECT_EQ(count, 1) << ledger << ": " << id;
    }
  }
}

TEST_F(RegroupingTest, MovesNothingOfACaseThatAPersonHasMerged) {
  const std::string a = found("cluster:g/a");
  const std::string b = found("cluster:g/b");
  const std::string c = found("cluster:g/c");
  act("jo", case_of(b), Merged{case_of(a)});
  say(false, case_of(b), case_of(c));
  say(false, case_of(c), case_of(b));
  say(true, case_of(a), case_of(b));
  say(true, case_of(b), case_of(c));
  EXPECT_EQ(state(case_of(b)).merged_into, case_of(a));
  EXPECT_THAT(state(case_of(a)).findings, SizeIs(2));
  EXPECT_EQ(state(case_of(c)).state, CaseState::kOpen);
  EXPECT_THAT(state(case_of(c)).findings, SizeIs(1));
  EXPECT_THAT(state(case_of(c)).acts, testing::IsEmpty());
}

TEST_F(RegroupingTest, TakesNothingBackThatAPersonHasMerged) {
  const std::string a = found("cluster:g/a");  // entry 1
  const std::string b = found("cluster:g/b");  // entry 2
  named = {{1, {5, 6}}};
  act("jo", case_of(b), Merged{case_of(a)});
  findings.push_back(ActScene::finding(4, "cluster:g/b"));
  named[4] = {6};
  EXPECT_EQ(follow(), 0U);
  EXPECT_EQ(state(case_of(b)).state, CaseState::kMerged);
}

TEST_F(RegroupingTest, LeavesWhatPeopleDecidedTogetherTogether) {
  const std::string a = found("cluster:g/a");  // entry 1
  const std::string b = found("cluster:g/b");  // entry 2
  named = {{1, {5, 6}}};
  take_over(b, a);
  ASSERT_EQ(follow(), 1U);
  act("jo", case_of(a), Decided{Outcome::kConfirmed, {}});
  findings.push_back(ActScene::finding(4, "cluster:g/b"));
  named[4] = {6};
  ASSERT_EQ(follow(), 1U);
  EXPECT_TRUE(said[1].what.splits);
  EXPECT_FALSE(said[1].what.done);
  EXPECT_EQ(state(case_of(b)).state, CaseState::kMerged);
}

TEST_F(RegroupingTest, HasAClockAnsweredForAPartByWhatWentOutBefore) {
  const UtcTime day = align_down(kMorning, kDay);
  const std::string a = found("cluster:g/a");  // entry 1
  const std::string b = found("cluster:g/b");  // entry 2
  const std::string m = found("cluster:g/m");  // entry 3
  named = {{1, {5, 7}}};
  act("jo", case_of(b),
      ClockStarted{"ofac-report", day, day + Duration{14 * kDay.us}});  // entry 20
  take_over(b, a);
  said.push_back({21, kMorning, {false, case_of(b), case_of(a), b, a, true, ""}});
  next = 22;
  ReportDrafted draft{"ofac-blocked", case_of(a), kMorning, kMorning + kDay, "facts",
                      "TLP:AMBER",    true,       0,        sha256("m")};
  draft.clock = 20;
  act("jo", "r-0123456789ab", draft);  // 22
  act("ada", "r-0123456789ab", ReportApproved{22, true, false});
  act("cy", "r-0123456789ab", ReportApproved{22, true, true});
  act("jo", "r-0123456789ab", ReportIssued{22, 0, sha256("m")});  // 25
  const auto answered = [this](const std::string& id) {
    const CaseBook cases = book();
    const ReportBook reports = *ReportBook::make(acts);
    return clocks_of(*cases.find(id), cases, reports).front().answered_by;
  };
  EXPECT_EQ(answered(case_of(a)), "r-0123456789ab");
  said.push_back({26, kMorning, {true, case_of(a), case_of(b), b, a, true, ""}});
  said.push_back({27, kMorning, {true, case_of(a), case_of(m), m, a, true, ""}});
  EXPECT_EQ(answered(case_of(a)), "r-0123456789ab");
  EXPECT_EQ(answered(case_of(b)), "r-0123456789ab");
  EXPECT_EQ(answered(case_of(m)), "r-0123456789ab");
  // What parted before the report went out answers for itself.
  said[2].index = 23;
  std::ranges::sort(said, {}, &RecordedRegrouping::index);
  EXPECT_EQ(answered(case_of(m)), "");
}

TEST_F(RegroupingTest, IsSomethingThatWhoeverDecidesHasToHaveSeen) {
  const std::string a = found("cluster:g/a");
  const std::string b = found("cluster:g/b");
  said.push_back({21, kMorning, {false, case_of(b), case_of(a), b, a, true, ""}});
  EXPECT_EQ(state(case_of(a)).entries_to(), 22);
  said[0].what.done = false;
  said[0].what.because = "somebody has decided about one of them";
  EXPECT_EQ(state(case_of(a)).entries_to(), 2);
}

TEST_F(RegroupingTest, IsTheSameBookWhicheverActsCameBetween) {
  const std::string a = found("cluster:g/a");
  const std::string b = found("cluster:g/b");
  act("jo", case_of(b), Commented{});  // entry 20
  said.push_back({21, kMorning, {false, case_of(b), case_of(a), b, a, true, ""}});
  next = 22;
  act("jo", case_of(a), Commented{});  // entry 22: not before the merge
  EXPECT_THAT(state(case_of(a)).acts, SizeIs(2));
  EXPECT_THAT(state(case_of(b)).acts, SizeIs(1));
}

TEST_F(RegroupingTest, OfCasesThatAreNotThereIsDamage) {
  const std::string a = found("cluster:g/a");
  const std::string b = found("cluster:g/b");
  said.push_back({21, kMorning, {false, "c-ffffffffffff", case_of(a), b, a, true, ""}});
  const auto made = CaseBook::make(findings, acts, said);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kCorruption);
}

}  // namespace
}  // namespace tidewaiter
