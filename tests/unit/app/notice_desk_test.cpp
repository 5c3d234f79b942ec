#include "daemon/app/notice_desk.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/app/act_intake.h"
#include "daemon/app/acts.h"
#include "daemon/app/config.h"
#include "daemon/app/people.h"
#include "daemon/app/signatory.h"
#include "daemon/app/state.h"
#include "storage/ledger/short_id.h"
#include "temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Duration minutes(std::int64_t count) { return Duration{count * kMinute.us}; }

/// A ledger in which findings are opened one by one, each with its message, and a desk before it.
class NoticeDeskTest : public testing::Test {
 protected:
  NoticeDeskTest() {
    Environment environment;
    environment.working_folder = folder_.path();
    environment.host_name = "test";
    config_ = default_config(environment);
    EXPECT_TRUE(init_state(config_, now_));
    ledger_ = *Ledger::open(paths(), Ledger::Mode::kReadWrite);
    EXPECT_TRUE(enrol(config_.state, "Jo", "officer", now_));
    EXPECT_TRUE(enrol(config_.state, "Ada", "approver", now_));
  }
  [[nodiscard]] LedgerPaths paths() const { return state_paths(config_).ledger; }

  Step step(StepKind kind, const std::string& account, Severity severity, char finding) {
    Step made;
    made.seq = ++seq_;
    made.kind = kind;
    made.policy = "test.volume";
    made.policy_version = 1;
    made.policy_hash = sha256("policy");
    made.severity = severity;
    made.finding = std::string(32, finding);
    made.subject = Subject{{*find_field("account")}, {account}, {}};
    made.run = {now_, now_ + kHour};
    made.windows = 1;
    return made;
  }
  void commit(Step made, const std::string& body = {}) {
    LedgerCommit commit;
    commit.offset = LogOffset{made.seq, sha256(std::to_string(made.seq))};
    commit.log_id = "records";
    commit.steps.push_back(std::move(made));
    if (!body.empty()) commit.outbox.push_back({0, channel_.name, body});
    const auto done = ledger_->commit(commit, now_);
    ASSERT_TRUE(done) << done.error().message;
  }
  /// Opens a finding, named by 32 times a digit, with a message as the pipeline makes it.
  void open(char finding, const std::string& account = "a", Severity severity = Severity::kLow) {
    nlohmann::json body = {{"type", "finding.opened"},
                           {"origin", "test"},
                           {"finding", std::string(32, finding)},
                           {"policy", "test.volume"},
                           {"severity", std::string(severity_name(severity))},
                           {"text", "a finding"}};
    if (channel_.group_by != NoticeGrouping::kNone) {
      body["group_by"] = grouping_name(channel_.group_by);
    }
    commit(step(StepKind::kOpened, account, severity, finding), body.dump());
  }
  void withdraw(char finding, const std::string& account = "a",
                Severity severity = Severity::kLow) {
    Step made = step(StepKind::kWithdrawn, account, severity, finding);
    made.reason = "revised";
    commit(std::move(made));
  }
  void act(const std::string& id, ActBody body, const Confidential& words,
           const std::string& by = "jo") {
    const auto who = signatory(config_.state, by, std::nullopt);
    ASSERT_TRUE(who) << who.error().message;
    Act made;
    made.origin = ledger_->origin();
    made.case_id = id;
    made.by = by;
    made.at = now_;
    made.seen = ledger_->head()->size;
    made.body = std::move(body);
    ASSERT_TRUE(hand_in_act(config_.state, std::move(made), words, who->key));
    const auto taken = take_acts(config_.state, *ledger_, paths(),
                                 {[](const FindingState&) { return false; }, {}}, now_);
    ASSERT_TRUE(taken) << taken.error().message;
    ASSERT_EQ(taken->taken, 1);
  }
  /// A silence of an hour about an account.
  std::string silence(const std::string& account) {
    const std::string id = new_short_id("s-");
    act(id, NoticesSilenced{now_, now_ + kHour},
        {{"subject", "account:/" + account}, {"reason", "a test"}});
    return id;
  }
  /// A desk that has seen nothing, as after a restart.
  [[nodiscard]] std::unique_ptr<NoticeDesk> fresh_desk() const {
    return std::make_unique<NoticeDesk>(state_paths(config_), NoticeRules{{channel_}, inhibit_});
  }
  /// The ids of what goes out now, with those that it goes out with.
  [[nodiscard]] std::vector<std::vector<std::int64_t>> leaving(NoticeDesk& desk) {
    const auto out = departures(desk);
    std::vector<std::vector<std::int64_t>> ids;
    ids.reserve(out.size());
    for (const Departure& one : out) ids.push_back(one.ids);
    return ids;
  }
  [[nodiscard]] std::vector<Departure> departures(NoticeDesk& desk) {
    auto out = desk.let_out(*ledger_, *ledger_->pending(1000), now_);
    EXPECT_TRUE(out) << out.error().message;
    return out ? std::move(*out) : std::vector<Departure>();
  }
  void mark_sent(const std::vector<std::int64_t>& ids) {
    for (const std::int64_t id : ids) ASSERT_TRUE(ledger_->mark_sent(id, now_));
  }
  [[nodiscard]] NoticeTrail trail() const {
    NoticeTrail read;
    EXPECT_TRUE(read.read(*ledger_));
    return read;
  }
  [[nodiscard]] std::size_t waiting() const { return ledger_->pending(1000)->size(); }

  TemporaryFolder folder_;
  Config config_;
  UtcTime now_{1'790'000'000'000'000};
  std::int64_t seq_ = 0;
  ChannelConfig channel_{"siem", ChannelKind::kLog, {}, {}, {}};
  std::vector<InhibitRule> inhibit_;
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(NoticeDeskTest, WhatNobodySilencedGoesByItself) {
  open('1');
  open('2', "b");
  const auto desk = fresh_desk();
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(1), ElementsAre(2)));
  EXPECT_THAT(trail().held(), IsEmpty());
}

TEST_F(NoticeDeskTest, ASilencedMessageWaitsAndTheLedgerSaysByWhom) {
  open('1');
  open('2', "b");
  const std::string id = silence("a");
  const auto desk = fresh_desk();
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(2)));
  EXPECT_EQ(desk->kept_back(), 1);
  EXPECT_EQ(desk->next(), now_ + kHour);
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(2)));
  EXPECT_THAT(leaving(*fresh_desk()), ElementsAre(ElementsAre(2))) << "after a restart";
  ASSERT_THAT(trail().held(), SizeIs(1)) << "told once";
  EXPECT_EQ(trail().held().at(1).by, id);
  EXPECT_EQ(trail().held().at(1).finding, std::string(32, '1'));
  EXPECT_EQ(waiting(), 2U) << "nothing is lost";
}

TEST_F(NoticeDeskTest, WhenASilenceEndsWhatStillStandsGoesOutUnderItsId) {
  open('1');
  silence("a");
  const auto desk = fresh_desk();
  EXPECT_THAT(leaving(*desk), IsEmpty());
  now_ = now_ + kHour;
  EXPECT_THAT(leaving(*fresh_desk()), ElementsAre(ElementsAre(1)));
  EXPECT_EQ(desk->kept_back(), 1);
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(1)));
  EXPECT_EQ(desk->kept_back(), 0);
  EXPECT_THAT(trail().dropped(), IsEmpty());
}

TEST_F(NoticeDeskTest, APersonEndsASilenceBeforeItsTime) {
  open('1');
  const std::string id = silence("a");
  const auto desk = fresh_desk();
  EXPECT_THAT(leaving(*desk), IsEmpty());
  act(id, SilenceEnded{trail().silences().find(id)->made.index}, {{"reason", "done"}});
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(1)));
}

TEST_F(NoticeDeskTest, WhatWasWithdrawnMeanwhileIsDroppedByAnEntry) {
  open('1');
  silence("a");
  EXPECT_THAT(leaving(*fresh_desk()), IsEmpty());
  withdraw('1');
  EXPECT_THAT(leaving(*fresh_desk()), IsEmpty());
  EXPECT_THAT(trail().dropped(), IsEmpty()) << "not while it is silenced";
  now_ = now_ + kHour;
  EXPECT_THAT(leaving(*fresh_desk()), IsEmpty());
  ASSERT_THAT(trail().dropped(), SizeIs(1));
  EXPECT_EQ(trail().dropped()[0].message, 1);
  EXPECT_EQ(trail().dropped()[0].because, "withdrawn");
  EXPECT_EQ(waiting(), 0U);
}

TEST_F(NoticeDeskTest, WhatPeopleDecidedAboutMeanwhileIsDropped) {
  open('1');
  silence("a");
  EXPECT_THAT(leaving(*fresh_desk()), IsEmpty());
  const std::string id = "c-" + std::string(12, '1');
  act(id, Decided{Outcome::kFalsePositive, {}}, {{"reason", "a test account"}});
  // One in ten decisions waits for a second person, drawn by chance.
  const CaseBook book = *CaseBook::read(*ledger_);
  const Case& decided = *book.find(id);
  if (decided.state == CaseState::kProposed) {
    act(id, SecondOpinion{decided.decision->index, true}, {{"reason", "agreed"}}, "ada");
  }
  now_ = now_ + kHour;
  EXPECT_THAT(leaving(*fresh_desk()), IsEmpty());
  ASSERT_THAT(trail().dropped(), SizeIs(1));
  EXPECT_EQ(trail().dropped()[0].because, "decided");
  EXPECT_EQ(waiting(), 0U);
}

TEST_F(NoticeDeskTest, WhatWasNeverHeldBackGoesOutWhateverHasBecomeOfIt) {
  open('1');
  withdraw('1');
  EXPECT_THAT(leaving(*fresh_desk()), ElementsAre(ElementsAre(1)));
}

TEST_F(NoticeDeskTest, AKillBetweenTheEntryAndTheMarkDropsOnce) {
  open('1');
  silence("a");
  EXPECT_THAT(leaving(*fresh_desk()), IsEmpty());
  LedgerCommit killed;
  killed.events.push_back(dropped_event({1, "siem", std::string(32, '1'), "withdrawn", 0, {}}));
  ASSERT_TRUE(ledger_->commit(killed, now_));
  EXPECT_THAT(leaving(*fresh_desk()), IsEmpty());
  EXPECT_EQ(waiting(), 0U);
  EXPECT_THAT(trail().dropped(), SizeIs(1));
}

TEST_F(NoticeDeskTest, ASilenceWithoutItsWordsSilencesNothing) {
  open('1');
  silence("a");
  EXPECT_EQ(
      *forget_words(config_.state, [](const std::string&, const Confidential&) { return true; }),
      1);
  EXPECT_THAT(leaving(*fresh_desk()), ElementsAre(ElementsAre(1)));
}

TEST_F(NoticeDeskTest, AGraverFindingAboutTheSameCaseHoldsBack) {
  inhibit_ = {{Severity::kCritical, Severity::kMedium}};
  open('1', "a", Severity::kCritical);
  open('2', "a", Severity::kMedium);
  open('3', "a", Severity::kHigh);
  open('4', "b", Severity::kLow);
  const auto desk = fresh_desk();
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(1), ElementsAre(3), ElementsAre(4)));
  EXPECT_EQ(trail().held().at(2).by, "graver") << "the ledger does not tell who was found twice";
  mark_sent({1, 3, 4});
  withdraw('1', "a", Severity::kCritical);
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(2)));
}

TEST_F(NoticeDeskTest, AGraverFindingThatNobodyIsToldOfHoldsNothingBack) {
  inhibit_ = {{Severity::kCritical, Severity::kMedium}};
  Step historical = step(StepKind::kOpened, "a", Severity::kCritical, '1');
  historical.historical = true;
  commit(std::move(historical));
  open('2', "a", Severity::kMedium);
  commit(step(StepKind::kOpened, "b", Severity::kCritical, '3'));  // its policy names no channel
  open('4', "b", Severity::kMedium);
  EXPECT_THAT(leaving(*fresh_desk()), ElementsAre(ElementsAre(1), ElementsAre(2)));
  EXPECT_THAT(trail().held(), IsEmpty());
}

TEST_F(NoticeDeskTest, AGraverFindingThatIsToldOfElsewhereHoldsNothingBackHere) {
  inhibit_ = {{Severity::kCritical, Severity::kMedium}};
  channel_.name = "chat";
  open('1', "a", Severity::kCritical);
  channel_.name = "siem";
  open('2', "a", Severity::kMedium);
  EXPECT_THAT(leaving(*fresh_desk()), ElementsAre(ElementsAre(1), ElementsAre(2)));
}

TEST_F(NoticeDeskTest, AGraverFindingThatIsSilencedOrGivenUpHoldsNothingBack) {
  inhibit_ = {{Severity::kCritical, Severity::kMedium}};
  open('1', "a", Severity::kCritical);
  open('2', "a", Severity::kMedium);
  const auto desk = fresh_desk();
  const auto out = departures(*desk);
  ASSERT_THAT(out, SizeIs(1));
  ASSERT_TRUE(desk->give_up(*ledger_, out[0], now_));
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(2))) << "given up";
  act("n-0123456789ab", NoticesRetried{"siem", 1}, {{"reason", "it is back"}});
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(1)));
  act("s-0123456789ab", NoticesSilenced{now_, now_ + kHour},
      {{"severity", "critical"}, {"reason", "a test"}});
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(2))) << "silenced";
}

TEST_F(NoticeDeskTest, AGroupGoesWhenItsWaitIsOverAndStaysWhatItIs) {
  channel_.group_by = NoticeGrouping::kCase;
  channel_.group_wait = minutes(1);
  channel_.group_interval = minutes(5);
  open('1', "a");
  open('2', "b", Severity::kHigh);
  const auto desk = fresh_desk();
  EXPECT_THAT(leaving(*desk), IsEmpty());
  EXPECT_EQ(desk->next(), now_ + minutes(1));
  open('3', "a", Severity::kMedium);
  now_ = now_ + minutes(1);
  const auto out = departures(*desk);
  ASSERT_THAT(out, SizeIs(2));
  EXPECT_THAT(out[0].ids, ElementsAre(1, 3));
  EXPECT_THAT(out[1].ids, ElementsAre(2));
  const auto body = nlohmann::json::parse(out[0].body);
  EXPECT_EQ(body["type"], "findings.opened");
  EXPECT_EQ(body["group"], "c-111111111111");
  EXPECT_EQ(body["severity"], "medium");
  EXPECT_EQ(body["text"], "2 potential violations in case c-111111111111, the gravest medium");
  EXPECT_EQ(body["findings"][1]["finding"], std::string(32, '3'));
  EXPECT_EQ(nlohmann::json::parse(out[1].body)["type"], "finding.opened");
  ASSERT_THAT(trail().groups(), SizeIs(2));
  EXPECT_EQ(trail().groups()[0].key, "1") << "the ledger does not tell which case it is";
  // It failed, say: neither a later finding nor a restart changes what goes out under this id.
  open('4', "a");
  const auto again = departures(*fresh_desk());
  ASSERT_THAT(again, SizeIs(2));
  EXPECT_THAT(again[0].ids, ElementsAre(1, 3));
  EXPECT_EQ(again[0].body, out[0].body);
}

TEST_F(NoticeDeskTest, AGroupWaitsFromItsFirstFindingOnWhicheverProcessLooks) {
  channel_.group_by = NoticeGrouping::kPolicy;
  channel_.group_wait = minutes(1);
  open('1');
  EXPECT_THAT(leaving(*fresh_desk()), IsEmpty());
  now_ = now_ + minutes(1);
  EXPECT_THAT(leaving(*fresh_desk()), ElementsAre(ElementsAre(1))) << "as `run --once` does";
}

TEST_F(NoticeDeskTest, AGroupDoesNotWaitFromAFindingThatWasSilencedMeanwhile) {
  channel_.group_by = NoticeGrouping::kPolicy;
  channel_.group_wait = minutes(2);
  open('1');
  const auto desk = fresh_desk();
  EXPECT_THAT(leaving(*desk), IsEmpty());
  silence("a");
  now_ = now_ + minutes(1);
  open('2', "b");
  EXPECT_THAT(leaving(*desk), IsEmpty());
  now_ = now_ + minutes(1);
  EXPECT_THAT(leaving(*desk), IsEmpty()) << "its own two minutes are not over";
  now_ = now_ + minutes(1);
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(2)));
}

TEST_F(NoticeDeskTest, AGroupDoesNotWaitForTimesOfAClockThatRanAhead) {
  channel_.group_by = NoticeGrouping::kPolicy;
  channel_.group_wait = minutes(0);
  channel_.group_interval = minutes(5);
  const UtcTime right = now_;
  now_ = now_ + kDay;
  open('1');
  EXPECT_THAT(leaving(*fresh_desk()), ElementsAre(ElementsAre(1)));
  mark_sent({1});
  open('2', "b");
  now_ = right;
  EXPECT_THAT(leaving(*fresh_desk()), ElementsAre(ElementsAre(2)));
}

TEST_F(NoticeDeskTest, TheNextOfAGroupKeepsTheInterval) {
  channel_.group_by = NoticeGrouping::kPolicy;
  channel_.group_wait = minutes(0);
  channel_.group_interval = minutes(5);
  open('1', "a");
  const auto desk = fresh_desk();
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(1)));
  mark_sent({1});
  open('2', "b");
  open('3', "c");
  EXPECT_THAT(leaving(*desk), IsEmpty());
  EXPECT_THAT(leaving(*fresh_desk()), IsEmpty()) << "after a restart, too";
  now_ = now_ + minutes(5);
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(2, 3)));
}

TEST_F(NoticeDeskTest, TheNextOfACaseKeepsTheInterval) {
  channel_.group_by = NoticeGrouping::kCase;
  channel_.group_wait = minutes(0);
  channel_.group_interval = minutes(5);
  open('1', "a");
  EXPECT_THAT(leaving(*fresh_desk()), ElementsAre(ElementsAre(1)));
  mark_sent({1});
  open('2', "a");
  open('3', "b");
  EXPECT_THAT(leaving(*fresh_desk()), ElementsAre(ElementsAre(3))) << "another case";
  now_ = now_ + minutes(5);
  EXPECT_THAT(leaving(*fresh_desk()), ElementsAre(ElementsAre(3), ElementsAre(2)));
}

TEST_F(NoticeDeskTest, AGroupThatWasSentIsNotSentAgainAfterAKillWithinItsMarks) {
  channel_.group_by = NoticeGrouping::kCase;
  channel_.group_wait = minutes(0);
  open('1');
  open('2');
  EXPECT_THAT(leaving(*fresh_desk()), ElementsAre(ElementsAre(1, 2)));
  mark_sent({1});
  EXPECT_THAT(leaving(*fresh_desk()), IsEmpty());
  EXPECT_EQ(waiting(), 0U);
}

TEST_F(NoticeDeskTest, AGroupThatIsNotReadWholeWaitsForTheRest) {
  channel_.group_by = NoticeGrouping::kCase;
  channel_.group_wait = minutes(0);
  open('1');
  open('2');
  const auto desk = fresh_desk();
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(1, 2)));
  const auto cut = desk->let_out(*ledger_, *ledger_->pending(1), now_);
  ASSERT_TRUE(cut);
  EXPECT_THAT(*cut, IsEmpty());
  EXPECT_EQ(desk->kept_back(), 1);
  EXPECT_EQ(waiting(), 2U);
}

TEST_F(NoticeDeskTest, WhatIsGivenUpTwiceIsOneEntry) {
  open('1');
  const auto desk = fresh_desk();
  const auto out = departures(*desk);
  ASSERT_THAT(out, SizeIs(1));
  ASSERT_TRUE(desk->give_up(*ledger_, out[0], now_));
  const std::int64_t size = ledger_->head()->size;
  ASSERT_TRUE(desk->give_up(*ledger_, out[0], now_)) << "the first could not be signed, say";
  EXPECT_EQ(ledger_->head()->size, size);
}

TEST_F(NoticeDeskTest, WhatIsGivenUpWaitsForAPerson) {
  open('1');
  open('2', "b");
  const auto desk = fresh_desk();
  const auto out = departures(*desk);
  ASSERT_THAT(out, SizeIs(2));
  ASSERT_TRUE(desk->give_up(*ledger_, out[0], now_));
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(2)));
  EXPECT_THAT(leaving(*fresh_desk()), ElementsAre(ElementsAre(2)));
  act("n-0123456789ab", NoticesRetried{"siem", 2}, {{"reason", "the other one"}});
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(2)));
  act("n-0123456789ac", NoticesRetried{"siem", 1}, {{"reason", "it is back"}});
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(1), ElementsAre(2)));
  ASSERT_TRUE(desk->give_up(*ledger_, out[0], now_));
  ASSERT_TRUE(desk->give_up(*ledger_, out[1], now_));
  EXPECT_THAT(leaving(*desk), IsEmpty());
  act("n-0123456789ad", NoticesRetried{"siem", 0}, {{"reason", "all"}});
  EXPECT_THAT(leaving(*desk), ElementsAre(ElementsAre(1), ElementsAre(2)));
}

}  // namespace
}  // namespace tidewaiter
