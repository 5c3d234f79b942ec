#include <csignal>
#include <ctime>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "daemon/cli/cycle_run.h"
#include "daemon/cli/interrupt.h"
#include "tests/unit/app/loopback_server.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(RunOnce, TellsWhatItReadFoundAndSigned) {
  const SmallSite site;
  const Answer text = site({"run", "--once"});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("gateway"), HasSubstr("account:gateway/c"),
                              HasSubstr("2 potential violations, until a person decides"),
                              HasSubstr("this run: 2 opened"), HasSubstr("small.example/ledger"),
                              Not(HasSubstr("incomplete"))));
  const auto json = site({"run", "--once", "--json"}).json();  // again: nothing new
  EXPECT_EQ(json["added"], 0);
  EXPECT_EQ(json["opened"], 0);
  EXPECT_EQ(json["interrupted"], false);
  EXPECT_EQ(json["findings"].size(), 2U);
  EXPECT_EQ(json["coverage"][0]["policy"], "test.volume");
  EXPECT_EQ(json["ledger"]["size"], json["ledger"]["signed_size"]);
}

TEST(RunOnce, WritesWhatAChannelOfKindLogIsToldToStandardError) {
  const SmallSite site;
  const Answer run = site({"run", "--once"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("event=notice channel=operations"),
                             HasSubstr("history.digest"), Not(HasSubstr("to be sent"))));
  EXPECT_THAT(run.out, Not(HasSubstr("event=notice")));
  EXPECT_THAT(site({"run", "--once"}).err, Not(HasSubstr("event=notice"))) << "it has gone";
  EXPECT_THAT(site({"status"}).out, Not(HasSubstr("messages  ")));
}

TEST(RunOnce, SaysWhatCouldNotBeSentAndWhy) {
  LoopbackServer broken({http_answer("500 Ann Example is on leave")});
  LoopbackServer gone({http_answer("410 Gone")});
  const SmallSite site;
  site.write("tidewaiter.yaml",
             "state: state\npolicies: [policies]\n"
             "sources: [{name: gateway, kind: file, record: usage, path: usage.jsonl, "
             "format: jsonl}]\nledger: {origin: small.example/ledger}\n"
             "notify:\n  channels:\n    - {name: broken, kind: webhook, url: \"" +
                 broken.url() + "\"}\n    - {name: gone, kind: webhook, url: \"" + gone.url() +
                 "\"}\n");
  site.write("policies/volume.yaml", volume_policy("test.volume", "3", "broken, gone"));
  const Answer run = site({"run", "--once", "--json"});
  EXPECT_EQ(run.status, 0) << "findings are recorded, whoever is told";
  EXPECT_THAT(run.err,
              AllOf(HasSubstr("warning: channel broken: 1 message waits to be sent: status 500\n"),
                    HasSubstr("warning: channel gone: 1 message waits to be sent: status 410\n"),
                    Not(HasSubstr("Ann"))));
  EXPECT_EQ(run.json()["undelivered"],
            nlohmann::json::parse(R"([{"channel":"broken","waiting":1,"reason":"status 500"},
                                      {"channel":"gone","waiting":1,"reason":"status 410"}])"));
  EXPECT_THAT(site({"status"}).out,
              HasSubstr("messages  2 wait to be sent: `tidewaiter notify list`\n"));
  site.configure("origin: small.example/ledger");
  EXPECT_THAT(site({"status"}).out,
              HasSubstr("messages  2 wait to be sent, 2 of them by a channel that is not "
                        "configured: `tidewaiter notify list`\n"));
}

/// A signal that waits already when the command begins: it is asked to stop before it reads.
class WaitingSignal {
 public:
  WaitingSignal() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
    kill(getpid(), SIGTERM);
  }
  ~WaitingSignal() {
    // A command that failed before it looked leaves the signal: it must not end the test.
    constexpr timespec kAtOnce{0, 0};
    sigtimedwait(&signals_, nullptr, &kAtOnce);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WaitingSignal(const WaitingSignal&) = delete;
  WaitingSignal& operator=(const WaitingSignal&) = delete;

 private:
  sigset_t signals_{};
  sigset_t before_{};
};

TEST(RunOnce, WarnsOfAnotherMeaningUnderTheSameVersion) {
  const SmallSite site;
  site.cycle();
  std::string changed = volume_policy("test.volume", "4");
  site.write("policies/volume.yaml", changed);
  const Answer same = site({"run", "--once"});
  EXPECT_EQ(same.status, 0);
  EXPECT_THAT(same.err, HasSubstr("policy test.volume means something else than before"));
  EXPECT_THAT(site({"run", "--once"}).err, Not(HasSubstr("means something else")));
  changed.replace(changed.find("status: active"), 14, "status: retired");
  site.write("policies/volume.yaml", changed);
  EXPECT_THAT(site({"run", "--once"}).err, Not(HasSubstr("means something else")));
  changed = volume_policy("test.volume", "2");
  changed.replace(changed.find("version: 1"), 10, "version: 2");
  site.write("policies/volume.yaml", changed);
  EXPECT_THAT(site({"run", "--once"}).err, Not(HasSubstr("means something else")));
}

TEST(RunOnce, AnInterruptedRunIsNoAnswer) {
  const SmallSite site;
  Answer answer;
  {
    const WaitingSignal signal;
    answer = site({"run", "--once"});
  }
  EXPECT_EQ(answer.status, 5);
  EXPECT_THAT(answer.out,
              AllOf(HasSubstr("none so far"), HasSubstr("incomplete"), Not(HasSubstr("none;"))));
  {
    const WaitingSignal signal;
    answer = site({"source", "pull", "--json"});
  }
  EXPECT_EQ(answer.status, 5);
  EXPECT_EQ(answer.json()["interrupted"], true);
  EXPECT_EQ(site({"run", "--once", "--json"}).json()["opened"], 2);
}

TEST(InterruptDeathTest, TheSecondSignalEndsACommandThatDoesNotStop) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto stuck = [] {
    const Interrupt interrupt;
    ::kill(::getpid(), SIGINT);
    while (!interrupt.token().stop_requested()) std::this_thread::yield();
    ::kill(::getpid(), SIGINT);
    while (true) ::pause();
  };
  EXPECT_EXIT(stuck(), testing::KilledBySignal(SIGINT), "");
}

TEST(RunOnce, StatusIsThatOfTheWorstFailure) {
  CycleReport report;
  EXPECT_EQ(cycle_status(report), ExitStatus::kOk);
  report.failures.push_back({"a", {ErrorCode::kUnavailable, "away"}, false});
  EXPECT_EQ(cycle_status(report), ExitStatus::kUnavailable);
  // What the configuration names and is not there: the configuration is at fault.
  report.failures.push_back({"b", {ErrorCode::kNotFound, "no such file"}, true});
  EXPECT_EQ(cycle_status(report), ExitStatus::kConfiguration);
  CycleReport stopped;
  stopped.interrupted = true;
  EXPECT_EQ(cycle_status(stopped), ExitStatus::kUnavailable);
}

}  // namespace
}  // namespace tidewaiter
