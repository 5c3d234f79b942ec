#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/failure_notes.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::int64_t kTwoHours = 2 * kHour.us;

/// A site whose policy tells a channel, with two people. What the first cycle found is history, of
/// which there is a digest only.
class NotifyTest : public testing::Test {
 protected:
  NotifyTest() {
    const Answer made = site_({"init", "--person", "Jo=officer", "--person", "Di=viewer"});
    EXPECT_EQ(made.status, 0) << made.err;
    site_.cycle();
  }
  /// Two accounts have three requests in an hour each, which the next cycle finds.
  void find_more() const {
    std::ofstream usage(site_.path("usage.jsonl"), std::ios::app);
    for (const char* const id : {"d1", "d2", "d3", "e1", "e2", "e3"}) {
      usage << usage_line(id, "2026-10-05T11:0" + std::string(id + 1) + ":00Z", {id, 1});
    }
    usage.close();
    site_.cycle();
  }
  [[nodiscard]] nlohmann::json done(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    const Answer answer = site_(arguments);
    EXPECT_EQ(answer.status, 0) << answer.err;
    return answer.status == 0 ? answer.json() : nlohmann::json();
  }
  /// A silence of two hours about account d, of which nothing is known yet; its id.
  [[nodiscard]] std::string silence() const {
    return done({"notify", "silence", "add", "--subject", "account:gateway/d", "--for", "2h",
                 "--as", "jo", "--reason", "a load test"})["silence"]["id"];
  }
  [[nodiscard]] nlohmann::json messages(const std::string& state) const {
    return done({"notify", "list", "--state", state})["messages"];
  }

  SmallSite site_;
};

TEST_F(NotifyTest, ASilenceIsMadeListedAndExpiredByPeople) {
  const std::string id = silence();
  const auto listed = done({"notify", "silence", "list"})["silences"];
  ASSERT_THAT(listed, SizeIs(1));
  EXPECT_EQ(listed[0]["id"], id);
  EXPECT_EQ(listed[0]["state"], "holds");
  EXPECT_EQ(listed[0]["subject"], "account:gateway/d");
  EXPECT_EQ(listed[0]["reason"], "a load test");
  EXPECT_EQ(listed[0]["until"], "2026-10-05T16:00:00Z");
  const Answer text = site_({"notify", "silence", "list"});
  EXPECT_THAT(text.out, AllOf(HasSubstr(id), HasSubstr("subject account:gateway/d"),
                              HasSubstr("a load test")));
  const auto entries = site_.entries("notice.silenced");
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_THAT(entries[0].dump(), Not(HasSubstr("account:gateway")));
  const Answer expired =
      site_({"notify", "silence", "expire", id.substr(0, 6), "--as", "jo", "--reason", "over"});
  EXPECT_EQ(expired.status, 0) << expired.err;
  EXPECT_THAT(expired.out, HasSubstr("expired by jo"));
  EXPECT_THAT(site_({"notify", "silence", "list"}).out, HasSubstr("nothing is silenced"));
  EXPECT_THAT(done({"notify", "silence", "list", "--all"})["silences"], SizeIs(1));
}

TEST_F(NotifyTest, AMessageThatDidNotGoIsToldWithItsAgeAndWhy) {
  static_cast<void>(silence());
  find_more();
  const std::int64_t id = messages("silenced")[0]["message"];
  EXPECT_EQ(messages("silenced")[0]["last_error"], nullptr);
  ASSERT_TRUE(keep_failures(site_.path("state"),
                            {{id, {site_.now, 3, "the server answered 503"}}, {id + 999, {}}}));
  const UtcTime queued = site_.now;
  site_.now = site_.now + Duration{kTwoHours / 2 + kMinute.us};
  const auto told = messages("silenced")[0];
  EXPECT_EQ(told["queued"], format_time(queued));
  EXPECT_EQ(told["age_seconds"], 3660);
  EXPECT_EQ(told["last_error"], nlohmann::json({{"at", format_time(queued)},
                                                {"attempts", 3},
                                                {"reason", "the server answered 503"}}));
  const std::string row = site_({"notify", "list", "--state", "silenced"}).out;
  EXPECT_THAT(row, AllOf(HasSubstr("1h"), HasSubstr("the server answered 503")));
  const std::string channel = site_({"notify", "list"}).out;
  EXPECT_THAT(channel,
              AllOf(HasSubstr("OLDEST"), HasSubstr("1h"), HasSubstr("the server answered 503")));
}

TEST_F(NotifyTest, TheRulesSayWhoSilencesAndWhat) {
  const auto added = [this](std::vector<std::string> options) {
    std::vector<std::string> all{"notify", "silence", "add", "--reason", "quiet"};
    all.insert(all.end(), options.begin(), options.end());
    return site_(all);
  };
  EXPECT_EQ(added({"--policy", "x", "--for", "1h", "--as", "di"}).status, 4);
  EXPECT_EQ(added({"--policy", "x", "--for", "31d", "--as", "jo"}).status, 4);
  EXPECT_THAT(added({"--for", "1h", "--as", "jo"}).err, HasSubstr("never about everything"));
  EXPECT_THAT(added({"--policy", "x", "--as", "jo"}).err, HasSubstr("say when it ends"));
  EXPECT_THAT(added({"--severity", "grave", "--for", "1h", "--as", "jo"}).err,
              HasSubstr("`grave`"));
  EXPECT_THAT(site_.entries("notice.silenced"), IsEmpty());
  EXPECT_THAT(site_.entries("case.refused"), SizeIs(2));
}

TEST_F(NotifyTest, WhatIsSilencedIsShownAndGoesOutWhenTheSilenceIsOver) {
  const std::string id = silence();
  find_more();
  const auto silenced = messages("silenced");
  ASSERT_THAT(silenced, SizeIs(1));
  EXPECT_EQ(silenced[0]["by"], id);
  EXPECT_EQ(silenced[0]["channel"], "operations");
  EXPECT_THAT(messages("waiting"), IsEmpty()) << "that of the other account has gone";
  EXPECT_THAT(site_({"status"}).out, HasSubstr("1 silence holds; 1 silenced"));
  EXPECT_EQ(done({"status"})["messages"]["silenced"], 1);
  EXPECT_EQ(done({"notify", "silence", "list"})["silences"][0]["messages"], 1);
  const auto held = site_.entries("notice.held");
  ASSERT_THAT(held, SizeIs(1));
  EXPECT_EQ(held[0]["by"], id);
  site_.now = site_.now + Duration{kTwoHours};
  site_.cycle();
  EXPECT_THAT(messages("silenced"), IsEmpty());
  EXPECT_THAT(messages("waiting"), IsEmpty());
  EXPECT_THAT(messages("dropped"), IsEmpty());
  EXPECT_EQ(site_({"ledger", "verify"}).status, 0);
}

TEST_F(NotifyTest, WhatNothingHoldsBackAnyMoreIsToldAsWaiting) {
  const std::string silenced = silence();
  find_more();
  {
    // As by a daemon whose configuration held word of less grave findings back.
    const auto ledger = Ledger::open(site_.ledger_paths(), Ledger::Mode::kReadWrite);
    ASSERT_TRUE(ledger) << ledger.error().message;
    const auto pending = (*ledger)->pending(10);
    ASSERT_TRUE(pending && pending->size() == 1U);
    LedgerCommit commit;
    const nlohmann::json held = {{"message", pending->front().id},
                                 {"channel", "operations"},
                                 {"finding", std::string(32, 'f')},
                                 {"by", "graver"}};
    commit.events.push_back({"notice.held", held.dump()});
    ASSERT_TRUE((*ledger)->commit(commit, site_.now));
    ASSERT_TRUE((*ledger)->sign(site_.now));
  }
  EXPECT_THAT(messages("silenced"), SizeIs(1)) << "a silence comes first";
  EXPECT_EQ(
      site_({"notify", "silence", "expire", silenced, "--as", "jo", "--reason", "over"}).status, 0);
  EXPECT_THAT(messages("silenced"), IsEmpty());
  EXPECT_THAT(messages("inhibited"), IsEmpty()) << "no rule says so any more";
  EXPECT_THAT(messages("waiting"), SizeIs(1));
  EXPECT_EQ(done({"status"})["messages"]["inhibited"], 0);
  EXPECT_EQ(done({"status"})["messages"]["all_counted"], true);
}

TEST_F(NotifyTest, ASubjectThatNobodyCanHaveIsNotSilenced) {
  const Answer slip = site_({"notify", "silence", "add", "--subject", "gateway/d", "--for", "1h",
                             "--as", "jo", "--reason", "quiet"});
  EXPECT_EQ(slip.status, 2);
  EXPECT_THAT(slip.err, HasSubstr("--subject: "));
  EXPECT_THAT(site_.entries("notice.silenced"), IsEmpty());
}

TEST_F(NotifyTest, WhatIsNotGivenUpIsNotRetried) {
  const auto retried = [this](std::vector<std::string> options) {
    std::vector<std::string> all{"notify", "retry", "--as", "jo", "--reason", "it is back"};
    all.insert(all.end(), options.begin(), options.end());
    return site_(all);
  };
  EXPECT_THAT(retried({"1"}).err, HasSubstr("message 1 is not given up"));
  EXPECT_THAT(retried({"--channel", "operations"}).err, HasSubstr("no message for `operations`"));
  EXPECT_THAT(retried({}).err, HasSubstr("name messages, or a channel"));
  EXPECT_THAT(site_({"notify", "list", "--state", "dead"}).out, HasSubstr("no message is dead"));
}

TEST_F(NotifyTest, WhatIsGivenUpIsToldAndSentAgainOnRequest) {
  {
    const std::string silenced = silence();
    find_more();
    // As by a daemon whose channel has failed for too long.
    const auto ledger = Ledger::open(site_.ledger_paths(), Ledger::Mode::kReadWrite);
    ASSERT_TRUE(ledger) << ledger.error().message;
    const auto pending = (*ledger)->pending(10);
    ASSERT_TRUE(pending && pending->size() == 1U) << silenced;
    const std::int64_t waits = pending->front().id;
    LedgerCommit commit;
    commit.events.push_back(
        {"notice.dead", R"({"channel":"operations","message":)" + std::to_string(waits) + "}"});
    ASSERT_TRUE((*ledger)->commit(commit, site_.now));
    ASSERT_TRUE((*ledger)->sign(site_.now));
  }
  ASSERT_THAT(messages("dead"), SizeIs(1));
  EXPECT_THAT(site_({"status"}).out, HasSubstr("1 message is given up"));
  EXPECT_EQ(done({"notify", "retry", "--channel", "operations", "--as", "jo", "--reason",
                  "back"})["retried"],
            1);
  EXPECT_THAT(messages("dead"), IsEmpty());
  const auto entries = site_.entries("notice.retried");
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0]["act"]["channel"], "operations");
}

}  // namespace
}  // namespace tidewaiter
