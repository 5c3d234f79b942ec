#include "storage/review/ruling_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/review/ruling_words.h"
#include "tests/unit/review/act_scene.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Acts about one ruling, from entry 10 on.
class RulingRules : public testing::Test {
 protected:
  [[nodiscard]] std::string refusal(const SignedAct& act) const {
    const Result<CaseBook> book = CaseBook::make({}, acts);
    const Result<ReportBook> reports = ReportBook::make(acts);
    const Result<RulingBook> rulings = RulingBook::make(acts);
    EXPECT_TRUE(book && reports && rulings);
    const auto may = check_act(act, {&*book, &*reports, &*rulings, scene.reviewers, 100, kMorning});
    return may ? std::string() : may.error().message;
  }
  [[nodiscard]] std::string refusal(const std::string& by, ActBody body,
                                    std::int64_t seen = 100) const {
    return refusal(scene.act(by, ruling, std::move(body), seen));
  }
  void record(const std::string& by, ActBody body, bool second_needed = false) {
    acts.push_back(scene.recorded(next++, by, ruling, std::move(body), second_needed));
  }
  [[nodiscard]] std::string state() const {
    const Result<RulingBook> book = RulingBook::make(acts);
    return std::string(ruling_state_name(book->rulings().front().state));
  }
  /// "10", "12 lifted": the entries at which it began to hold, or was lifted.
  [[nodiscard]] std::vector<std::string> turns() const {
    std::vector<std::string> all;
    const Result<RulingBook> book = RulingBook::make(acts);
    for (const RulingTurn& turn : book->turns()) {
      all.push_back(std::to_string(turn.index) + (turn.lifts ? " lifted" : ""));
    }
    return all;
  }

  ActScene scene;
  std::string ruling = "k-0123456789ab";
  std::vector<RecordedAct> acts;
  std::int64_t next = 10;
};

TEST_F(RulingRules, AreForOfficersAndApprovers) {
  EXPECT_EQ(refusal("jo", LinkCut{1}), "");
  EXPECT_EQ(refusal("ada", LinkJoined{}), "");
  EXPECT_THAT(refusal("di", LinkCut{1}), HasSubstr("is for officer, approver"));
  EXPECT_THAT(refusal("cy", LinkJoined{}), HasSubstr("is for officer, approver"));
  ruling = "c-0123456789ab";
  EXPECT_THAT(refusal("jo", LinkCut{1}), HasSubstr("is named `k-`"));
  EXPECT_THAT(refusal("jo", RulingLifted{}), HasSubstr("there is no ruling"));
}

TEST_F(RulingRules, HoldAtOnceWhereNobodyElseIsNeeded) {
  record("jo", LinkCut{1});
  EXPECT_EQ(state(), "holds");
  EXPECT_THAT(refusal("jo", LinkCut{1}), HasSubstr("already"));
  EXPECT_THAT(refusal("ada", RulingApproved{10, true}), HasSubstr("waits for a second person"));
  EXPECT_EQ(refusal("jo", RulingLifted{}), "");
  record("jo", RulingLifted{});
  EXPECT_EQ(state(), "lifted");
  EXPECT_THAT(refusal("jo", RulingLifted{}), HasSubstr("does not hold"));
  EXPECT_THAT(turns(), ElementsAre("10", "11 lifted"));
}

TEST_F(RulingRules, WaitForAnotherPersonWhoHasSeenThem) {
  record("ada", LinkJoined{}, true);
  EXPECT_EQ(state(), "proposed");
  EXPECT_THAT(turns(), ElementsAre());
  EXPECT_THAT(refusal("jo", RulingApproved{10, true}), HasSubstr("is for approver"));
  EXPECT_THAT(refusal("ada", RulingApproved{10, true}), HasSubstr("another person"));
  scene.enrol("bea", "approver");
  EXPECT_THAT(refusal("bea", RulingApproved{9, true}), HasSubstr("waits for a second person"));
  EXPECT_THAT(refusal("bea", RulingApproved{10, true}, 10), HasSubstr("look again"));
  EXPECT_THAT(refusal("bea", RulingLifted{}), HasSubstr("waits for a second person"));
  EXPECT_EQ(refusal("bea", RulingApproved{10, true}, 11), "");
  record("bea", RulingApproved{10, true});
  EXPECT_EQ(state(), "holds");
  record("ada", RulingLifted{}, true);
  EXPECT_EQ(state(), "holds");
  record("bea", RulingApproved{12, false});
  EXPECT_EQ(state(), "holds");
  record("ada", RulingLifted{}, true);
  record("bea", RulingApproved{14, true});
  EXPECT_EQ(state(), "lifted");
  EXPECT_THAT(turns(), ElementsAre("11", "15 lifted"));
}

TEST_F(RulingRules, NeverHoldWhatWasRejected) {
  record("jo", LinkCut{2}, true);
  record("ada", RulingApproved{10, false});
  EXPECT_EQ(state(), "rejected");
  EXPECT_THAT(turns(), ElementsAre());
  EXPECT_THAT(refusal("jo", RulingLifted{}), HasSubstr("does not hold: it is rejected"));
}

TEST_F(RulingRules, AskForASecondPersonWhileAGraveFindingStands) {
  std::vector<FindingState> findings{ActScene::finding(1, "account:g/a")};
  findings[0].severity = Severity::kCritical;
  EXPECT_EQ(second_needed_for_ruling(findings), std::nullopt);
  findings.push_back(ActScene::finding(2, "cluster:g/a"));
  findings[1].severity = Severity::kMedium;
  EXPECT_EQ(second_needed_for_ruling(findings), std::nullopt);
  findings[1].severity = Severity::kHigh;
  EXPECT_EQ(second_needed_for_ruling(findings), "a finding of severity high about a cluster");
  findings[1].state = StepKind::kWithdrawn;
  EXPECT_EQ(second_needed_for_ruling(findings), std::nullopt);
  findings[0].subject.clear();  // erased: nobody knows whom it was about
  EXPECT_EQ(second_needed_for_ruling(findings), "a finding of severity critical about a cluster");
}

TEST_F(RulingRules, ReadTheWordsThatTheyWrote) {
  const LinkRuled cut{ruling,
                      kMorning,
                      {{"g", "a\"/1"}},
                      {{*find_field("devices"), "d-7"}, {*find_field("client.address"), "::1"}}};
  const SignedAct act = scene.act("jo", ruling, LinkCut{2});
  Confidential words = ruling_words(cut, "Flat mates");
  EXPECT_EQ(words["reason"], "Flat mates");
  const Result<LinkRuled> read = read_ruling(act.act, words);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->accounts, cut.accounts);
  EXPECT_EQ(read->values, cut.values);
  words["values"] = R"([["devices","d-7"]])";
  EXPECT_FALSE(read_ruling(act.act, words));
  words["values"] = R"([["devices","d-7"],["nothing","x"]])";
  EXPECT_FALSE(read_ruling(act.act, words));
  const SignedAct joined = scene.act("jo", ruling, LinkJoined{});
  EXPECT_FALSE(read_ruling(joined.act, words));
  EXPECT_TRUE(
      read_ruling(joined.act, ruling_words({ruling, {}, {{"g", "a"}, {"g", "b"}}, {}}, "x")));
  EXPECT_FALSE(
      read_ruling(joined.act, ruling_words({ruling, {}, {{"g", "a"}, {"g", "a"}}, {}}, "x")));
}

}  // namespace
}  // namespace tidewaiter
