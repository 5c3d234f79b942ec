// Decisions, splits, clearances, rulings, holds and erasures, as a verifier holds them to their
// order.

#include "storage/ledger/act.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/verify/act_ledger.h"

namespace tidewaiter {
namespace {

using nlohmann::json;
using test::must;
using testing::HasSubstr;

TEST_F(ActVerifyTest, AcceptsADecisionThatAnotherPersonApproves) {
  const VerifyReport report = verdict({decision_, event("bo", bo_, SecondOpinion{1, true})});
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(PartyVerifyTest, AcceptsAnErasureOfTwoBehindAHoldThatTwoReleased) {
  const VerifyReport report = verdict(
      {hold("ada", HoldPlaced{}), hold("bo", HoldApproved{1, true}), hold("ada", HoldReleased{1}),
       hold("bo", HoldApproved{3, true}), erase("bo", ErasureRequested{false}),
       erase("ada", ErasureApproved{5, true}), executed(5)});
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(PartyVerifyTest, NamesAnErasureThatAHoldForbids) {
  const std::string keeps = "the hold of entry 1 keeps the subject";
  // A hold keeps from its placing on, and until two have released it.
  expect_problem({hold("ada", HoldPlaced{}), erase("bo", ErasureRequested{false})},
                 VerifyFailure::kEntry, 2, keeps);
  expect_problem(
      {hold("ada", HoldPlaced{}), hold("bo", HoldApproved{1, true}), hold("ada", HoldReleased{1}),
       hold("bo", HoldApproved{3, false}), erase("bo", ErasureRequested{false})},
      VerifyFailure::kEntry, 5, keeps);
  // Also where it was placed after the approval.
  const VerifyReport late =
      verdict({erase("bo", ErasureRequested{false}), erase("ada", ErasureApproved{1, true}),
               hold("ada", HoldPlaced{}), executed(1)});
  ASSERT_EQ(late.problems.size(), 1U);
  EXPECT_EQ(late.problems[0].index, 4);
  // A hold that was rejected keeps nobody, and neither does one on somebody else.
  EXPECT_TRUE(verdict({hold("ada", HoldPlaced{}), hold("bo", HoldApproved{1, false}),
                       erase("bo", ErasureRequested{false})})
                  .ok());
  LedgerEvent other =
      changed(hold("ada", HoldPlaced{}), [](json& f) { f["party"] = std::string(64, 'b'); });
  EXPECT_TRUE(verdict({other, erase("bo", ErasureRequested{false})}).ok());
}

TEST_F(PartyVerifyTest, AnErasureSaysHowManyExhibitsItHasDestroyed) {
  const LedgerEvent asked = erase("bo", ErasureRequested{false});
  const LedgerEvent approved = erase("ada", ErasureApproved{1, true});
  const auto saying = [&](json payloads) {
    return changed(executed(1), [&](json& f) { f["payloads"] = std::move(payloads); });
  };
  EXPECT_TRUE(verdict({asked, approved, saying(2)}).ok());
  for (const json& wrong : {json(0), json(-1), json("2"), json(1.5)}) {
    expect_problem({asked, approved, saying(wrong)}, VerifyFailure::kEntry, 3, "how many payloads");
  }
}

TEST_F(PartyVerifyTest, NoTwoExhibitsHaveOnePayload) {
  const Exhibit exhibit{sha256("x"), 72, false, "0123456789abcdef0123456789abcdef"};
  Exhibit other = exhibit;
  other.payload.front() = 'f';
  EXPECT_TRUE(
      verdict({event("ada", ada_, exhibit), event("ada", ada_, other), event("bo", bo_, Exhibit{})})
          .ok());
  expect_problem({event("ada", ada_, exhibit), event("bo", bo_, exhibit)}, VerifyFailure::kEntry, 2,
                 "an exhibit with this payload before it");
}

TEST_F(PartyVerifyTest, NamesWhatOnePersonDidAlone) {
  expect_problem({hold("ada", HoldPlaced{}), hold("ada", HoldApproved{1, true})},
                 VerifyFailure::kEntry, 2, "asked for that about which it is");
  expect_problem({erase("ada", ErasureRequested{true}), erase("ada", ErasureApproved{1, true})},
                 VerifyFailure::kEntry, 2, "asked for the erasure");
  expect_problem({erase("ada", ErasureRequested{true}), executed(1)}, VerifyFailure::kEntry, 2,
                 "no erasure that was approved");
  expect_problem(
      {erase("ada", ErasureRequested{true}), erase("bo", ErasureApproved{1, false}), executed(1)},
      VerifyFailure::kEntry, 3, "no erasure that was approved");
  expect_problem({erase("ada", ErasureRequested{true}), erase("bo", ErasureApproved{1, true}),
                  executed(1), executed(1)},
                 VerifyFailure::kEntry, 4, "no erasure that was approved");
}

TEST_F(PartyVerifyTest, NamesWhatIsOfAnotherForm) {
  const auto without = [](const char* member) { return [member](json& f) { f.erase(member); }; };
  expect_problem({changed(hold("ada", HoldPlaced{}), without("party"))}, VerifyFailure::kEntry, 1,
                 "it needs a new name");
  expect_problem({about("h-0", "ada", HoldPlaced{})}, VerifyFailure::kEntry, 1,
                 "it needs a new name");
  expect_problem({hold("ada", HoldPlaced{}), hold("bo", HoldPlaced{})}, VerifyFailure::kEntry, 2,
                 "it needs a new name");
  expect_problem({hold("ada", HoldPlaced{}), hold("bo", HoldReleased{1})}, VerifyFailure::kEntry, 2,
                 "no hold of this name that stands");
  expect_problem({erase("ada", ErasureRequested{true}), erase("bo", ErasureApproved{1, true}),
                  changed(executed(1), without("token"))},
                 VerifyFailure::kEntry, 3, "by what token");
}

TEST_F(SplitVerifyTest, AcceptsACaseThatIsSplitWorkedAndMergedAgain) {
  const VerifyReport report = verdict(
      {event("ada", ada_, CaseSplit{part_, {one_, two_}}), about(part_, Commented{}),
       about(part_, CaseSplit{"p-0123456789ac", {two_}}), about("p-0123456789ac", Merged{part_})});
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

/// A report about a case, due by the clock of an entry; entries from 3 on are acts.
TEST_F(SplitVerifyTest, HoldsTheClockOfAReportToThoseOfItsCase) {
  const std::string first = "c-0123456789ab";
  const auto start = [this](const std::string& id) {
    return about(id, ClockStarted{"days:30", kWhen, kWhen + kDay});
  };
  const auto draft = [this](const std::string& of, std::int64_t clock) {
    ReportDrafted drafted{"partner-notice", of,    kWhen, kWhen + kDay, "facts",
                          "TLP:AMBER",      false, 0,     sha256("m")};
    drafted.clock = clock;
    return about("r-0123456789ab", drafted);
  };
  const VerifyReport own = verdict({start(first), draft(first, 3)});
  EXPECT_TRUE(own.ok()) << own.problems.front().message;
  const VerifyReport split = verdict({start(first), event("ada", ada_, CaseSplit{part_, {one_}}),
                                      about(part_, Commented{}), draft(part_, 3)});
  EXPECT_TRUE(split.ok()) << split.problems.front().message;
  const VerifyReport merged =
      verdict({start("c-ba9876543210"), about("c-ba9876543210", Merged{first}), draft(first, 3)});
  EXPECT_TRUE(merged.ok()) << merged.problems.front().message;
  const std::string words = "started no clock of its case before it";
  expect_problem({start("c-ba9876543210"), draft(first, 3)}, VerifyFailure::kEntry, 4, words);
  expect_problem({about(first, Commented{}), draft(first, 3)}, VerifyFailure::kEntry, 4, words);
  expect_problem({draft(first, 4), start(first)}, VerifyFailure::kEntry, 3, words);
  expect_problem({start(first), draft("", 3)}, VerifyFailure::kEntry, 4, words);
  // What is started after the split is the other part's alone.
  expect_problem({event("ada", ada_, CaseSplit{part_, {one_}}), start(first), draft(part_, 4)},
                 VerifyFailure::kEntry, 5, words);
}

TEST_F(SplitVerifyTest, NamesWhatWasNeverFoundOrSplitOff) {
  const auto split = event("ada", ada_, CaseSplit{part_, {one_}});
  expect_problem({event("ada", ada_, CaseSplit{part_, {one_, std::string(32, '3')}})},
                 VerifyFailure::kEntry, 3, "no entry before it opened");
  expect_problem({split, event("ada", ada_, CaseSplit{part_, {two_}})}, VerifyFailure::kEntry, 4,
                 "was split off before it");
  expect_problem({about(part_, Commented{}), split}, VerifyFailure::kEntry, 3,
                 "no case `p-0123456789ab` was split off before it");
  expect_problem({event("ada", ada_, Merged{part_}), split}, VerifyFailure::kEntry, 3,
                 "was split off before it");
}

TEST_F(SplitVerifyTest, HoldsViewsOfRecordsApartFromThoseOfCases) {
  const std::string view = "v-0123456789ab";
  const std::string one = "c-0123456789ab";
  const VerifyReport report =
      verdict({about(view, EvidenceViewed{0, 3}), about(one, EvidenceViewed{2})});
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
  const std::string words = "and no other, is named `v-`";
  expect_problem({about(view, EvidenceViewed{0})}, VerifyFailure::kEntry, 3, words);
  expect_problem({about(view, EvidenceViewed{1, 3})}, VerifyFailure::kEntry, 3, words);
  expect_problem({about(one, EvidenceViewed{0, 3})}, VerifyFailure::kEntry, 3, words);
}

TEST_F(ActVerifyTest, NamesAnActThatSomebodyChanged) {
  expect_problem({changed(decision_, [](json& f) { f["act"]["outcome"] = "false-positive"; })},
                 VerifyFailure::kSignature, 1, "not this act");
  expect_problem({changed(decision_, [](json& f) { f["case"] = "c-ba9876543210"; })},
                 VerifyFailure::kSignature, 1, "not this act");
  expect_problem({changed(decision_, [](json& f) { f["by"] = "bo"; })}, VerifyFailure::kSignature,
                 1, "`bo` did not sign it");
}

TEST_F(ActVerifyTest, NamesWhoApprovedTheirOwnDecision) {
  expect_problem({decision_, event("ada", ada_, SecondOpinion{1, true})}, VerifyFailure::kEntry, 2,
                 "its signer made the decision");
  // One key under two names is one person.
  expect_problem({decision_, event("bo", ada_, SecondOpinion{1, true})}, VerifyFailure::kEntry, 2,
                 "its signer made the decision");
}

TEST_F(ActVerifyTest, NamesAnApprovalOfNoDecision) {
  expect_problem({decision_, event("bo", bo_, SecondOpinion{0, true})}, VerifyFailure::kEntry, 2,
                 "is no decision before it");
  expect_problem({decision_, event("bo", bo_, SecondOpinion{7, true})}, VerifyFailure::kEntry, 2,
                 "is no decision before it");
}

TEST_F(ActVerifyTest, HoldsRulingsToTheirOrderAndToTwoPeople) {
  const LedgerEvent cut = event("ada", ada_, LinkCut{2});
  const LedgerEvent lifted = event("ada", ada_, RulingLifted{});
  const VerifyReport report = verdict({cut, event("bo", bo_, RulingApproved{1, true}), lifted,
                                       event("bo", bo_, RulingApproved{3, true})});
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
  expect_problem({cut, event("bo", ada_, RulingApproved{1, true})}, VerifyFailure::kEntry, 2,
                 "its signer ruled what it is about");
  expect_problem({cut, event("bo", bo_, RulingApproved{0, true})}, VerifyFailure::kEntry, 2,
                 "is no ruling of this name before it");
  expect_problem({cut, event("bo", bo_, LinkJoined{})}, VerifyFailure::kEntry, 2,
                 "there is a ruling of this name before it");
  expect_problem({lifted}, VerifyFailure::kEntry, 1, "lifts a ruling that is not there");
  expect_problem({changed(cut, [](json& f) { f["act"]["values"] = 0; })}, VerifyFailure::kEntry, 1,
                 "an act needs in `act`");
}

/// Beside the two findings, which `test.volume` opened, acts of two people about clearances.
class ClearanceVerifyTest : public SplitVerifyTest {
 protected:
  void act(const std::string& id, const std::string& by, ActBody body) {
    Act made;
    made.origin = kLogOrigin;
    made.case_id = id;
    made.by = by;
    made.at = kWhen;
    made.body = std::move(body);
    const SignedAct is_signed = must(sign_act(std::move(made), by == "ada" ? ada_ : bo_));
    events_.push_back({std::string(act_type(is_signed.act)), must(act_fields(is_signed)).dump()});
  }
  void expect_last(const std::string& words) {
    expect_problem(events_, VerifyFailure::kEntry, static_cast<std::int64_t>(events_.size()) + 2,
                   words);
    events_.pop_back();
  }

  const std::string id_ = "m-0123456789ab";
  const std::string other_ = "m-0123456789ac";
  const NameCleared given_{one_, "test.volume", 3};
  std::vector<LedgerEvent> events_;
};

TEST_F(ClearanceVerifyTest, AreGivenOfWhatTheirPolicyFound) {
  act(id_, "ada", given_);  // entry 3
  act(id_, "ada", given_);
  expect_last("needs a new name of `m-`");
  act("k-0123456789ab", "ada", given_);
  expect_last("needs a new name of `m-`");
  act(other_, "ada", NameCleared{std::string(32, '3'), "test.volume", 3});
  expect_last("no entry of `test.volume` before it opened the finding");
  act(other_, "ada", NameCleared{one_, "test.other", 3});
  expect_last("no entry of `test.other` before it opened the finding");
  act(other_, "ada", NameCleared{std::string(64, '1'), "test.volume", 3});
  expect_last("an act needs in `act`");
  act(other_, "bo", NameCleared{two_, "test.volume", 3});
  const VerifyReport report = verdict(events_);
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(ClearanceVerifyTest, AreApprovedOnceByAnotherPersonAndLiftedOnce) {
  act(id_, "ada", given_);  // entry 3
  act(id_, "ada", ClearanceApproved{3, true});
  expect_last("its signer gave the clearance");
  act(other_, "bo", ClearanceApproved{3, true});
  expect_last("gave no clearance of this name before it");
  act(other_, "bo", ClearanceLifted{});
  expect_last("lifts a clearance that is not there");
  act(id_, "bo", ClearanceApproved{3, true});
  act(id_, "bo", ClearanceApproved{3, false});
  expect_last("was approved, rejected or lifted");
  act(id_, "ada", ClearanceLifted{});
  act(id_, "ada", ClearanceLifted{});
  expect_last("or has ended");
  act(id_, "bo", ClearanceApproved{3, true});
  expect_last("was approved, rejected or lifted");
  const VerifyReport report = verdict(events_);
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(ClearanceVerifyTest, EndByARejectionAndByWhoeverTakesAProposalBack) {
  act(id_, "ada", given_);  // entry 3
  act(id_, "bo", ClearanceApproved{3, false});
  act(id_, "ada", ClearanceLifted{});
  expect_last("or has ended");
  act(other_, "ada", given_);  // entry 5
  act(other_, "ada", ClearanceLifted{});
  act(other_, "bo", ClearanceApproved{5, true});
  expect_last("was approved, rejected or lifted");
  const VerifyReport report = verdict(events_);
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(ActVerifyTest, NamesAnActOfAnotherForm) {
  expect_problem({{"case.commented", R"({"words":"x"})"}}, VerifyFailure::kEntry, 1,
                 "an act needs `act`");
  expect_problem({changed(decision_, [](json& f) { f["act"]["more"] = 1; })}, VerifyFailure::kEntry,
                 1, "no further member");
}

}  // namespace
}  // namespace tidewaiter
