#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/app.h"
#include "daemon_process.h"
#include "judge_again.h"
#include "log_intake.h"
#include "storage/ledger/lock_store.h"
#include "storage/verify/verify.h"
#include "tests/unit/app/temporary_folder.h"

namespace tidewaiter {
namespace {

constexpr int kKills = 200;
constexpr int kKillsInCreation = 40;
constexpr std::array kWorthLanding = {"records ahead of the ledger", "entries that are not signed",
                                      "nothing pending"};

/// The same in every run, so that a change which breaks it is what broke it; TIDEWAITER_SEED
/// chooses another.
std::uint64_t choose_seed() {
  const char* given = std::getenv("TIDEWAITER_SEED");
  return given == nullptr ? 20'260'105 : std::strtoull(given, nullptr, 10);
}

/// Usage of twelve accounts, a second apart, with bursts planted: every so often one account asks
/// once a second for a while. Some lines come a while late.
class Traffic {
 public:
  explicit Traffic(std::uint64_t seed) : random_(seed) {}

  std::string lines(int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += line();
    return out;
  }
  /// Long after all others: every window before it is settled then.
  std::string last_line() {
    ++written_;
    return usage_line("last", format_time({(clock_ * kSecond.us) + kDay.us}), "nobody");
  }
  [[nodiscard]] std::int64_t written() const { return written_; }

 private:
  std::string line() {
    clock_ += 20;
    if (burst_left_ == 0 && draw(60) == 0) {
      burst_left_ = 15;
      burst_account_ = draw(12);
    }
    int account = draw(12);
    if (burst_left_ > 0) {
      --burst_left_;
      account = burst_account_;
    }
    // One in eight is up to half an hour late.
    const std::int64_t late = draw(8) == 0 ? draw(1800) : 0;
    const UtcTime time{(clock_ - late) * kSecond.us};
    ++written_;
    return usage_line("id" + std::to_string(written_), format_time(time),
                      "acct" + std::to_string(account));
  }
  int draw(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  std::mt19937_64 random_;
  std::int64_t clock_ = 1'767'225'600;  // 2026-01-01T00:00:00Z
  std::int64_t written_ = 0;
  int burst_left_ = 0;
  int burst_account_ = 0;
};

/// A finding and all its figures, for comparison.
std::string shown(const FindingState& finding) {
  std::string out =
      finding.id + " " + finding.policy + " " + to_hex(finding.policy_hash) + " " +
      finding.subject + " " + format_time(finding.run.from) + " " + format_time(finding.run.to) +
      " " + std::string(step_name(finding.state)) + (finding.historical ? " historical " : " ") +
      finding.reason + " windows " + std::to_string(finding.windows) + " step " +
      std::to_string(finding.opened_seq) + "," + std::to_string(finding.opened_ordinal) +
      " steps " + std::to_string(finding.entries.size()) + " of " +
      std::to_string(finding.evidence_total) + " records";
  for (const Figure& figure : finding.figures) {
    out += " " + figure.name + "=" + format_value(figure.value, figure.type);
  }
  for (const std::int64_t seq : finding.evidence) out += " " + std::to_string(seq);
  return out;
}

/// A finding by what it says, without what differs between two lives: when it was opened, by which
/// log, and on what way it came to say this. What was withdrawn says nothing any more.
std::string meaning(const FindingState& finding) {
  std::string out = finding.policy + " " + finding.subject + " " + format_time(finding.run.from) +
                    " " + format_time(finding.run.to) + " " +
                    (finding.ended ? "ended" : "goes on") + " windows " +
                    std::to_string(finding.windows);
  for (const Figure& figure : finding.figures) {
    out += " " + figure.name + "=" + format_value(figure.value, figure.type);
  }
  return out;
}

class KillTest : public testing::Test {
 protected:
  KillTest() : seed_(choose_seed()), random_(seed_), traffic_(seed_ + 1) {
    std::cout << "seed " << seed_ << " (TIDEWAITER_SEED chooses another)\n";
    write_file(folder_ / "policies/fast.yaml", volume_policy("test.fast", "25"));
    write_file(folder_ / "policies/slow.yaml", volume_policy("test.slow", "33"));
    write_file(folder_ / "tidewaiter.yaml",
               "state: state\npolicies: [policies]\n"
               "sources: [{name: gw, kind: file, path: usage.jsonl, poll: {every: 1s}}]\n"
               "ledger: {sign_every: 1s}\n"
               "notify: {channels: [{name: operations, kind: log}]}\n");
    // The same input from its beginning, for a daemon that nobody kills.
    write_file(folder_ / "fresh.yaml",
               "state: fresh\npolicies: [policies]\n"
               "sources: [{name: gw, kind: file, path: usage.jsonl, poll: {every: 1s}}]\n"
               "notify: {channels: [{name: operations, kind: log}]}\n");
    // The same without a source: judges what the log has.
    write_file(folder_ / "again.yaml",
               "state: again\npolicies: [policies]\n"
               "notify: {channels: [{name: operations, kind: log}]}\n");
  }

  std::vector<std::string> arguments() const {
    return {"--config", (folder_ / "tidewaiter.yaml").string()};
  }
  std::filesystem::path output() const { return folder_ / "output"; }

  Config config_of(std::string_view name) const {
    Environment environment;
    environment.working_folder = folder_.path();
    environment.host_name = "test";
    return read_config(folder_ / name, environment).config;
  }

  /// Starts the daemon and kills it after a random while: counted from its first instruction, or
  /// from the moment when it runs.
  enum class From { kStart, kReady };
  void live_and_die(From from, int longest_ms) {
    NotifySocket manager(folder_ / "notify");
    DaemonProcess daemon(arguments(), output(), {{"NOTIFY_SOCKET", manager.path()}});
    if (from == From::kReady) {
      ASSERT_NE(manager.await("READY=1"), "") << read_all(output());
    }
    const int us = std::uniform_int_distribution<int>(0, longest_ms * 1000)(random_);
    std::this_thread::sleep_for(std::chrono::microseconds(us));
    const int status = daemon.end(SIGKILL);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it had ended by itself:\n"
                                                                    << read_all(output());
    ++kills_;
    for (const std::string& what : left_by_kill(folder_ / "state")) ++landed_[what];
  }

  /// Three of four kills find the daemon at work; small ranges in turn, so that they land early and
  /// late in a life.
  void live_and_die() {
    constexpr std::array<int, 4> kRangesMs = {120, 5, 40, 300};
    const auto turn = static_cast<std::size_t>(kills_) % kRangesMs.size();
    live_and_die(turn == 0 ? From::kStart : From::kReady, kRangesMs[turn]);
  }

  /// Where a kill has landed, by what lies there. Looks at a copy: opening a store repairs it, and
  /// that is for the daemon to do.
  std::vector<std::string> left_by_kill(const std::filesystem::path& state) const {
    if (!std::filesystem::exists(state / "ledger.db") ||
        std::filesystem::exists(state / "creating")) {
      return {"creating"};
    }
    const std::filesystem::path copy = folder_ / "look";
    std::filesystem::remove_all(copy);
    std::filesystem::copy(state, copy, std::filesystem::copy_options::recursive);
    const LedgerPaths paths{copy / "ledger.db", copy / "lock.db", copy / "ledger.key",
                            copy / "vault.db"};
    const auto ledger = Ledger::open(paths, Ledger::Mode::kReadOnly);
    EXPECT_TRUE(ledger) << ledger.error().message;
    if (!ledger || !std::filesystem::exists(copy / "records.db")) return {"no records yet"};
    const auto records = RecordLog::open(copy / "records.db", RecordLog::Mode::kReadOnly);
    if (!records) return {"no records yet"};
    std::vector<std::string> found;
    const std::int64_t judged = (*ledger)->position()->offset.seq;
    if ((*records)->head()->seq > judged) found.emplace_back("records ahead of the ledger");
    const std::optional<Checkpoint> signed_head = *(*ledger)->signed_head();
    const std::int64_t signed_size = signed_head ? signed_head->head.size : 0;
    if ((*ledger)->head()->size > signed_size) found.emplace_back("entries that are not signed");
    if (locked_size(paths.lock, (*ledger)->origin()) > signed_size) {
      found.emplace_back("lock store ahead of the ledger");
    }
    if (found.empty()) found.emplace_back("nothing pending");
    return found;
  }

  /// The size in the lock store's note: its second line (C2SP tlog-checkpoint).
  static std::int64_t locked_size(const std::filesystem::path& path, const std::string& origin) {
    auto lock = LockStore::open(path, origin);
    EXPECT_TRUE(lock) << lock.error().message;
    const auto head = lock->head();
    EXPECT_TRUE(head) << head.error().message;
    if (head->note.empty()) return 0;
    return std::stoll(head->note.substr(head->note.find('\n') + 1));
  }

  /// So many kills at least, and more, within reason, while they have not come upon each of the
  /// states in which something could be lost. Where they land is up to the machine's load, and so
  /// decides nothing: CycleTest.IsExactlyOnceWhereverItIsCutOff cuts off at each write in turn.
  bool goes_on(int least) const {
    const bool landed_everywhere = std::ranges::all_of(
        kWorthLanding, [this](const char* what) { return landed_.contains(what); });
    return kills_ < least || (!landed_everywhere && kills_ < 2 * least);
  }
  void print_landed() const {
    for (const auto& [what, count] : landed_) std::cout << count << " kills left " << what << '\n';
  }

  /// Lets the daemon come to the end of what is written, and stops it.
  void finish() {
    NotifySocket manager(folder_ / "notify");
    DaemonProcess daemon(arguments(), output(), {{"NOTIFY_SOCKET", manager.path()}});
    ASSERT_NE(manager.await("READY=1"), "") << read_all(output());
    const StatePaths paths = state_paths(config_of("tidewaiter.yaml"));
    const bool done = eventually([&] {
      const auto records = RecordLog::open(paths.records, RecordLog::Mode::kReadOnly);
      if (!records) return false;
      const auto source = (*records)->source("gw");
      const auto head = (*records)->head();
      if (!source || !head || source->records != traffic_.written()) return false;
      const auto ledger = Ledger::open(paths.ledger, Ledger::Mode::kReadOnly);
      if (!ledger) return false;
      const auto position = (*ledger)->position();
      return position && position->offset == *head;
    });
    const int status = daemon.end(SIGTERM);
    ASSERT_TRUE(done) << read_all(output());
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << read_all(output());
  }

  /// A daemon's work over the same input without a kill.
  void run_fresh() {
    std::vector<Diagnostic> diagnostics;
    auto app = App::start(config_of("fresh.yaml"), {}, diagnostics);
    ASSERT_TRUE(app) << app.error().message;
    const auto report = (*app)->run_once({});
    ASSERT_TRUE(report) << report.error().message;
  }

  std::vector<FindingState> all_findings(std::string_view config) const {
    const auto ledger =
        Ledger::open(state_paths(config_of(config)).ledger, Ledger::Mode::kReadOnly);
    EXPECT_TRUE(ledger);
    const auto all = (*ledger)->findings({});
    EXPECT_TRUE(all);
    return *all;
  }

  std::vector<std::string> meanings(std::string_view config) const {
    std::vector<std::string> out;
    for (const FindingState& finding : all_findings(config)) {
      if (finding.state != StepKind::kWithdrawn) out.push_back(meaning(finding));
    }
    std::ranges::sort(out);
    return out;
  }

  /// What came in: identity, time and content of every record, and how many lines did not.
  std::vector<std::string> intake(std::string_view config) const {
    const auto records =
        RecordLog::open(state_paths(config_of(config)).records, RecordLog::Mode::kReadOnly);
    EXPECT_TRUE(records);
    std::vector<std::string> out = intake_of(**records);
    std::ranges::sort(out);
    out.push_back(std::to_string((*records)->source("gw")->quarantined) + " quarantined");
    return out;
  }

  /// The channel is the log: each finding that opened live is in it, once at least, or waits in the
  /// outbox for the next start.
  void check_messages() const {
    const std::string log = read_all(output());
    const auto ledger =
        Ledger::open(state_paths(config_of("tidewaiter.yaml")).ledger, Ledger::Mode::kReadOnly);
    ASSERT_TRUE(ledger);
    std::string waiting;
    const auto pending = (*ledger)->pending(100'000);
    ASSERT_TRUE(pending);
    for (const OutboxMessage& message : *pending) {
      waiting += message.body + "\n";
    }
    std::int64_t sent = 0;
    for (const FindingState& finding : all_findings("tidewaiter.yaml")) {
      if (finding.historical) continue;
      const bool told = log.find("\\\"finding\\\":\\\"" + finding.id) != std::string::npos;
      const bool waits = waiting.find("\"finding\":\"" + finding.id) != std::string::npos;
      EXPECT_TRUE(told || waits) << "nobody will be told of " << finding.id;
      sent += told ? 1 : 0;
    }
    EXPECT_GT(sent, 0);
  }

  std::vector<std::string> findings(std::string_view config) const {
    const auto ledger =
        Ledger::open(state_paths(config_of(config)).ledger, Ledger::Mode::kReadOnly);
    EXPECT_TRUE(ledger);
    std::vector<std::string> out;
    const auto all = (*ledger)->findings({});
    EXPECT_TRUE(all);
    for (const FindingState& finding : *all) out.push_back(shown(finding));
    return out;
  }

  /// No (seq, ordinal) stands in the ledger twice.
  void check_steps_are_unique() const {
    const auto ledger =
        Ledger::open(state_paths(config_of("tidewaiter.yaml")).ledger, Ledger::Mode::kReadOnly);
    ASSERT_TRUE(ledger);
    std::set<std::string> steps;
    const std::int64_t size = (*ledger)->head()->size;
    for (std::int64_t i = 0; i < size; ++i) {
      const std::string entry = *(*ledger)->entry(i);
      const std::size_t at = entry.find("\"step\":{");
      if (at == std::string::npos) continue;
      const std::string step = entry.substr(at, entry.find('}', at) - at);
      EXPECT_TRUE(steps.insert(step).second) << "twice: " << step;
    }
    EXPECT_FALSE(steps.empty());
  }

  void check_all() {
    check_steps_are_unique();
    const Config config = config_of("tidewaiter.yaml");
    const StatePaths paths = state_paths(config);
    const auto ledger = Ledger::open(paths.ledger, Ledger::Mode::kReadOnly);
    ASSERT_TRUE(ledger);
    const VerifyReport report =
        verify_ledger({paths.ledger.database, paths.ledger.lock, (*ledger)->verifier_key()});
    EXPECT_TRUE(report.ok()) << (report.ok() ? "" : report.problems.front().message);
    const auto records = RecordLog::open(paths.records, RecordLog::Mode::kReadOnly);
    ASSERT_TRUE(records);
    EXPECT_EQ((*records)->source("gw")->records, traffic_.written());
    EXPECT_TRUE((*records)->check());
    judge_again(config_of("tidewaiter.yaml"), config_of("again.yaml"));
    const auto killed = findings("tidewaiter.yaml");
    const auto unkilled = findings("again.yaml");
    std::cout << kills_ << " kills, " << traffic_.written() << " records, " << killed.size()
              << " findings\n";
    EXPECT_EQ(killed, unkilled);
    EXPECT_GT(killed.size(), 5U);
    run_fresh();
    EXPECT_EQ(intake("tidewaiter.yaml"), intake("fresh.yaml"));
    const std::vector<std::string> settled = meanings("tidewaiter.yaml");
    const std::vector<std::string> fresh = meanings("fresh.yaml");
    std::vector<std::string> differing;
    std::ranges::set_symmetric_difference(settled, fresh, std::back_inserter(differing));
    EXPECT_THAT(differing, testing::IsEmpty());
    check_messages();
    print_landed();
  }

  TemporaryFolder folder_;
  std::uint64_t seed_;
  std::mt19937_64 random_;
  Traffic traffic_;
  int kills_ = 0;
  std::map<std::string, int> landed_;  ///< what kills left, and how often
};

TEST_F(KillTest, FindingsOfAKilledDaemonEqualThoseOfAnUnkilledOne) {
  write_file(folder_ / "usage.jsonl", traffic_.lines(500));
  // First deaths while keys and databases are being made.
  for (int i = 0; i < kKillsInCreation; ++i) {
    if (i % 4 == 0) std::filesystem::remove_all(folder_ / "state");
    ASSERT_NO_FATAL_FAILURE(live_and_die(From::kStart, 40));
  }
  while (goes_on(kKills + kKillsInCreation)) {
    append_file(folder_ / "usage.jsonl", traffic_.lines(30));
    ASSERT_NO_FATAL_FAILURE(live_and_die());
  }
  append_file(folder_ / "usage.jsonl", traffic_.last_line());
  ASSERT_NO_FATAL_FAILURE(finish());
  check_all();
}

TEST_F(KillTest, TheSameWhileTheInputGrows) {
  write_file(folder_ / "usage.jsonl", "");
  // Writes pieces of any length: lines are cut in the middle while the daemon reads them. Ends with
  // the test, also if that fails.
  std::jthread writer([&](const std::stop_token& enough) {
    std::mt19937_64 random(seed_ + 2);
    std::string rest;
    while (!enough.stop_requested()) {
      if (rest.size() < 4096 && traffic_.written() < 16'000) rest += traffic_.lines(20);
      const std::size_t size =
          std::min(rest.size(), std::uniform_int_distribution<std::size_t>(1, 700)(random));
      append_file(folder_ / "usage.jsonl", rest.substr(0, size));
      rest.erase(0, size);
      std::this_thread::sleep_for(std::chrono::milliseconds(4));
    }
    append_file(folder_ / "usage.jsonl", rest);
  });
  while (goes_on(kKills)) {
    ASSERT_NO_FATAL_FAILURE(live_and_die());
  }
  writer.request_stop();
  writer.join();
  append_file(folder_ / "usage.jsonl", traffic_.last_line());
  ASSERT_NO_FATAL_FAILURE(finish());
  check_all();
}

}  // namespace
}  // namespace tidewaiter
