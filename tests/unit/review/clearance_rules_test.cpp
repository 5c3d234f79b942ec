#include "storage/review/clearance_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/review/clearance_words.h"
#include "tests/unit/review/act_scene.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

/// Acts about one clearance, from entry 10 on, beside two findings.
class ClearanceRules : public testing::Test {
 protected:
  ClearanceRules() {
    findings.push_back(ActScene::finding(1, "account:crm/a"));
    findings.back().policy_version = 3;
    given = {findings.front().id, "test.volume", 3};
  }

  [[nodiscard]] std::string refusal(const std::string& by, ActBody body,
                                    std::int64_t seen = 100) const {
    const Result<CaseBook> book = CaseBook::make(findings, acts);
    const Result<ClearanceBook> clearances = ClearanceBook::make(acts);
    EXPECT_TRUE(book && clearances);
    ActBasis basis{&*book, nullptr, nullptr, scene.reviewers, 100, kMorning};
    basis.clearances = &*clearances;
    const auto may = check_act(scene.act(by, id, std::move(body), seen), basis);
    return may ? std::string() : may.error().message;
  }
  void record(const std::string& by, ActBody body, bool second_needed = false) {
    acts.push_back(scene.recorded(next++, by, id, std::move(body), second_needed));
  }
  [[nodiscard]] std::string state() const {
    const Result<ClearanceBook> book = ClearanceBook::make(acts);
    return std::string(clearance_state_name(book->clearances().front().state));
  }

  ActScene scene;
  std::vector<FindingState> findings;
  NameCleared given;
  std::string id = "m-0123456789ab";
  std::vector<RecordedAct> acts;
  std::int64_t next = 10;
};

TEST_F(ClearanceRules, AreForOfficersAndApprovers) {
  EXPECT_EQ(refusal("jo", given), "");
  EXPECT_EQ(refusal("ada", given), "");
  EXPECT_THAT(refusal("di", given), HasSubstr("is for officer, approver"));
  EXPECT_THAT(refusal("cy", given), HasSubstr("is for officer, approver"));
  EXPECT_THAT(refusal("jo", ClearanceLifted{}), HasSubstr("there is no clearance"));
  id = "c-0123456789ab";
  EXPECT_THAT(refusal("jo", given), HasSubstr("is named `m-`"));
}

TEST_F(ClearanceRules, RestOnAFindingThatStandsUnderItsPolicy) {
  EXPECT_THAT(refusal("jo", NameCleared{"0000", "test.volume", 3}),
              HasSubstr("there is no finding `0000`"));
  EXPECT_THAT(refusal("jo", NameCleared{given.finding, "test.volume", 2}),
              HasSubstr("was stated by version 3"));
  EXPECT_THAT(refusal("jo", NameCleared{given.finding, "test.other", 3}),
              HasSubstr("of `test.volume`, and by no other policy"));
  findings.front().state = StepKind::kWithdrawn;
  EXPECT_THAT(refusal("jo", given), HasSubstr("is withdrawn"));
  findings.front().state = StepKind::kRestated;
  findings.front().subject.clear();
  EXPECT_THAT(refusal("jo", given), HasSubstr("who was erased"));
}

TEST_F(ClearanceRules, HoldAtOnceWhereNobodyElseIsNeededAndOnePersonLiftsThem) {
  record("jo", given);
  EXPECT_EQ(state(), "holds");
  EXPECT_THAT(refusal("jo", given), HasSubstr("already"));
  EXPECT_THAT(refusal("ada", ClearanceApproved{10, true}), HasSubstr("waits for a second person"));
  EXPECT_EQ(refusal("kim", ClearanceLifted{}), "");
  record("kim", ClearanceLifted{});
  EXPECT_EQ(state(), "lifted");
  EXPECT_THAT(refusal("jo", ClearanceLifted{}), HasSubstr("does not hold: it is lifted"));
}

TEST_F(ClearanceRules, WaitForAnotherPersonWhoHasSeenThem) {
  record("ada", given, true);
  EXPECT_EQ(state(), "proposed");
  EXPECT_THAT(refusal("jo", ClearanceApproved{10, true}), HasSubstr("is for approver"));
  EXPECT_THAT(refusal("ada", ClearanceApproved{10, true}),
              HasSubstr("`ada` cleared this: another person has to approve it"));
  EXPECT_THAT(refusal("ben", ClearanceApproved{9, true}), HasSubstr("waits for a second person"));
  EXPECT_THAT(refusal("ben", ClearanceApproved{10, true}, 10), HasSubstr("look again"));
  EXPECT_THAT(refusal("jo", ClearanceLifted{}),
              HasSubstr("it is proposed, and `ada`, who proposed it, may lift that"));
  EXPECT_EQ(refusal("ben", ClearanceApproved{10, true}, 11), "");
  record("ben", ClearanceApproved{10, true});
  EXPECT_EQ(state(), "holds");
  EXPECT_THAT(refusal("ben", ClearanceApproved{10, true}), HasSubstr("waits for a second person"));
}

TEST_F(ClearanceRules, AreTakenBackByWhoeverProposedThem) {
  record("jo", given, true);
  EXPECT_THAT(refusal("kim", ClearanceLifted{}), HasSubstr("who proposed it, may lift that"));
  EXPECT_EQ(refusal("jo", ClearanceLifted{}), "");
  record("jo", ClearanceLifted{});
  EXPECT_EQ(state(), "lifted");
  EXPECT_THAT(refusal("ada", ClearanceApproved{10, true}), HasSubstr("waits for a second person"));
}

TEST_F(ClearanceRules, AreAboutTheAccountThatWasFound) {
  ClearedName words{"crm", "a", *find_field("name"), "King", "own", {}, "King", {}};
  FindingState found = findings.front();  // account:crm/a
  const auto may = [&] { return check_cleared_account(found, words).has_value(); };
  EXPECT_TRUE(may());
  words.account = "b";
  EXPECT_FALSE(may());
  words = {"shop", "a", *find_field("name"), "King", "own", {}, "King", {}};
  EXPECT_FALSE(may());
  found.subject = "model:m-1 + account:shop/a";
  EXPECT_TRUE(may());
  found.subject = "model:m-1 + account:shop/b";
  EXPECT_FALSE(may());
  found.subject = "cluster:shop/b";
  EXPECT_TRUE(may());
}

TEST_F(ClearanceRules, NeverHoldWhatWasRejected) {
  record("jo", given, true);
  record("ada", ClearanceApproved{10, false});
  EXPECT_EQ(state(), "rejected");
  EXPECT_THAT(refusal("jo", ClearanceLifted{}), HasSubstr("does not hold: it is rejected"));
}

// As for a decision about the finding: Digest{} draws it for the sample, all ones do not.
TEST_F(ClearanceRules, AskForASecondPersonWhereADecisionWould) {
  Digest not_drawn;
  not_drawn.bytes.fill(std::byte{0xFF});
  const auto never = [](const FindingState&) { return false; };
  const auto always = [](const FindingState&) { return true; };
  FindingState finding = findings.front();
  EXPECT_EQ(second_needed_for_clearance(finding, never, not_drawn), std::nullopt);
  EXPECT_EQ(second_needed_for_clearance(finding, always, not_drawn), "a legal basis");
  EXPECT_EQ(second_needed_for_clearance(finding, never, Digest{}), "a sample of one in ten");
  finding.severity = Severity::kHigh;
  EXPECT_EQ(second_needed_for_clearance(finding, never, not_drawn), "a finding of severity high");
}

TEST_F(ClearanceRules, ReadTheWordsThatTheyWrote) {
  const ClearedName cleared{
      "crm",       "a\"/1",      *find_field("owners"),
      "Q. Bee",    "csl",        sha256("bee"),
      "Queen Bee", {"306", "7"}, {{"country", "SY"}, {"identifiers", "VAT:\"1"}}};
  Confidential words = clearance_words(cleared, "Born in another year");
  EXPECT_EQ(words["reason"], "Born in another year");
  const Result<ClearedName> read = read_clearance(words);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, cleared);
  for (const char* const name : {"source", "account", "field", "name", "list", "entry", "party"}) {
    Confidential less = words;
    less.erase(name);
    EXPECT_FALSE(read_clearance(less)) << name;
  }
  words["entry"] = "abc";
  EXPECT_FALSE(read_clearance(words));
  words = clearance_words(cleared, "x");
  words["field"] = "nothing";
  EXPECT_FALSE(read_clearance(words));
  words = clearance_words(cleared, "x");
  words["ids"] = "[1]";
  EXPECT_FALSE(read_clearance(words));
  words = clearance_words(cleared, "x");
  // What would never be compared, or never be the same, is no agreement.
  for (const char* const broken :
       {"", "7", "[1]", "[[\"country\"]]", "[[\"country\",1]]", "[[\"country\",\"sy\"]]",
        "[[\"country\",\"\"]]", "[[\"town\",\"DAMASCUS\"]]"}) {
    words["agreed"] = broken;
    EXPECT_FALSE(read_clearance(words)) << broken;
  }
  // Those that were given before agreements were known of.
  words.erase("agreed");
  ASSERT_TRUE(read_clearance(words));
  EXPECT_TRUE(read_clearance(words)->agreed.empty());
}

}  // namespace
}  // namespace tidewaiter
