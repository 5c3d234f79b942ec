// What becomes of clearances that are handed in: by their words, and by those that are there.

#include <memory>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/app/act_intake.h"
#include "daemon/app/act_words.h"
#include "daemon/app/acts.h"
#include "daemon/app/config.h"
#include "daemon/app/people.h"
#include "daemon/app/signatory.h"
#include "daemon/app/state.h"
#include "storage/review/clearance_words.h"
#include "temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

/// A ledger with one finding, about the account `bee` of `crm`, of a policy that looks into one
/// list; each act about it takes two people.
class ClearanceActsTest : public testing::Test {
 protected:
  ClearanceActsTest() {
    Environment environment;
    environment.working_folder = folder_.path();
    environment.host_name = "test";
    config_ = default_config(environment);
    EXPECT_TRUE(init_state(config_, now_));
    ledger_ = *Ledger::open(paths(), Ledger::Mode::kReadWrite);
    EXPECT_TRUE(enrol(config_.state, "Jo", "officer", now_));
    EXPECT_TRUE(enrol(config_.state, "Ada", "approver", now_));
    LedgerCommit commit;
    Step step;
    step.seq = 1;
    step.policy = "test.listed";
    step.policy_version = 1;
    step.severity = Severity::kHigh;
    step.finding = std::string(32, '1');
    step.subject = Subject{{*find_field("account")}, {std::string("bee")}, "crm"};
    step.run = {now_, now_ + kHour};
    step.windows = 1;
    commit.steps.push_back(std::move(step));
    commit.offset = LogOffset{1, sha256("1")};
    commit.log_id = "records";
    EXPECT_TRUE(ledger_->commit(commit, now_));
  }
  [[nodiscard]] LedgerPaths paths() const { return state_paths(config_).ledger; }

  /// Why it was refused; empty if it was taken in.
  std::string hand_in(const std::string& by, const std::string& id, ActBody body,
                      const Confidential& content) {
    const auto who = signatory(config_.state, by, std::nullopt);
    EXPECT_TRUE(who);
    now_ = now_ + kSecond;
    Act act;
    act.origin = ledger_->origin();
    act.case_id = id;
    act.by = by;
    act.at = now_;
    act.seen = ledger_->head()->size;
    act.body = std::move(body);
    const auto digest = hand_in_act(config_.state, std::move(act), content, who->key);
    EXPECT_TRUE(digest);
    const JudgingPolicies policies{[](const FindingState&) { return false; },
                                   [](const NameCleared& given, const std::string& list) {
                                     return given.policy == "test.listed" && list == "own";
                                   }};
    const auto taken = take_acts(config_.state, *ledger_, paths(), policies, now_);
    EXPECT_TRUE(taken) << taken.error().message;
    const auto standing = act_standing(config_.state, *digest);
    EXPECT_TRUE(standing);
    return standing->reason;
  }
  std::string give(const std::string& by, const std::string& id, const ClearedName& words) {
    return hand_in(by, id, NameCleared{std::string(32, '1'), "test.listed", 1},
                   clearance_words(words, "a bakery"));
  }
  std::string lift(const std::string& by, const std::string& id) {
    return hand_in(by, id, ClearanceLifted{}, {{"reason", "a mistake"}});
  }

  TemporaryFolder folder_;
  UtcTime now_{1'790'000'000'000'000};
  Config config_;
  std::unique_ptr<Ledger> ledger_;
  const std::string first_ = "m-0123456789a1";
  const std::string second_ = "m-0123456789a2";
  const ClearedName words_{"crm", "bee",           *find_field("name"), "Queen Bee",
                           "own", sha256("entry"), "Queen Bee",         {"1"}};
};

TEST_F(ClearanceActsTest, AreOfTheAccountThatWasFoundAndOfAListOfItsPolicy) {
  ClearedName other = words_;
  other.account = "two";
  EXPECT_THAT(give("jo", first_, other), HasSubstr("is about another account"));
  other = words_;
  other.list = "else";
  EXPECT_THAT(give("jo", first_, other), HasSubstr("looks into no list of this name"));
  const auto last = ledger_->entry(ledger_->head()->size - 1);
  ASSERT_TRUE(last);
  const auto attempt = nlohmann::json::parse(*last);
  EXPECT_EQ(attempt["typ"], "case.refused");
  EXPECT_EQ(attempt["attempt"]["type"], "clearance.given");
  EXPECT_EQ(give("jo", first_, words_), "");
}

TEST_F(ClearanceActsTest, AreGivenOnceUntilOneIsTakenBackOrLifted) {
  EXPECT_EQ(give("jo", first_, words_), "");
  EXPECT_THAT(give("ada", second_, words_), HasSubstr("already: `" + first_ + "` is proposed"));
  ClearedName another_entry = words_;
  another_entry.entry = sha256("what the list says since");
  EXPECT_EQ(give("ada", "m-0123456789a3", another_entry), "");
  // Whoever has seen more says more; whoever has seen less than that says nothing new.
  ClearedName seen_more = words_;
  seen_more.agreed = {{"country", "SY"}, {"identifiers", "VAT:1"}};
  EXPECT_EQ(give("ada", "m-0123456789a5", seen_more), "");
  seen_more.agreed.pop_back();
  EXPECT_THAT(give("ada", "m-0123456789a6", seen_more),
              HasSubstr("already: `m-0123456789a5` is proposed"));
  EXPECT_EQ(lift("ada", "m-0123456789a5"), "");
  EXPECT_THAT(lift("ada", first_), HasSubstr("`jo`, who proposed it, may lift that"));
  EXPECT_EQ(lift("jo", first_), "");
  EXPECT_EQ(give("jo", second_, words_), "");
  const auto given = ledger_->head()->size - 1;
  EXPECT_EQ(hand_in("ada", second_, ClearanceApproved{given, true}, {{"reason", "agreed"}}), "");
  EXPECT_THAT(give("jo", "m-0123456789a4", words_),
              HasSubstr("already: `" + second_ + "` is in force"));
  EXPECT_EQ(lift("ada", second_), "");
  EXPECT_EQ(give("jo", "m-0123456789a4", words_), "");
}

TEST_F(ClearanceActsTest, TakeTwoWhereAnIdentifierAgrees) {
  const auto why = [this](std::vector<AgreedValue> agreed) {
    ClearedName words = words_;
    words.agreed = std::move(agreed);
    ActFile file;
    file.act.act.body = NameCleared{std::string(32, '1'), "test.listed", 1};
    file.sealed = sealed_text(std::string(16, 's'), clearance_words(words, "a bakery")).value();
    return why_second_by_words(file);
  };
  EXPECT_EQ(why({}), std::nullopt);
  EXPECT_EQ(why({{"country", "SY"}}), std::nullopt);
  EXPECT_EQ(why({{"country", "SY"}, {"identifiers", "VAT:1"}}), "an identifier that agrees");
}

}  // namespace
}  // namespace tidewaiter
