// Two daemons on one ledger in a PostgreSQL and one state folder: one leads, the other stands by,
// and takes over when the first is killed. Nothing that came in is lost or judged twice.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/app.h"
#include "ledger_site.h"
#include "storage/ledger/ledger_in_file.h"
#include "storage/verify/report.h"
#include "storage/verify/verify.h"
#include "tests/e2e/daemon_process.h"
#include "tests/e2e/judge_again.h"
#include "tests/unit/app/temporary_folder.h"

namespace tidewaiter {
namespace {

constexpr int kKills = 12;
/// What is promised from the death of a leader to the start of the next.
constexpr std::chrono::seconds kTakeOverWithin{10};

std::uint64_t chosen_seed() {
  const char* given = std::getenv("TIDEWAITER_SEED");
  return given == nullptr ? 20'261'130 : std::strtoull(given, nullptr, 10);
}

/// A daemon with a file for what it says.
struct Running {
  std::filesystem::path output;
  std::unique_ptr<DaemonProcess> process;

  [[nodiscard]] bool has_said(const std::string& event) const {
    return read_all(output).find(event) != std::string::npos;
  }
};

class TwoDaemons : public testing::Test {
 protected:
  void SetUp() override {
    site_ = LedgerSite::instance();
    if (site_ == nullptr) GTEST_SKIP() << "PostgreSQL is not installed";
    std::cout << "seed " << seed_ << " (TIDEWAITER_SEED chooses another)\n";
    database_ = site_->new_database();
    write_file(folder_ / "policies/fast.yaml", volume_policy("test.fast", "25"));
    write_file(folder_ / "policies/slow.yaml", volume_policy("test.slow", "33"));
    const std::string rest =
        "notify: {channels: [{name: operations, kind: log}]}\npolicies: [policies]\n";
    write_file(folder_ / "tidewaiter.yaml",
               "state: state\nsources: [{name: gw, kind: file, path: usage.jsonl, "
               "poll: {every: 1s}}]\nledger:\n  sign_every: 1s\n  postgres:\n    url: " +
                   site_->url_of(database_) + "\n    password: {env: LEDGER_PASSWORD}\n" + rest);
    // The same log judged without a kill, into a ledger in a file.
    write_file(folder_ / "again.yaml", "state: again\n" + rest);
    write_file(folder_ / "usage.jsonl", "");
  }

  [[nodiscard]] Config config_of(std::string_view name) const {
    Environment environment;
    environment.working_folder = folder_.path();
    environment.host_name = "test";
    environment.variables = variables();
    return read_config(folder_ / name, environment).config;
  }
  [[nodiscard]] static std::map<std::string, std::string, std::less<>> variables() {
    return {{"LEDGER_PASSWORD", LedgerSite::kPassword}};
  }

  Running start() {
    Running daemon;
    daemon.output = folder_ / ("output-" + std::to_string(++started_));
    daemon.process = std::make_unique<DaemonProcess>(
        std::vector<std::string>{"--config", (folder_ / "tidewaiter.yaml").string()}, daemon.output,
        std::map<std::string, std::string>{{"LEDGER_PASSWORD", LedgerSite::kPassword}});
    return daemon;
  }

  /// Usage of six accounts, a second apart, with bursts of one of them.
  void append_lines(int count) {
    std::ofstream stream(folder_ / "usage.jsonl", std::ios::app);
    for (int i = 0; i < count; ++i) {
      clock_ += 20;
      if (written_ % 90 == 0) burst_ = draw(6);
      const int account = written_ % 90 < 40 ? burst_ : draw(6);
      stream << usage_line("id" + std::to_string(++written_), format_time({clock_ * kSecond.us}),
                           "acct" + std::to_string(account));
    }
  }
  int draw(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  [[nodiscard]] std::unique_ptr<Ledger> ledger_of(std::string_view name) const {
    auto ledger = Ledger::open(state_paths(config_of(name)).ledger, Ledger::Mode::kReadOnly);
    EXPECT_TRUE(ledger) << ledger.error().message;
    return ledger ? std::move(*ledger) : nullptr;
  }

  /// A finding by what evaluation says of it, in the order in which they were opened.
  [[nodiscard]] std::vector<std::string> findings(std::string_view name) const {
    std::vector<std::string> out;
    const auto all = ledger_of(name)->findings({});
    EXPECT_TRUE(all);
    for (const FindingState& finding : *all) {
      std::string text = finding.id + " " + finding.policy + " " + finding.subject + " " +
                         format_time(finding.run.from) + " " + format_time(finding.run.to) + " " +
                         std::string(step_name(finding.state)) + " steps " +
                         std::to_string(finding.entries.size()) + " step " +
                         std::to_string(finding.opened_seq) + "," +
                         std::to_string(finding.opened_ordinal);
      for (const Figure& figure : finding.figures) {
        text += " " + figure.name + "=" + format_value(figure.value, figure.type);
      }
      out.push_back(text);
    }
    return out;
  }

  /// Whether all that was written is in the record log and judged.
  [[nodiscard]] bool has_judged_all() const {
    const StatePaths paths = state_paths(config_of("tidewaiter.yaml"));
    const auto records = RecordLog::open(paths.records, RecordLog::Mode::kReadOnly);
    if (!records) return false;
    const auto source = (*records)->source("gw");
    const auto head = (*records)->head();
    if (!source || !head || source->records != written_) return false;
    const auto position = ledger_of("tidewaiter.yaml")->position();
    return position && position->offset == *head;
  }

  void check_steps_are_unique() const {
    const auto ledger = ledger_of("tidewaiter.yaml");
    std::set<std::string> steps;
    for (std::int64_t i = 0; i < ledger->head()->size; ++i) {
      const std::string entry = *ledger->entry(i);
      const std::size_t at = entry.find("\"step\":{");
      if (at == std::string::npos) continue;
      const std::string step = entry.substr(at, entry.find('}', at) - at);
      EXPECT_TRUE(steps.insert(step).second) << "twice: " << step;
    }
    EXPECT_FALSE(steps.empty());
  }

  LedgerSite* site_ = nullptr;
  std::string database_;
  TemporaryFolder folder_;
  std::uint64_t seed_ = chosen_seed();
  std::mt19937_64 random_{seed_};
  int started_ = 0;
  std::int64_t written_ = 0;
  std::int64_t clock_ = 1'767'225'600;  // 2026-01-01T00:00:00Z
  int burst_ = 0;
};

TEST_F(TwoDaemons, OneTakesOverFromTheOtherAndNothingIsLostOrTwice) {
  Running leader = start();
  ASSERT_TRUE(eventually([&] { return leader.has_said("event=started"); }))
      << read_all(leader.output);
  std::chrono::milliseconds longest{0};
  for (int kill = 0; kill < kKills; ++kill) {
    Running follower = start();
    ASSERT_TRUE(eventually([&] { return follower.has_said("event=standing_by"); }))
        << read_all(follower.output);
    append_lines(60 + draw(200));
    std::this_thread::sleep_for(std::chrono::milliseconds(draw(1500)));
    ASSERT_FALSE(follower.has_said("event=started")) << "two lead";
    const int status = leader.process->end(SIGKILL);
    ASSERT_TRUE(WIFSIGNALED(status)) << read_all(leader.output);
    const auto died = std::chrono::steady_clock::now();
    ASSERT_TRUE(eventually([&] { return follower.has_said("event=started"); }))
        << read_all(follower.output);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - died);
    EXPECT_LT(took, kTakeOverWithin);
    longest = std::max(longest, took);
    leader = std::move(follower);
  }
  ASSERT_TRUE(eventually([&] { return has_judged_all(); })) << read_all(leader.output);
  const int status = leader.process->end(SIGTERM);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << read_all(leader.output);

  const StatePaths paths = state_paths(config_of("tidewaiter.yaml"));
  const auto file = LedgerInFile::of(paths.ledger);
  ASSERT_TRUE(file) << file.error().message;
  const VerifyReport report = verify_ledger(
      {file->paths().database, paths.ledger.lock, ledger_of("tidewaiter.yaml")->verifier_key()});
  EXPECT_TRUE(report.ok()) << verdict_text(report);
  check_steps_are_unique();
  judge_again(config_of("tidewaiter.yaml"), config_of("again.yaml"));
  const auto killed = findings("tidewaiter.yaml");
  EXPECT_EQ(killed, findings("again.yaml"));
  EXPECT_FALSE(killed.empty());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "state/ledger.db"));
  std::cout << kKills << " leaders killed, " << written_ << " records, " << killed.size()
            << " findings, the longest take-over " << longest.count() << " ms\n";
}

TEST_F(TwoDaemons, AFollowerStopsWhenItIsAsked) {
  Running leader = start();
  ASSERT_TRUE(eventually([&] { return leader.has_said("event=started"); }))
      << read_all(leader.output);
  Running follower = start();
  ASSERT_TRUE(eventually([&] { return follower.has_said("event=standing_by"); }));
  const int status = follower.process->end(SIGTERM);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << read_all(follower.output);
  // The leader that stops in order hands over too.
  Running next = start();
  ASSERT_TRUE(eventually([&] { return next.has_said("event=standing_by"); }));
  EXPECT_EQ(leader.process->end(SIGTERM), 0) << read_all(leader.output);
  EXPECT_TRUE(eventually([&] { return next.has_said("event=started"); })) << read_all(next.output);
  EXPECT_EQ(next.process->end(SIGTERM), 0) << read_all(next.output);
}

/// The database goes away and comes back under a daemon that leads: it waits, and goes on.
TEST_F(TwoDaemons, ALeaderOutlivesItsDatabase) {
  Running leader = start();
  ASSERT_TRUE(eventually([&] { return leader.has_said("event=started"); }))
      << read_all(leader.output);
  append_lines(200);
  ASSERT_TRUE(eventually([&] { return has_judged_all(); })) << read_all(leader.output);
  site_->server().stop();
  // First with nothing to write, then with something: turns meet the outage from either side.
  EXPECT_TRUE(eventually([&] { return leader.has_said("event=storage_unavailable"); }))
      << read_all(leader.output);
  append_lines(200);
  std::this_thread::sleep_for(std::chrono::seconds(3));
  site_->server().start();
  EXPECT_TRUE(eventually([&] { return has_judged_all(); })) << read_all(leader.output);
  EXPECT_TRUE(eventually([&] { return leader.has_said("event=storage_available"); }));
  EXPECT_EQ(leader.process->end(SIGTERM), 0) << read_all(leader.output);
  check_steps_are_unique();
}

/// Nobody leads, and nobody can be asked: whoever would lead waits, be it at its start.
TEST_F(TwoDaemons, AFollowerWaitsForItsDatabase) {
  Running leader = start();
  ASSERT_TRUE(eventually([&] { return leader.has_said("event=started"); }))
      << read_all(leader.output);
  Running follower = start();
  ASSERT_TRUE(eventually([&] { return follower.has_said("event=standing_by"); }));
  append_lines(200);
  site_->server().stop();
  leader.process->end(SIGKILL);
  EXPECT_TRUE(eventually([&] { return follower.has_said("event=lead_unknown"); }))
      << read_all(follower.output);
  Running third = start();
  // It has no place in the queue, and does not ask the database.
  EXPECT_TRUE(eventually([&] { return third.has_said("event=standing_by"); }))
      << read_all(third.output);
  EXPECT_EQ(third.process->end(SIGTERM), 0) << read_all(third.output);
  site_->server().start();
  EXPECT_TRUE(eventually([&] { return follower.has_said("event=started"); }))
      << read_all(follower.output);
  EXPECT_TRUE(eventually([&] { return has_judged_all(); })) << read_all(follower.output);
  EXPECT_EQ(follower.process->end(SIGTERM), 0) << read_all(follower.output);
  check_steps_are_unique();
}

/// However many wait, each time one of them takes over and none of the others ends.
TEST_F(TwoDaemons, OfSeveralThatWaitOneIsTheNext) {
  std::vector<Running> all;
  all.push_back(start());
  ASSERT_TRUE(eventually([&] { return all[0].has_said("event=started"); }))
      << read_all(all[0].output);
  for (int i = 0; i < 3; ++i) {
    all.push_back(start());
    ASSERT_TRUE(eventually([&] { return all.back().has_said("event=standing_by"); }));
  }
  const auto leader = [&] {
    return std::ranges::find_if(all, [](const Running& one) { return one.has_said("=started"); });
  };
  while (all.size() > 1) {
    leader()->process->end(SIGKILL);
    all.erase(leader());
    ASSERT_TRUE(eventually([&] { return leader() != all.end(); }));
    for (const Running& one : all) {
      EXPECT_FALSE(one.has_said("stopped_by_error")) << read_all(one.output);
    }
  }
  EXPECT_EQ(all[0].process->end(SIGTERM), 0) << read_all(all[0].output);
}

/// Entry 0 cannot be taken back from a server: what a killed creation left there is signed.
TEST_F(TwoDaemons, ACreationThatIsKilledIsEnded) {
  for (int round = 0; round < 10; ++round) {
    if (round > 0) {
      std::filesystem::remove_all(folder_ / "state");
      site_->copy_database("ledger_template", database_);
    }
    for (int kill = 0; kill < 3; ++kill) {
      Running killed = start();
      std::this_thread::sleep_for(std::chrono::milliseconds(20 + draw(150)));
      killed.process->end(SIGKILL);
    }
    Running daemon = start();
    ASSERT_TRUE(eventually([&] { return daemon.has_said("event=started"); }))
        << read_all(daemon.output);
    EXPECT_EQ(daemon.process->end(SIGTERM), 0) << read_all(daemon.output);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "state/creating"));
    EXPECT_EQ(ledger_of("tidewaiter.yaml")->entry(0)->find("ledger.created") == std::string::npos,
              false);
  }
}

/// Neither the log of the daemon nor what it made the server log, all its statements, has the
/// password.
TEST_F(TwoDaemons, ThePasswordStandsNowhere) {
  const std::size_t before = site_->server().log("server.log").size();
  Running leader = start();
  ASSERT_TRUE(eventually([&] { return leader.has_said("event=started"); }))
      << read_all(leader.output);
  const std::string pid = std::to_string(leader.process->pid());
  EXPECT_EQ(read_all("/proc/" + pid + "/cmdline").find(LedgerSite::kPassword), std::string::npos);
  EXPECT_EQ(leader.process->end(SIGTERM), 0);
  EXPECT_EQ(read_all(leader.output).find(LedgerSite::kPassword), std::string::npos);
  const std::string logged = site_->server().log("server.log").substr(before);
  EXPECT_THAT(logged, testing::HasSubstr("tidewaiter.position"));
  EXPECT_THAT(logged, testing::Not(testing::HasSubstr(LedgerSite::kPassword)));
  EXPECT_EQ(show_config(config_of("tidewaiter.yaml")).find(LedgerSite::kPassword),
            std::string::npos);
  const std::string shown = show_config(config_of("tidewaiter.yaml"));
  EXPECT_THAT(shown, testing::HasSubstr("password: {env: 'LEDGER_PASSWORD'}"));
}

}  // namespace
}  // namespace tidewaiter
