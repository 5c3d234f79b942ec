#include "daemon/notify/outbox.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <sys/stat.h>

#include "daemon/app/config.h"
#include "daemon/app/failure_notes.h"
#include "daemon/app/state.h"
#include "loopback_server.h"
#include "temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Duration kPatience{20 * kSecond.us};

class OutboxTest : public testing::Test {
 protected:
  OutboxTest()
      : log_(LogLevel::kDebug, LogFormat::kText,
             std::make_shared<spdlog::sinks::ostream_sink_mt>(lines_)),
        http_(make_curl_client()) {
    Environment environment;
    environment.working_folder = folder_.path();
    environment.host_name = "test";
    config_ = default_config(environment);
    EXPECT_TRUE(init_state(config_, now_));
    ledger_ = *Ledger::open(state_paths(config_).ledger, Ledger::Mode::kReadWrite);
  }

  void post(const std::string& channel, const std::string& body) {
    LedgerCommit commit;
    commit.outbox.push_back({0, channel, body});
    const auto done = ledger_->commit(commit, now_);
    ASSERT_TRUE(done) << done.error().message;
  }

  OutboxOptions options(std::vector<ChannelConfig> channels) {
    OutboxOptions options;
    options.channels = std::move(channels);
    options.http = http_.get();
    options.log = &log_;
    options.variables = {{"TOKEN", "hunter2-token"}};
    options.seed = 7;
    return options;
  }

  /// Steps until nothing is out.
  void settle(Outbox& outbox) {
    ASSERT_TRUE(outbox.step(*ledger_, now_));
    for (;;) {
      const auto asked = std::chrono::steady_clock::now();
      if (outbox.wait_for_answer(kPatience)) {
        ASSERT_TRUE(outbox.step(*ledger_, now_));
        continue;
      }
      // With nothing out there is no wait; only a defect takes all of it.
      const auto waited = std::chrono::steady_clock::now() - asked;
      ASSERT_LT(waited, std::chrono::microseconds(kPatience.us)) << "something has no answer";
      return;
    }
  }

  /// The ledger's key id, of `<name>+<key id>+<key>`.
  std::string ledger_key() const {
    const std::string name = ledger_->origin() + "+";
    return ledger_->verifier_key().substr(name.size(), 8);
  }

  std::size_t pending() { return ledger_->pending(100)->size(); }

  TemporaryFolder folder_;
  Config config_;
  UtcTime now_{1'000'000'000};
  std::ostringstream lines_;
  EventLog log_;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<Ledger> ledger_;
};

ChannelConfig webhook(const std::string& url) {
  return {"hook", ChannelKind::kWebhook, url, std::nullopt,
          SecretRef{SecretRef::Kind::kEnv, "TOKEN"}};
}

TEST_F(OutboxTest, TriesAgainUntilThePeerTakesIt) {
  LoopbackServer server({http_answer("503 Busy"), http_answer("503 Busy", "Retry-After: 40\r\n"),
                         http_answer("204 None")});
  post("hook", R"({"finding":"f1"})");
  Outbox outbox(options({webhook(server.url())}));
  settle(outbox);
  EXPECT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(pending(), 1U);
  ASSERT_TRUE(outbox.next_attempt());
  now_ = now_ + kSecond;  // the longest first delay
  settle(outbox);
  EXPECT_EQ(server.requests().size(), 2U);
  // What the peer asks for is a minimum.
  ASSERT_TRUE(outbox.next_attempt());
  EXPECT_GE(*outbox.next_attempt(), now_ + Duration{40 * kSecond.us});
  now_ = now_ + Duration{39 * kSecond.us};
  settle(outbox);
  EXPECT_EQ(server.requests().size(), 2U);
  now_ = now_ + Duration{2 * kSecond.us};
  settle(outbox);
  EXPECT_EQ(pending(), 0U);
  EXPECT_EQ(outbox.next_attempt(), std::nullopt);

  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3U);
  for (const std::string& request : requests) {
    EXPECT_THAT(request, HasSubstr("POST /hook?channel=7 "));
    EXPECT_THAT(request, HasSubstr("Idempotency-Key: " + ledger_key() + "-1\r\n"));
    EXPECT_THAT(request, HasSubstr("Authorization: Bearer hunter2-token\r\n"));
    EXPECT_THAT(request, HasSubstr(R"({"finding":"f1"})"));
  }
  EXPECT_THAT(lines_.str(), HasSubstr("event=message_failed channel=hook"));
  EXPECT_THAT(lines_.str(), HasSubstr("event=message_sent channel=hook message=1"));
  EXPECT_THAT(lines_.str(), Not(HasSubstr("hunter2")));
}

ChannelConfig jira(const LoopbackServer& server) {
  const std::string url = server.url();
  ChannelConfig channel{"board", ChannelKind::kJira, url.substr(0, url.find("/hook")), std::nullopt,
                        SecretRef{SecretRef::Kind::kEnv, "TOKEN"}};
  channel.user = "a@x.org";
  channel.project = "SEC";
  channel.issue_type = "Task";
  return channel;
}

constexpr const char* kNoIssue = R"({"issues":[],"isLast":true})";

// Nobody knows what has become of the first attempt; the issue is there when it is looked for.
TEST_F(OutboxTest, CreatesAnIssueOfJiraOnce) {
  LoopbackServer server({http_answer("200 OK", "", kNoIssue), http_answer("503 Busy"),
                         http_answer("200 OK", "", R"({"issues":[{"id":"1","key":"SEC-1"}]})")});
  post("board", R"({"finding":"f1","text":"potential violation"})");
  Outbox outbox(options({jira(server)}));
  settle(outbox);
  ASSERT_EQ(server.requests().size(), 2U);
  // Jira's search may be minutes behind.
  ASSERT_TRUE(outbox.next_attempt());
  EXPECT_GE(*outbox.next_attempt(), now_ + Duration{5 * kMinute.us});
  now_ = now_ + Duration{5 * kMinute.us};
  settle(outbox);
  EXPECT_EQ(pending(), 0U);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3U);
  const std::string label = "tidewaiter-" + ledger_key() + "-1";
  for (const std::size_t asked : {std::size_t{0}, std::size_t{2}}) {
    EXPECT_THAT(requests[asked], HasSubstr("GET /rest/api/3/search/jql?"));
    EXPECT_THAT(requests[asked], HasSubstr(label + "%22"));
  }
  EXPECT_THAT(requests[1], HasSubstr("POST /rest/api/3/issue "));
  EXPECT_THAT(requests[1], HasSubstr("\"" + label + "\""));
  for (const std::string& request : requests) {
    // base64 of "a@x.org:hunter2-token".
    EXPECT_THAT(request, HasSubstr("Authorization: Basic YUB4Lm9yZzpodW50ZXIyLXRva2Vu\r\n"));
  }
  EXPECT_THAT(lines_.str(), Not(HasSubstr("hunter2")));
  EXPECT_THAT(lines_.str(), Not(HasSubstr("YUB4")));
}

// The site has created the issue that it answers 503 for, and its search shows it minutes later.
TEST_F(OutboxTest, CreatesAnIssueOfJiraOnceWhateverIsConfiguredMeanwhile) {
  LoopbackServer server({http_answer("200 OK", "", kNoIssue), http_answer("503 Busy"),
                         http_answer("200 OK", "", R"({"issues":[{"id":"1","key":"SEC-1"}]})")});
  post("board", R"({"finding":"f1"})");
  Outbox outbox(options({jira(server)}));
  settle(outbox);
  ASSERT_EQ(server.requests().size(), 2U);
  const UtcTime settled = now_ + Duration{5 * kMinute.us};
  now_ = now_ + kMinute;
  ChannelConfig changed = jira(server);
  changed.give_up_after = kDay;
  outbox.set_channels({changed});
  settle(outbox);
  EXPECT_EQ(server.requests().size(), 2U);
  ASSERT_TRUE(outbox.next_attempt());
  EXPECT_GE(*outbox.next_attempt(), settled);
  // Taken away, and put back.
  outbox.set_channels({});
  settle(outbox);
  outbox.set_channels({changed});
  settle(outbox);
  EXPECT_EQ(server.requests().size(), 2U);
  now_ = settled;
  settle(outbox);
  EXPECT_EQ(pending(), 0U);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_THAT(requests[2], HasSubstr("GET /rest/api/3/search/jql?"));
}

TEST_F(OutboxTest, AsksAnotherJiraAtOnceAndAnotherChannelToo) {
  LoopbackServer first({http_answer("200 OK", "", kNoIssue), http_answer("503 Busy")});
  LoopbackServer second({http_answer("200 OK", "", kNoIssue), http_answer("201 Created")});
  LoopbackServer busy({http_answer("503 Busy", "Retry-After: 400\r\n"), http_answer("204 None")});
  post("board", R"({"finding":"f1"})");
  post("hook", R"({"finding":"f1"})");
  Outbox outbox(options({jira(first), webhook(busy.url())}));
  settle(outbox);
  EXPECT_EQ(pending(), 2U);
  outbox.set_channels({jira(second), webhook(busy.url())});
  settle(outbox);
  EXPECT_EQ(pending(), 0U);
  EXPECT_EQ(first.requests().size(), 2U);
  EXPECT_EQ(second.requests().size(), 2U);
  EXPECT_EQ(busy.requests().size(), 2U);
}

// It leads to P, then to Q, and to P again before what may have arrived there shows.
TEST_F(OutboxTest, AsksAJiraThatItComesBackToWhenWhatMayBeThereShows) {
  LoopbackServer first({http_answer("200 OK", "", kNoIssue), http_answer("503 Busy"),
                        http_answer("200 OK", "", R"({"issues":[{"id":"1","key":"SEC-1"}]})")});
  LoopbackServer second({http_answer("401 Unauthorized")});
  post("board", R"({"finding":"f1"})");
  Outbox outbox(options({jira(first)}));
  settle(outbox);
  ASSERT_EQ(first.requests().size(), 2U);
  const UtcTime settled = now_ + Duration{5 * kMinute.us};
  now_ = now_ + kMinute;
  outbox.set_channels({jira(second)});
  settle(outbox);
  EXPECT_EQ(second.requests().size(), 1U);
  outbox.set_channels({jira(first)});
  settle(outbox);
  EXPECT_EQ(first.requests().size(), 2U);
  ASSERT_TRUE(outbox.next_attempt());
  EXPECT_GE(*outbox.next_attempt(), settled);
  now_ = *outbox.next_attempt();
  settle(outbox);
  EXPECT_EQ(pending(), 0U);
  EXPECT_EQ(first.requests().size(), 3U);
}

// The answer comes when the channel leads elsewhere: it says something of where it was asked alone.
TEST_F(OutboxTest, PausesThePlaceOfAnAnswerThatWasOnItsWay) {
  LoopbackServer first({http_answer("200 OK", "", kNoIssue), http_answer("503 Busy"),
                        http_answer("200 OK", "", R"({"issues":[{"id":"1","key":"SEC-1"}]})")});
  LoopbackServer second({http_answer("401 Unauthorized")});
  post("board", R"({"finding":"f1"})");
  Outbox outbox(options({jira(first)}));
  ASSERT_TRUE(outbox.step(*ledger_, now_));
  ASSERT_TRUE(outbox.wait_for_answer(Duration{20 * kSecond.us}));
  const UtcTime settled = now_ + Duration{5 * kMinute.us};
  outbox.set_channels({jira(second)});
  settle(outbox);
  EXPECT_EQ(second.requests().size(), 1U) << "it is asked at once";
  outbox.set_channels({jira(first)});
  settle(outbox);
  EXPECT_EQ(first.requests().size(), 2U);
  ASSERT_TRUE(outbox.next_attempt());
  EXPECT_GE(*outbox.next_attempt(), settled);
}

TEST_F(OutboxTest, CreatesNoIssueWhereJiraDoesNotLetItLook) {
  LoopbackServer server({http_answer("401 Unauthorized")});
  post("board", R"({"finding":"f1"})");
  Outbox outbox(options({jira(server)}));
  settle(outbox);
  EXPECT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(pending(), 1U);
  EXPECT_GE(*outbox.next_attempt(), now_ + Duration{15 * kMinute.us});
  EXPECT_THAT(lines_.str(), HasSubstr("looking for the issue: status 401"));
}

// What Jira refuses was not created: that needs no time to show.
TEST_F(OutboxTest, AsksJiraAgainSoonWhereItRefusesAnIssue) {
  LoopbackServer server({http_answer("200 OK", "", kNoIssue), http_answer("400 Bad Request"),
                         http_answer("200 OK", "", kNoIssue), http_answer("201 Created")});
  post("board", R"({"finding":"f1"})");
  Outbox outbox(options({jira(server)}));
  settle(outbox);
  ASSERT_TRUE(outbox.next_attempt());
  EXPECT_LE(*outbox.next_attempt(), now_ + kSecond);
  now_ = now_ + kSecond;
  settle(outbox);
  EXPECT_EQ(pending(), 0U);
  EXPECT_EQ(server.requests().size(), 4U);
}

/// Keeps the first messages back, or lets them out as one when it is given all of them.
class FirstOnesGate : public NoticeGate {
 public:
  FirstOnesGate(std::int64_t first, bool together) : first_(first), together_(together) {}
  Result<std::vector<Departure>> let_out(Ledger& /*ledger*/, std::vector<OutboxMessage> waiting,
                                         UtcTime /*now*/) override {
    std::vector<Departure> leaving;
    Departure together{{}, {}, "{}"};
    kept_ = 0;
    for (OutboxMessage& message : waiting) {
      if (message.id <= first_) {
        together.ids.push_back(message.id);
        together.channel = message.channel;
        ++kept_;
      } else {
        leaving.push_back({{message.id}, message.channel, std::move(message.body)});
      }
    }
    if (together_ && kept_ == first_) {
      kept_ = 0;
      leaving.insert(leaving.begin(), std::move(together));
    }
    return leaving;
  }
  Result<void> give_up(Ledger& /*ledger*/, const Departure& departure, UtcTime /*now*/) override {
    given_up.push_back(departure.ids.front());
    return {};
  }
  [[nodiscard]] std::int64_t kept_back() const override { return kept_; }
  [[nodiscard]] std::optional<UtcTime> next() const override { return std::nullopt; }
  void keep_first(std::int64_t first) { first_ = first; }

  std::vector<std::int64_t> given_up;

 private:
  std::int64_t first_;
  bool together_;
  std::int64_t kept_ = 0;
};

TEST_F(OutboxTest, WhatIsKeptBackHidesNothingThatIsNewer) {
  LedgerCommit commit;
  for (int i = 0; i < 1201; ++i) commit.outbox.push_back({0, "lines", R"({"finding":"f"})"});
  ASSERT_TRUE(ledger_->commit(commit, now_));
  FirstOnesGate gate(1200, false);
  OutboxOptions gated = options({{"lines", ChannelKind::kLog, {}, {}, {}}});
  gated.gate = &gate;
  Outbox outbox(std::move(gated));
  settle(outbox);
  EXPECT_THAT(lines_.str(), HasSubstr("event=message_sent channel=lines message=1201"));
  EXPECT_EQ(gate.kept_back(), 1200);
}

TEST_F(OutboxTest, AGroupThatIsFarApartIsReadWhole) {
  LedgerCommit commit;
  for (int i = 0; i < 700; ++i) commit.outbox.push_back({0, "lines", R"({"finding":"f"})"});
  ASSERT_TRUE(ledger_->commit(commit, now_));
  FirstOnesGate gate(700, true);
  OutboxOptions gated = options({{"lines", ChannelKind::kLog, {}, {}, {}}});
  gated.gate = &gate;
  Outbox outbox(std::move(gated));
  settle(outbox);
  EXPECT_EQ(pending(), 0U);
}

TEST_F(OutboxTest, WhatTheGateKeepsBackStartsAnewWhenItGoes) {
  LoopbackServer server(
      {http_answer("503 Busy"), http_answer("503 Busy"), http_answer("503 Busy")});
  post("hook", "{}");
  FirstOnesGate gate(0, false);
  ChannelConfig channel = webhook(server.url());
  channel.give_up_after = kHour;
  OutboxOptions gated = options({channel});
  gated.gate = &gate;
  Outbox outbox(std::move(gated));
  settle(outbox);
  gate.keep_first(1);
  now_ = now_ + kMinute;
  settle(outbox);
  gate.keep_first(0);
  now_ = now_ + kHour;
  settle(outbox);
  EXPECT_EQ(server.requests().size(), 2U);
  EXPECT_TRUE(gate.given_up.empty()) << "it was held back for most of the hour";
  now_ = now_ + kHour;
  settle(outbox);
  EXPECT_EQ(gate.given_up, std::vector<std::int64_t>{1});
}

TEST_F(OutboxTest, ARefusedTokenPausesTheChannel) {
  LoopbackServer server({http_answer("401 No")});
  post("hook", "{}");
  Outbox outbox(options({webhook(server.url())}));
  settle(outbox);
  EXPECT_GE(*outbox.next_attempt(), now_ + Duration{15 * kMinute.us});
  EXPECT_THAT(lines_.str(), Not(HasSubstr("hunter2")));
}

TEST_F(OutboxTest, AReceiverThatIsGoneIsLeftAloneUntilAPersonActs) {
  LoopbackServer server({http_answer("410 Gone"), http_answer("200 OK")});
  post("hook", R"({"n":1})");
  Outbox outbox(options({webhook(server.url())}));
  settle(outbox);
  EXPECT_THAT(lines_.str(), HasSubstr("event=channel_gone channel=hook"));
  EXPECT_EQ(outbox.next_attempt(), std::nullopt);
  now_ = now_ + Duration{30 * kDay.us};
  settle(outbox);
  EXPECT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(pending(), 1U) << "nothing is given up";
  outbox.set_channels({webhook(server.url())});
  settle(outbox);
  EXPECT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(pending(), 0U);
}

/// Lets out the two oldest messages as one, and the others not at all; one that is given up never.
class PairGate : public NoticeGate {
 public:
  Result<std::vector<Departure>> let_out(Ledger& /*ledger*/, std::vector<OutboxMessage> waiting,
                                         UtcTime /*now*/) override {
    std::vector<Departure> all;
    if (waiting.size() < 2 || gave_up > 0) return all;
    all.push_back({{waiting[0].id, waiting[1].id}, waiting[0].channel, R"({"text":"a pair"})"});
    return all;
  }
  Result<void> give_up(Ledger& /*ledger*/, const Departure& departure, UtcTime /*now*/) override {
    EXPECT_EQ(departure.ids.size(), 2U);
    ++gave_up;
    return {};
  }
  std::int64_t kept_back() const override { return 0; }
  std::optional<UtcTime> next() const override { return wakes; }

  int gave_up = 0;
  std::optional<UtcTime> wakes;
};

TEST_F(OutboxTest, WhatGoesAsOneHasTheFirstOnesKeyAndIsMarkedTogether) {
  LoopbackServer server({http_answer("503 Busy"), http_answer("200 OK")});
  for (const char* const body : {"{}", "{}", "{}"}) post("hook", body);
  PairGate gate;
  OutboxOptions with_gate = options({webhook(server.url())});
  with_gate.gate = &gate;
  Outbox outbox(std::move(with_gate));
  settle(outbox);
  now_ = now_ + kSecond;
  settle(outbox);
  ASSERT_EQ(server.requests().size(), 2U);
  for (const std::string& request : server.requests()) {
    EXPECT_THAT(request, HasSubstr("Idempotency-Key: " + ledger_key() + "-1\r\n"));
    EXPECT_THAT(request, HasSubstr(R"({"text":"a pair"})"));
  }
  const auto left = *ledger_->pending(10);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].id, 3);
  EXPECT_EQ(outbox.next_attempt(), std::nullopt);
  gate.wakes = now_ + kHour;
  EXPECT_EQ(outbox.next_attempt(), now_ + kHour);
}

TEST_F(OutboxTest, AMessageIsGivenUpOnlyAfterAsLongAsItsChannelSays) {
  LoopbackServer server({http_answer("400 Bad"), http_answer("400 Bad"), http_answer("400 Bad")});
  for (const char* const body : {"{}", "{}"}) post("hook", body);
  PairGate gate;
  ChannelConfig channel = webhook(server.url());
  channel.give_up_after = kHour;
  OutboxOptions with_gate = options({channel});
  with_gate.gate = &gate;
  Outbox outbox(std::move(with_gate));
  settle(outbox);
  now_ = now_ + kHour - kSecond;
  settle(outbox);
  EXPECT_EQ(gate.gave_up, 0);
  now_ = now_ + kSecond + kSecond;
  settle(outbox);
  EXPECT_EQ(gate.gave_up, 1);
  EXPECT_EQ(server.requests().size(), 3U);
  EXPECT_EQ(pending(), 2U) << "nothing is lost";
  EXPECT_THAT(lines_.str(), HasSubstr("event=message_dead channel=hook message=1"));
}

TEST_F(OutboxTest, ASignedWebhookHasTheHeadersOfTheStandard) {
  LoopbackServer server({http_answer("200 OK")});
  post("hook", R"({"n":1})");
  ChannelConfig channel = webhook(server.url());
  channel.key = SecretRef{SecretRef::Kind::kEnv, "HOOK_KEY"};
  OutboxOptions with_key = options({channel});
  with_key.variables["HOOK_KEY"] = "whsec_CwsLCwsLCwsLCwsLCwsLCwsLCws=";
  Outbox outbox(std::move(with_key));
  settle(outbox);
  ASSERT_EQ(server.requests().size(), 1U);
  const std::string request = server.requests().front();
  EXPECT_THAT(request, HasSubstr("webhook-id: " + ledger_key() + "-1\r\n"));
  EXPECT_THAT(request, HasSubstr("webhook-timestamp: 1000\r\n"));  // now_ is 1,000 s
  EXPECT_THAT(request, HasSubstr("webhook-signature: v1,"));
  EXPECT_THAT(request, Not(HasSubstr("whsec")));
}

TEST_F(OutboxTest, ARefusedMessageDoesNotHoldUpTheOthers) {
  LoopbackServer server({http_answer("400 Bad"), http_answer("200 OK"), http_answer("200 OK")});
  post("hook", R"({"n":1})");
  post("hook", R"({"n":2})");
  Outbox outbox(options({webhook(server.url())}));
  settle(outbox);
  now_ = now_ + kSecond;
  settle(outbox);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_THAT(requests[0], HasSubstr(R"({"n":1})"));
  EXPECT_THAT(requests[1], HasSubstr(R"({"n":2})"));
  EXPECT_THAT(requests[2], HasSubstr(R"({"n":1})"));
  EXPECT_EQ(pending(), 0U);
}

// More of them than are read at once.
TEST_F(OutboxTest, HoweverManyAreRefusedTheNextIsSent) {
  constexpr std::size_t kRefused = 256;
  std::vector<std::string> answers(kRefused, http_answer("400 Bad"));
  answers.push_back(http_answer("200 OK"));
  answers.push_back(http_answer("400 Bad"));
  LoopbackServer server(answers);
  LedgerCommit refused;
  for (std::size_t i = 0; i < kRefused; ++i) refused.outbox.push_back({0, "hook", "{}"});
  ASSERT_TRUE(ledger_->commit(refused, now_));
  Outbox outbox(options({webhook(server.url())}));
  for (std::size_t i = 0; i < kRefused; ++i) {
    settle(outbox);
    ASSERT_TRUE(outbox.next_attempt());
    now_ = *outbox.next_attempt();
  }
  post("hook", R"({"n":"new"})");
  settle(outbox);
  ASSERT_GT(server.requests().size(), kRefused);
  EXPECT_THAT(server.requests()[kRefused], HasSubstr(R"({"n":"new"})"));
  EXPECT_EQ(ledger_->pending(1000)->size(), kRefused);
}

TEST_F(OutboxTest, DoesNotFollowRedirectsWithTheToken) {
  LoopbackServer other({http_answer("200 OK")});
  LoopbackServer server({http_answer("302 Found", "Location: " + other.url() + "\r\n")});
  post("hook", "{}");
  Outbox outbox(options({webhook(server.url())}));
  settle(outbox);
  EXPECT_TRUE(other.requests().empty());
  EXPECT_EQ(pending(), 1U);
}

TEST_F(OutboxTest, AnAnswerWithoutEndIsCutOff) {
  LoopbackServer server({http_answer("200 OK", "", std::string(100'000, 'x'))});
  post("hook", "{}");
  Outbox outbox(options({webhook(server.url())}));
  settle(outbox);
  EXPECT_EQ(pending(), 1U);
  EXPECT_THAT(lines_.str(), HasSubstr("larger than 65536 bytes"));
}

TEST_F(OutboxTest, AFailingChannelLeavesTheOthersAlone) {
  post("hook", "{}");
  post("log", R"({"text":"two\nlines"})");
  Outbox outbox(options({webhook("http://127.0.0.1:1/"), {"log", ChannelKind::kLog, {}, {}, {}}}));
  settle(outbox);
  const auto left = *ledger_->pending(10);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].channel, "hook");
  EXPECT_THAT(lines_.str(), HasSubstr("event=notice channel=log"));
}

TEST_F(OutboxTest, WhereNoLogIsWrittenWhatGoesThereWaits) {
  post("log", R"({"text":"one"})");
  OutboxOptions silent = options({{"log", ChannelKind::kLog, {}, {}, {}}});
  silent.log = nullptr;
  Outbox outbox(std::move(silent));
  settle(outbox);
  EXPECT_EQ(pending(), 1U);
  EXPECT_EQ(outbox.failing().at("log"), "no log is written here");
}

TEST_F(OutboxTest, SaysWhyAChannelFailsUntilItDoesNotAnyMore) {
  LoopbackServer server({http_answer("500 Broken"), http_answer("204 None")});
  post("hook", "{}");
  Outbox outbox(options({webhook(server.url())}));
  settle(outbox);
  EXPECT_EQ(outbox.failing().at("hook"), "status 500");
  now_ = now_ + kSecond;  // the longest first delay
  settle(outbox);
  EXPECT_EQ(pending(), 0U);
  EXPECT_TRUE(outbox.failing().empty());
}

TEST_F(OutboxTest, TellsWhyAMessageDidNotGoUntilItHasGone) {
  LoopbackServer server(
      {http_answer("500 Broken"), http_answer("503 Busy"), http_answer("204 None")});
  post("hook", "{}");
  const std::int64_t id = ledger_->pending(1)->front().id;
  EXPECT_EQ(ledger_->pending(1)->front().queued, now_);
  OutboxOptions kept = options({webhook(server.url())});
  kept.failures = {{id, {now_ - kDay, 4, "status 502"}}};  // of a process before
  MessageFailures told;
  kept.keep_failures = [&told](const MessageFailures& failures) { told = failures; };
  Outbox outbox(std::move(kept));
  settle(outbox);
  EXPECT_EQ(told, (MessageFailures{{id, {now_, 5, "status 500"}}}));
  now_ = now_ + Duration{10 * kSecond.us};
  settle(outbox);
  EXPECT_EQ(told.at(id), (MessageFailure{now_, 6, "status 503"}));
  ASSERT_TRUE(keep_failures(config_.state, told));
  EXPECT_EQ(kept_failures(config_.state), told);
  now_ = now_ + Duration{60 * kSecond.us};
  settle(outbox);
  EXPECT_EQ(pending(), 0U);
  EXPECT_TRUE(told.empty());
  EXPECT_TRUE(outbox.failures().empty());
}

TEST_F(OutboxTest, KeepsWhyMessagesDidNotGoInAFileThatMayBeGone) {
  EXPECT_TRUE(kept_failures(config_.state).empty());
  const std::string reason = "caf\xc3\xa9 \"quoted\"\n";
  ASSERT_TRUE(keep_failures(config_.state, {{7, {now_, 2, reason}}}));
  EXPECT_EQ(kept_failures(config_.state).at(7).reason, reason);
  // A long one is cut, and what it was cut within stands as U+FFFD.
  ASSERT_TRUE(keep_failures(config_.state, {{7, {now_, 2, std::string(299, 'x') + "\xc3\xa9"}}}));
  EXPECT_EQ(kept_failures(config_.state).at(7).reason, std::string(299, 'x') + "\xef\xbf\xbd");
  struct stat status {};
  ASSERT_EQ(stat(failures_file(config_.state).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  write_file(failures_file(config_.state), "[1, 2");
  EXPECT_TRUE(kept_failures(config_.state).empty());
  EXPECT_TRUE(forget_failures(config_.state));
  EXPECT_TRUE(forget_failures(config_.state));
  EXPECT_FALSE(std::filesystem::exists(failures_file(config_.state)));
}

// As many messages of a dead channel as are ever read at once, all older than the other's one.
TEST_F(OutboxTest, ADeadChannelWithManyMessagesLeavesTheOthersAlone) {
  LedgerCommit commit;
  for (int i = 0; i < 300; ++i) commit.outbox.push_back({0, "hook", "{}"});
  commit.outbox.push_back({0, "log", "{}"});
  ASSERT_TRUE(ledger_->commit(commit, now_));
  Outbox outbox(options({webhook("http://127.0.0.1:1/"), {"log", ChannelKind::kLog, {}, {}, {}}}));
  settle(outbox);
  EXPECT_THAT(lines_.str(), HasSubstr("event=notice channel=log"));
  const auto left = *ledger_->pending(1000);
  EXPECT_EQ(left.size(), 300U);
  for (const OutboxMessage& message : left) EXPECT_EQ(message.channel, "hook");
}

TEST_F(OutboxTest, AUrlThatIsASecretIsReadFromItsPlace) {
  LoopbackServer server({http_answer("200 OK")});
  post("hook", "{}");
  ChannelConfig channel = webhook("");
  channel.secret_url = SecretRef{SecretRef::Kind::kEnv, "HOOK"};
  OutboxOptions secret = options({channel});
  secret.variables["HOOK"] = server.url();
  Outbox outbox(std::move(secret));
  settle(outbox);
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(pending(), 0U);
  EXPECT_THAT(lines_.str(), Not(HasSubstr("127.0.0.1")));
}

TEST_F(OutboxTest, TheLastAnswersAreTakenWithoutSendingMore) {
  LoopbackServer server({http_answer("200 OK"), http_answer("200 OK")});
  post("hook", R"({"n":1})");
  post("hook", R"({"n":2})");
  Outbox outbox(options({webhook(server.url())}));
  ASSERT_TRUE(outbox.step(*ledger_, now_));
  ASSERT_TRUE(outbox.wait_for_answer(kPatience));
  ASSERT_TRUE(outbox.take_answers(*ledger_, now_));
  EXPECT_EQ(pending(), 1U);
  EXPECT_FALSE(outbox.wait_for_answer(kPatience)) << "nothing is out";
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(OutboxTest, APauseDoesNotGrowWhenTheClockIsSetBack) {
  LoopbackServer server({http_answer("401 No")});
  now_ = now_ + Duration{30 * kDay.us};
  post("hook", "{}");
  Outbox outbox(options({webhook(server.url())}));
  settle(outbox);
  now_ = now_ - Duration{20 * kDay.us};
  ASSERT_TRUE(outbox.step(*ledger_, now_));
  EXPECT_EQ(*outbox.next_attempt(), now_ + Duration{15 * kMinute.us});
}

TEST_F(OutboxTest, TheSchemeOfAUrlIsReadInAnyCase) {
  LoopbackServer server({http_answer("200 OK")});
  post("hook", "{}");
  std::string url = server.url();
  url.replace(0, 4, "HTTP");
  ASSERT_TRUE(check_url(url));
  Outbox outbox(options({webhook(url)}));
  settle(outbox);
  EXPECT_EQ(pending(), 0U) << lines_.str();
}

TEST_F(OutboxTest, KeepsMessagesForChannelsThatAreGone) {
  post("gone", "{}");
  Outbox outbox(options({}));
  settle(outbox);
  EXPECT_EQ(pending(), 1U);
  EXPECT_THAT(lines_.str(), HasSubstr("event=channel_missing channel=gone"));
}

TEST_F(OutboxTest, AMissingSecretIsToldByName) {
  LoopbackServer server({http_answer("200 OK")});
  post("hook", "{}");
  ChannelConfig channel = webhook(server.url());
  channel.token = SecretRef{SecretRef::Kind::kEnv, "NOT_THERE"};
  Outbox outbox(options({channel}));
  settle(outbox);
  EXPECT_TRUE(server.requests().empty());
  EXPECT_THAT(lines_.str(), HasSubstr("`NOT_THERE` is not set"));
}

TEST(RetryDelay, IsFullJitterUnderADoublingCeiling) {
  const auto seconds = [](double s) { return Duration{static_cast<std::int64_t>(s * 1e6)}; };
  EXPECT_EQ(retry_delay(1, 0.5, {}), seconds(0.5));
  EXPECT_EQ(retry_delay(2, 0.5, {}), seconds(1));
  EXPECT_EQ(retry_delay(5, 0.25, {}), seconds(4));
  EXPECT_EQ(retry_delay(9, 0.5, {}), seconds(128));
  EXPECT_EQ(retry_delay(10, 0.5, {}), seconds(150));  // the ceiling is five minutes
  EXPECT_EQ(retry_delay(1000, 0.5, {}), seconds(150));
  EXPECT_EQ(retry_delay(1, 0.0, {}), seconds(0));
  EXPECT_EQ(retry_delay(1, 0.5, seconds(30)), seconds(30));
  EXPECT_EQ(retry_delay(9, 0.5, seconds(30)), seconds(128));
  EXPECT_EQ(retry_delay(1, 0.5, Duration{300 * kDay.us}), Duration{kHour.us});
}

TEST(CheckUrl, TakesHttpsAndLoopbackOnly) {
  for (const char* good : {"https://example.org/x?y=1", "http://127.0.0.1:80/", "http://[::1]/x",
                           "http://localhost:9/"}) {
    EXPECT_TRUE(check_url(good)) << good;
  }
  for (const char* bad : {"http://example.org", "ftp://127.0.0.1/", "file:///etc/passwd",
                          "nonsense", "https://u@example.org/", "http://127.0.0.1.example.org/",
                          "https://x/#f", "http://10.0.0.1/"}) {
    EXPECT_FALSE(check_url(bad)) << bad;
  }
}

TEST(Secret, IsReadFromAPrivateFile) {
  const TemporaryFolder folder;
  write_file(folder / "token", "abc\n");
  ::chmod((folder / "token").c_str(), 0400);
  const SecretRef ref{SecretRef::Kind::kFile, (folder / "token").string()};
  const auto secret = read_secret(ref, {});
  ASSERT_TRUE(secret) << secret.error().message;
  EXPECT_EQ(secret->expose(), "abc");
  const auto credential = read_secret({SecretRef::Kind::kCredential, "token"},
                                      {{"CREDENTIALS_DIRECTORY", folder.path().string()}});
  ASSERT_TRUE(credential);
  EXPECT_EQ(credential->expose(), "abc");
  ::chmod((folder / "token").c_str(), 0644);
  EXPECT_EQ(read_secret(ref, {}).error().code, ErrorCode::kRefused);
  EXPECT_EQ(read_secret({SecretRef::Kind::kEnv, "X"}, {{"X", "a\r\nInjected: 1"}}).error().code,
            ErrorCode::kRefused);
  static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
}

TEST(LogValue, IsAlwaysOneWordOrOneQuotedLine) {
  EXPECT_EQ(log_value("plain-1.2/x"), "plain-1.2/x");
  EXPECT_EQ(log_value(""), "\"\"");
  EXPECT_EQ(log_value("a b"), "\"a b\"");
  EXPECT_EQ(log_value("a=b"), "\"a=b\"");
  EXPECT_EQ(log_value("a\"b\\"), "\"a\\\"b\\\\\"");
  EXPECT_EQ(log_value("a\nevent=fake"), "\"a\\nevent=fake\"");
  EXPECT_EQ(log_value(std::string("\x1b[31m\0", 6)), "\"\\x1b[31m\\x00\"");
}

// Outside the journal both forms carry their time; a reload may change between them.
TEST(EventLog, TellsTheTimeInBothForms) {
  ::unsetenv("JOURNAL_STREAM");  // NOLINT(concurrency-mt-unsafe)
  testing::internal::CaptureStderr();
  EventLog log(LogLevel::kInfo, LogFormat::kJson);
  log.info("one", {});
  log.set_format(LogFormat::kText);
  log.info("two", {});
  const std::string out = testing::internal::GetCapturedStderr();
  const std::string time = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9.]+Z";
  EXPECT_THAT(
      out, testing::MatchesRegex("\\{\"time\":\"" + time + R"(","level":"info","event":"one"\}.)" +
                                 time + " info event=two."));
}

TEST(EventLog, WritesKeysOrJson) {
  std::ostringstream out;
  const auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(out);
  EventLog text(LogLevel::kInfo, LogFormat::kText, sink);
  text.debug("hidden", {});
  text.info("pulled", {{"source", "a b"}, {"records", std::int64_t{3}}, {"ok", true}});
  EventLog json(LogLevel::kInfo, LogFormat::kJson, sink);
  json.warn("pulled", {{"source", "a b"}, {"records", std::int64_t{3}}});
  EXPECT_EQ(out.str(),
            "event=pulled source=\"a b\" records=3 ok=true\n"
            "{\"level\":\"warn\",\"event\":\"pulled\",\"source\":\"a b\",\"records\":3}\n");
}

TEST(EventLog, HasTheLevelsOfSpdlog) {
  EXPECT_THAT(log_level_words(), testing::ElementsAre("trace", "debug", "info", "warn", "error"));
  std::ostringstream out;
  EventLog log(LogLevel::kDebug, LogFormat::kJson,
               std::make_shared<spdlog::sinks::ostream_sink_mt>(out));
  EXPECT_FALSE(log.writes(LogLevel::kTrace));
  log.trace("hidden", {});
  log.set_level(LogLevel::kTrace);
  EXPECT_TRUE(log.writes(LogLevel::kTrace));
  log.trace("shown", {});
  EXPECT_EQ(out.str(), "{\"level\":\"trace\",\"event\":\"shown\"}\n");
}

}  // namespace
}  // namespace tidewaiter
