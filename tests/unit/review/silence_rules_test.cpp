#include "storage/review/silence_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "storage/review/silence_book.h"
#include "storage/verify/verify.h"
#include "tests/unit/review/act_scene.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kSilenceName = "s-0123456789ab";

/// A silence from the morning on for two hours, entered at entry 10.
class SilenceRules : public testing::Test {
 protected:
  [[nodiscard]] std::string refusal(const std::string& by, const std::string& id,
                                    ActBody body) const {
    const Result<CaseBook> book = CaseBook::make({finding}, acts);
    const Result<ReportBook> reports = ReportBook::make(acts);
    const Result<RulingBook> rulings = RulingBook::make(acts);
    const Result<SilenceBook> silences = SilenceBook::make(acts);
    EXPECT_TRUE(book && reports && rulings && silences);
    ActBasis basis{&*book, &*reports, &*rulings, scene.reviewers, 100, kMorning};
    basis.silences = &*silences;
    const auto may = check_act(scene.act(by, id, std::move(body)), basis);
    return may ? std::string() : may.error().message;
  }
  void record(const std::string& id, ActBody body) {
    acts.push_back(scene.recorded(next++, "jo", id, std::move(body)));
  }

  ActScene scene;
  FindingState finding = ActScene::finding(1, "account:x/1");
  NoticesSilenced two_hours{kMorning, kMorning + Duration{2 * kHour.us}};
  std::vector<RecordedAct> acts;
  std::int64_t next = 10;
};

TEST_F(SilenceRules, ASilenceHasANameAndAnEndThatIsNotFar) {
  EXPECT_EQ(refusal("jo", kSilenceName, two_hours), "");
  EXPECT_THAT(refusal("cy", kSilenceName, two_hours), HasSubstr("is for officer, approver"));
  EXPECT_THAT(refusal("jo", "s-1", two_hours), HasSubstr("is named `s-`"));
  const auto lasting = [](Duration time) { return NoticesSilenced{kMorning, kMorning + time}; };
  EXPECT_EQ(refusal("jo", kSilenceName, lasting(Duration{30 * kDay.us})), "");
  EXPECT_THAT(refusal("jo", kSilenceName, lasting(Duration{30 * kDay.us + 1})),
              HasSubstr("no longer than 30d"));
  EXPECT_THAT(refusal("jo", kSilenceName, NoticesSilenced{kMorning - kDay, kMorning}),
              HasSubstr("is over before it begins"));
  const auto ahead = [](Duration from) {
    return NoticesSilenced{kMorning + from, kMorning + from + kHour};
  };
  EXPECT_EQ(refusal("jo", kSilenceName, ahead(Duration{30 * kDay.us})), "");
  EXPECT_THAT(refusal("jo", kSilenceName, ahead(Duration{30 * kDay.us + 1})),
              HasSubstr("begins within 30d"));
  record(kSilenceName, two_hours);
  EXPECT_THAT(refusal("jo", kSilenceName, two_hours), HasSubstr("there is a silence"));
}

TEST_F(SilenceRules, ASilenceIsEndedOnceAndBeforeItsTime) {
  EXPECT_THAT(refusal("jo", kSilenceName, SilenceEnded{10}), HasSubstr("began no silence"));
  record(kSilenceName, two_hours);
  EXPECT_EQ(refusal("kim", kSilenceName, SilenceEnded{10}), "");
  EXPECT_THAT(refusal("kim", kSilenceName, SilenceEnded{9}), HasSubstr("began no silence"));
  record("s-0123456789ac", {NoticesSilenced{kMorning - kDay, kMorning}});
  EXPECT_THAT(refusal("kim", "s-0123456789ac", SilenceEnded{11}), HasSubstr("over already"));
  record(kSilenceName, SilenceEnded{10});
  EXPECT_THAT(refusal("kim", kSilenceName, SilenceEnded{10}), HasSubstr("over already"));
}

TEST_F(SilenceRules, WhoRunsTheChannelsMayHaveMessagesSentAgain) {
  scene.enrol("al", "admin");
  const NoticesRetried all{"siem", 0};
  EXPECT_EQ(refusal("al", "n-0123456789ab", all), "");
  EXPECT_THAT(refusal("di", "n-0123456789ab", all), HasSubstr("enrolled as viewer"));
  EXPECT_THAT(refusal("al", kSilenceName, all), HasSubstr("is named `n-`"));
}

/// A whole ledger with these acts from entry 1 on, as a verifier judges it.
std::string first_problem(const std::vector<RecordedAct>& acts) {
  const TemporaryFolder folder;
  const LedgerPaths paths{folder.path() / "ledger.db", folder.path() / "lock.db",
                          folder.path() / "ledger.key", folder.path() / "vault.db"};
  EXPECT_TRUE(Ledger::create(paths, "review.example/ledger", kMorning));
  {
    const auto ledger = Ledger::open(paths, Ledger::Mode::kReadWrite);
    EXPECT_TRUE(ledger);
    LedgerCommit commit;
    for (const RecordedAct& act : acts) {
      commit.events.push_back({std::string(act_type(act.act.act)), act_fields(act.act)->dump()});
    }
    EXPECT_TRUE((*ledger)->commit(commit, kMorning));
    EXPECT_TRUE((*ledger)->sign(kMorning));
  }
  const VerifyReport report = verify_ledger({paths.database, paths.lock, {}});
  return report.ok() ? std::string() : report.problems.front().message;
}

TEST_F(SilenceRules, WhatTheRulesLetThroughAVerifierTakes) {
  const std::string retry = "n-0123456789ab";
  const NoticesRetried one{"siem", 7};
  next = 1;
  const std::pair<std::string, ActBody> tried[] = {{kSilenceName, two_hours},
                                                   {kSilenceName, two_hours},
                                                   {retry, one},
                                                   {retry, one},
                                                   {retry, NoticesRetried{"b", 0}},
                                                   {"n-0123456789ac", one},
                                                   {kSilenceName, SilenceEnded{1}},
                                                   {kSilenceName, SilenceEnded{1}}};
  for (const auto& [id, body] : tried) {
    if (refusal("jo", id, body).empty()) record(id, body);
  }
  EXPECT_EQ(acts.size(), 4U);
  EXPECT_EQ(first_problem(acts), "");
  EXPECT_THAT(refusal("jo", retry, one), HasSubstr("already"));
}

TEST_F(SilenceRules, ASilenceHoldsFromItsEntryUntilItsEnd) {
  record(kSilenceName, {NoticesSilenced{kMorning - kDay, kMorning + kHour}});
  const SilenceBook book = *SilenceBook::make(acts);
  const Silence& silence = book.silences().front();
  EXPECT_FALSE(silence.holds(kMorning - Duration{1})) << "nobody had recorded it";
  EXPECT_TRUE(silence.holds(kMorning));
  EXPECT_TRUE(silence.holds(kMorning + kHour - Duration{1}));
  EXPECT_FALSE(silence.holds(kMorning + kHour));
  EXPECT_EQ(*book.lookup("0123"), &silence);
  record(kSilenceName, two_hours);
  EXPECT_EQ(SilenceBook::make(acts).error().code, ErrorCode::kCorruption);
}

TEST(SilenceMatch, TakesFindingsThatAgreeInAllThatItNames) {
  FindingState finding = ActScene::finding(1, "account:x/1", Severity::kMedium);
  finding.policy = "sanctions.list";
  struct Case {
    Confidential words;
    bool takes;
  };
  const Case cases[] = {
      {{{"policy", "sanctions.list"}}, true},
      {{{"policy", "sanctions"}}, false},
      {{{"policy", "sanctions.*"}}, true},
      {{{"policy", "terms.*"}}, false},
      {{{"severity", "low,medium"}}, true},
      {{{"severity", "high"}}, false},
      {{{"subject", "account:x/1"}}, true},
      {{{"subject", "account:x/10"}}, false},
      {{{"policy", "*"}, {"severity", "medium"}, {"subject", "account:x/1"}}, true},
      {{{"policy", "sanctions.*"}, {"severity", "low"}}, false},
  };
  for (const Case& one : cases) {
    const Result<SilenceMatch> match = read_silence(one.words);
    ASSERT_TRUE(match) << match.error().message;
    EXPECT_EQ(match->takes(finding), one.takes) << one.words.begin()->second;
    EXPECT_EQ(silence_words(*match), one.words);
  }
}

TEST(SilenceMatch, IsNeverAboutEverythingAndSaysWhatItDoesNotKnow) {
  EXPECT_THAT(read_silence({{"reason", "quiet"}}).error().message,
              HasSubstr("never about everything"));
  EXPECT_THAT(read_silence({{"severity", "low,grave"}}).error().message, HasSubstr("`grave`"));
  EXPECT_THAT(read_silence({{"policy", "*.list"}}).error().message, HasSubstr("at the end"));
  const Confidential all[] = {
      {{"policy", "*"}},
      {{"severity", "low,medium,high,critical"}},
      {{"policy", "*"}, {"severity", "critical,high,medium,low,low"}},
  };
  for (const Confidential& words : all) {
    const Result<SilenceMatch> match = read_silence(words);
    ASSERT_FALSE(match) << words.begin()->second;
    EXPECT_THAT(match.error().message, HasSubstr("never about everything"));
  }
  EXPECT_TRUE(read_silence({{"severity", "low,low,low,low"}}));
}

TEST(SilenceMatch, IsAboutASubjectThatThereIsOrMayBe) {
  const std::vector<FindingState> findings = {
      ActScene::finding(1, "client.network:10.0.0.0/24 + model:large")};
  EXPECT_TRUE(check_silenced_subject("client.network:10.0.0.0/24 + model:large", findings));
  EXPECT_TRUE(check_silenced_subject("account:gateway/17", findings));
  EXPECT_FALSE(check_silenced_subject("gateway/17", findings));
  EXPECT_FALSE(check_silenced_subject("client.network:10.0.0.0/25", findings));
}

}  // namespace
}  // namespace tidewaiter
