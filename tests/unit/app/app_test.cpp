#include "daemon/app/app.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/daemon_loop.h"
#include "daemon/app/exit_code.h"
#include "loopback_server.h"
#include "temporary_folder.h"
#include "tests/unit/file_size_limit.h"
#include "tests/unit/log_entries.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

class AppTest : public testing::Test {
 protected:
  AppTest() {
    write_file(folder_ / "policies/p.yaml", volume_policy());
    write_file(folder_ / "usage.jsonl", usage_line("1", "2026-01-01T10:05:00Z", "a") +
                                            usage_line("2", "2026-01-01T10:06:00Z", "a") +
                                            usage_line("3", "2026-01-01T10:07:00Z", "a"));
    write_config("");
  }

  void write_config(const std::string& more) {
    write_file(folder_ / "tidewaiter.yaml",
               "state: state\npolicies: [policies]\n"
               "sources: [{name: gw, kind: file, path: usage.jsonl, poll: {every: 1m}}]\n"
               "notify: {channels: [{name: operations, kind: log}]}\n" +
                   more);
  }

  ConfigOutcome read() const {
    Environment environment;
    environment.working_folder = folder_.path();
    environment.host_name = "test";
    return read_config(folder_ / "tidewaiter.yaml", environment);
  }

  Result<std::unique_ptr<App>> start() {
    diagnostics_.clear();
    ConfigOutcome outcome = read();
    EXPECT_FALSE(has_errors(outcome.diagnostics));
    AppOptions options;
    options.engine = engine_;
    options.now = [this] { return now_; };
    options.variables = {{"KEY", "k3y"}, {"OTHER", "0ther"}};
    options.snapshot_least = 1;
    return App::start(std::move(outcome.config), std::move(options), diagnostics_);
  }

  TemporaryFolder folder_;
  UtcTime now_ = *parse_time("2026-01-02T00:00:00Z");
  EngineKind engine_ = EngineKind::kReference;
  std::vector<Diagnostic> diagnostics_;
};

TEST_F(AppTest, MakesItsStateAndRunsOnce) {
  auto app = start();
  ASSERT_TRUE(app) << app.error().message;
  EXPECT_TRUE((*app)->made().made_ledger);
  const auto report = (*app)->run_once({});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->added, 3);
  EXPECT_EQ(report->opened, 1);
  EXPECT_TRUE((*(*app)->ledger().signed_head()).has_value());
  EXPECT_EQ((*(*app)->ledger().signed_head())->head, *(*app)->ledger().head());
  EXPECT_EQ((*app)->ledger().pending(10)->size(), 1U);  // the digest: nothing writes a log here
}

// A gateway gives addresses; whose they are is looked up, and a policy judges by it.
TEST_F(AppTest, LooksUpWhatIsKnownOfAddresses) {
  std::string policy = volume_policy();
  const auto put = [&policy](std::string_view before, std::string_view after) {
    policy.replace(policy.find(before), before.size(), after);
  };
  put("for_each: account", "for_each: client.network");
  put("n: count()", "n: count() where client.anonymizer == \"tor\"");
  write_file(folder_ / "policies/p.yaml", policy);
  std::string lines;
  for (const char* id : {"1", "2", "3"}) {
    lines += R"({"kind":"usage","id":")" + std::string(id) +
             R"(","time":"2026-01-01T10:05:00Z","account":"a","client.address":"192.0.2.7"})" +
             "\n";
  }
  write_file(folder_ / "usage.jsonl", lines);
  write_file(folder_ / "tor.txt", "192.0.2.7\n");
  const auto day = std::chrono::seconds(parse_time("2026-01-01T00:00:00Z")->us / kSecond.us);
  std::filesystem::last_write_time(
      folder_ / "tor.txt", std::chrono::file_clock::from_sys(std::chrono::sys_seconds(day)));
  write_config("addresses: {lists: [{file: tor.txt, is: tor}]}\n");

  auto app = start();
  ASSERT_TRUE(app) << app.error().message;
  const auto report = (*app)->run_once({});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->opened, 1);
  const std::vector<LogEntry> log = read_all((*app)->records());
  const auto record = std::ranges::find_if(
      log, [](const LogEntry& entry) { return std::holds_alternative<Record>(entry.body); });
  ASSERT_NE(record, log.end());
  EXPECT_EQ(
      *find_value(std::get<Record>(record->body), *find_field("enriched")),
      Value(std::vector<std::string>{"client.anonymizer tor.txt 2026-01-01", "client.network"}));
}

TEST_F(AppTest, DoesNotStartWithoutAFileOfAddresses) {
  write_config("addresses: {lists: [{file: missing.txt, is: tor}]}\n");
  const auto app = start();
  ASSERT_FALSE(app);
  EXPECT_EQ(app.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(app.error().message, HasSubstr("missing.txt"));
  EXPECT_TRUE(has_errors(check_sources(read().config)));
}

// By the reference engine; tests/unit/cli has the same by the columnar one.
// 19 a minute are one at a time, each 60/19 seconds: more than three. The bound is from before the
// first, so that a slow machine only makes it more.
TEST_F(AppTest, SourcesWithOneKeyShareItsBudget) {
  LoopbackServer server({http_answer("401 Unauthorized")});  // each source asks once, and stops
  const std::string base = server.url().substr(0, server.url().find("/hook"));
  std::string config =
      "state: state\npolicies: [policies]\n"
      "notify: {channels: [{name: operations, kind: log}]}\nsources:\n";
  for (const char* const source : {"name: a, token: {env: KEY}", "name: b, token: {env: KEY}",
                                   "name: c, token: {env: OTHER}"}) {
    config += "  - {kind: openai, " + std::string(source) + ", url: \"" + base +
              "\", private_addresses: true, endpoints: [completions], requests_per_minute: 19}\n";
  }
  write_file(folder_ / "tidewaiter.yaml", config);
  auto app = start();
  ASSERT_TRUE(app) << app.error().message;
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_TRUE((*app)->run_once({}));
  const std::vector<std::string> requests = server.requests();
  ASSERT_EQ(requests.size(), 3U);
  std::vector<std::chrono::steady_clock::time_point> with_key;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (requests[i].find("Bearer k3y") != std::string::npos) {
      with_key.push_back(server.arrivals()[i]);
    }
  }
  ASSERT_EQ(with_key.size(), 2U);
  EXPECT_GE(with_key[1] - begun, std::chrono::seconds(3));
}

TEST_F(AppTest, APolicyInShadowOpensNothing) {
  std::string policy = volume_policy();
  const std::string_view active = "status: active";
  write_file(folder_ / "policies/p.yaml",
             policy.replace(policy.find(active), active.size(), "status: shadow"));
  auto app = start();
  ASSERT_TRUE(app) << app.error().message;
  const auto report = (*app)->run_once({});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->added, 3);
  EXPECT_EQ(report->steps, 0);
  EXPECT_TRUE((*app)->ledger().findings({})->empty());
}

TEST_F(AppTest, RefusesBadPoliciesBeforeItMakesAnything) {
  write_file(folder_ / "policies/bad.yaml", "policy: x\nselct: {}\n");
  const auto app = start();
  ASSERT_FALSE(app);
  EXPECT_EQ(app.error().code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(has_errors(diagnostics_));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "state"));
}

TEST_F(AppTest, RefusesWhenTheRecordsAreGone) {
  {
    auto app = start();
    ASSERT_TRUE(app);
    ASSERT_TRUE((*app)->run_once({}));
  }
  for (const char* name : {"state/records.db", "state/records.db-wal", "state/records.db-shm"}) {
    std::filesystem::remove(folder_ / name);
  }
  const auto again = start();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kRefused);
  EXPECT_THAT(again.error().message, HasSubstr("is gone"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "state/records.db"));
}

TEST_F(AppTest, RefusesAnotherOrigin) {
  ASSERT_TRUE(start());
  write_config("ledger: {origin: other.example/ledger}\n");
  const auto again = start();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kRefused);
}

TEST_F(AppTest, ASecondAppOnTheSameStateIsRefused) {
  const auto first = start();
  ASSERT_TRUE(first);
  const auto second = start();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kRefused);
}

TEST_F(AppTest, ReloadTakesGoodPoliciesAndKeepsTheOldOnesElse) {
  auto app = start();
  ASSERT_TRUE(app);
  ASSERT_TRUE((*app)->run_once({}));
  const Digest old = (*app)->policies().hash;

  write_file(folder_ / "policies/p.yaml", "policy: test.volume\nnonsense: 1\n");
  std::vector<Diagnostic> diagnostics;
  const auto refused = (*app)->reload(read().config, diagnostics);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(has_errors(diagnostics));
  EXPECT_EQ((*app)->policies().hash, old);
  EXPECT_EQ(*(*app)->records().active_policy_set(), old);

  write_file(folder_ / "policies/p.yaml", volume_policy("test.volume", "4"));
  diagnostics.clear();
  ASSERT_TRUE((*app)->reload(read().config, diagnostics));
  EXPECT_NE((*app)->policies().hash, old);
  const auto report = (*app)->run_once({});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->withdrawn, 1);
}

/// A volume that is not mounted looks like a glob without files: what is in force must not end by
/// it.
class NoPolicyFileTest : public AppTest {
 protected:
  NoPolicyFileTest() {
    write_file(folder_ / "tidewaiter.yaml", config_of("[\"policies/*.yaml\"]"));
  }
  static std::string config_of(const std::string& policies) {
    return "state: state\npolicies: " + policies +
           "\nsources: [{name: gw, kind: file, path: usage.jsonl, poll: {every: 1m}}]\n"
           "notify: {channels: [{name: operations, kind: log}]}\n";
  }
};

TEST_F(NoPolicyFileTest, RefusesToWithdrawWhatIsInForce) {
  {
    auto app = start();
    ASSERT_TRUE(app) << app.error().message;
    ASSERT_EQ((*app)->run_once({})->opened, 1);
    std::filesystem::rename(folder_ / "policies", folder_ / "away");
    std::vector<Diagnostic> diagnostics;
    const Digest old = (*app)->policies().hash;
    const auto refused = (*app)->reload(read().config, diagnostics);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
    EXPECT_THAT(refused.error().message, HasSubstr("policies: []"));
    EXPECT_EQ(*(*app)->records().active_policy_set(), old);
  }
  const auto again = start();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kRefused);
  write_file(folder_ / "tidewaiter.yaml", config_of("[]"));
  auto asked = start();
  ASSERT_TRUE(asked) << asked.error().message;
  EXPECT_EQ((*asked)->run_once({})->withdrawn, 1);
}

TEST_F(NoPolicyFileTest, ANewSiteMayBeginWithoutPolicies) {
  std::filesystem::remove_all(folder_ / "policies");
  EXPECT_TRUE(start());
}

TEST_F(NoPolicyFileTest, AFolderThatCannotBeLookedIntoIsAnError) {
  write_file(folder_ / "tidewaiter.yaml", config_of("[\"*/*.yaml\"]"));
  std::filesystem::create_symlink("loop", folder_ / "loop");  // which stops root too
  const auto refused = start();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
  ASSERT_FALSE(diagnostics_.empty());
  EXPECT_THAT(diagnostics_.front().message, HasSubstr("loop"));
}

// What fails must fail before the new policies are in force.
TEST_F(AppTest, AReloadThatFailsLeavesThePoliciesAsTheyWere) {
  auto app = start();
  ASSERT_TRUE(app) << app.error().message;
  ASSERT_TRUE((*app)->run_once({}));
  const Digest old = (*app)->policies().hash;
  SQLite::Database(folder_ / "state/records.db", SQLite::OPEN_READWRITE)
      .exec("ALTER TABLE source RENAME TO elsewhere");
  write_file(folder_ / "policies/p.yaml", volume_policy("test.volume", "4"));
  std::vector<Diagnostic> diagnostics;
  EXPECT_FALSE((*app)->reload(read().config, diagnostics));
  EXPECT_EQ((*app)->policies().hash, old);
  EXPECT_EQ(*(*app)->records().active_policy_set(), old);
}

TEST_F(AppTest, ReloadCannotMoveTheState) {
  auto app = start();
  ASSERT_TRUE(app);
  Config other = read().config;
  other.state = folder_ / "elsewhere";
  std::vector<Diagnostic> diagnostics;
  const auto refused = (*app)->reload(std::move(other), diagnostics);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
}

TEST_F(AppTest, KeepsRecordsThatAFindingNeeds) {
  auto app = start();
  ASSERT_TRUE(app);
  ASSERT_TRUE((*app)->run_once({}));
  now_ = *parse_time("2040-01-01T00:00:00Z");
  const auto dropped = (*app)->drop_old_records();
  ASSERT_TRUE(dropped) << dropped.error().message;
  EXPECT_EQ(*dropped, 0);
}

TEST_F(AppTest, AFullDiskPausesIntakeAndNothingIsLost) {
  auto app = start();
  ASSERT_TRUE(app) << app.error().message;
  ASSERT_TRUE((*app)->run_once({}));
  std::string more;
  for (int i = 0; i < 2000; ++i) {
    more += usage_line("more" + std::to_string(i), "2026-01-01T12:00:00Z", "b");
  }
  append_file(folder_ / "usage.jsonl", more);
  {
    const FileSizeLimit full(std::filesystem::file_size(folder_ / "state/records.db-wal"));
    const auto report = (*app)->cycle().run(nullptr, {});
    ASSERT_TRUE(report) << report.error().message;
    ASSERT_TRUE(report->paused);
    EXPECT_EQ(report->added, 0);
    ASSERT_EQ(report->failures.size(), 1U);
    EXPECT_EQ(report->failures[0].source, "gw");
    EXPECT_FALSE(report->failures[0].stopped);
    const auto once = (*app)->run_once({});
    ASSERT_FALSE(once);
    EXPECT_EQ(exit_code(once.error().code), 5);
  }
  const auto report = (*app)->run_once({});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->added, 2000);
  EXPECT_EQ((*app)->ledger().findings({})->size(), 2U);
  EXPECT_EQ((*(*app)->ledger().signed_head())->head, *(*app)->ledger().head());
}

TEST_F(AppTest, IntakeStopsAtTheReserve) {
  {
    auto app = start();
    ASSERT_TRUE(app) << app.error().message;
    ASSERT_TRUE((*app)->run_once({}));
  }
  append_file(folder_ / "usage.jsonl", usage_line("4", "2026-01-01T10:08:00Z", "a"));
  write_config("storage: {reserve: 1000000TiB}\n");
  auto app = start();
  ASSERT_TRUE(app) << app.error().message;
  const auto once = (*app)->run_once({});
  ASSERT_FALSE(once);
  EXPECT_EQ(exit_code(once.error().code), 5);
  EXPECT_THAT(once.error().message, HasSubstr("intake stops"));
  std::vector<Diagnostic> diagnostics;
  write_config("storage: {reserve: 0B}\n");
  const auto refused = (*app)->reload(read().config, diagnostics);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
}

// The lock store's journal cannot be made where its folder is not.
TEST_F(AppTest, ALockVolumeThatIsAwayDelaysTheSignature) {
  std::filesystem::create_directory(folder_ / "volume");
  write_config("ledger: {lock: volume/lock.db}\n");
  auto app = start();
  ASSERT_TRUE(app) << app.error().message;
  std::filesystem::rename(folder_ / "volume", folder_ / "away");
  const auto report = (*app)->cycle().run(nullptr, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->opened, 1) << "judging and recording go on";
  ASSERT_TRUE(report->paused);
  const auto signed_head = *(*app)->ledger().signed_head();
  EXPECT_TRUE(!signed_head || signed_head->head != *(*app)->ledger().head());
  ASSERT_TRUE((*app)->cycle().sign_due());
  EXPECT_GT(*(*app)->cycle().sign_due(), now_) << "not again at once";
  std::filesystem::rename(folder_ / "away", folder_ / "volume");
  now_ = now_ + kMinute;
  const auto later = (*app)->cycle().run(nullptr, {});
  ASSERT_TRUE(later) << later.error().message;
  EXPECT_FALSE(later->paused);
  EXPECT_EQ((*(*app)->ledger().signed_head())->head, *(*app)->ledger().head());
}

class RetentionTest : public AppTest {
 protected:
  RetentionTest() {
    std::string policy = volume_policy();
    const std::string wait = "wait_for_late: 2h";
    policy.replace(policy.find(wait), wait.size(), "wait_for_late: 2d");
    write_file(folder_ / "policies/p.yaml", policy);
    std::string lines;
    for (const char* day : {"01", "02", "03", "04", "05", "06", "07"}) {
      lines += usage_line(day, std::string("2026-01-") + day + "T08:00:00Z", "quiet");
    }
    for (const char* minute : {"05", "06", "07"}) {
      lines += usage_line(minute, std::string("2026-01-09T10:") + minute + ":00Z", "a");
    }
    write_file(folder_ / "usage.jsonl", lines + usage_line("end", "2026-01-10T00:00:00Z", "quiet"));
    write_config("retention: {records: 3d}\n");
    now_ = *parse_time("2026-01-11T00:00:00Z");
  }
};

TEST_F(RetentionTest, AClockAheadDeletesNothingMore) {
  auto app = start();
  ASSERT_TRUE(app) << app.error().message;
  ASSERT_TRUE((*app)->run_once({}));
  now_ = *parse_time("2036-01-01T00:00:00Z");
  // Drained up to the 10th, of which three days are kept: the 1st to the 6th go.
  const auto dropped = (*app)->drop_old_records();
  ASSERT_TRUE(dropped) << dropped.error().message;
  EXPECT_EQ(*dropped, 6);
  EXPECT_EQ(*(*app)->records().dropped_before(), parse_time("2026-01-07").value());
}

// Whole days go: the one in which the limit lies stays, and so does a snapshot.
TEST_F(RetentionTest, WhereNothingGoesASnapshotStays) {
  engine_ = EngineKind::kColumnar;
  write_config("retention: {records: 8d12h}\n");  // before the 10th: from the 1st, at noon, on
  auto app = start();
  ASSERT_TRUE(app) << app.error().message;
  ASSERT_TRUE((*app)->run_once({}));
  const std::filesystem::path snapshot = state_paths((*app)->config()).snapshot;
  ASSERT_TRUE(std::filesystem::exists(snapshot));
  EXPECT_EQ((*app)->drop_old_records().value(), 0);
  EXPECT_TRUE(std::filesystem::exists(snapshot));
}

// The texts of what was dropped are in memory still, and a stop may come before the drop is judged.
TEST_F(RetentionTest, WhatWasDroppedIsInNoSnapshot) {
  engine_ = EngineKind::kColumnar;
  {
    auto app = start();
    ASSERT_TRUE(app) << app.error().message;
    ASSERT_TRUE((*app)->run_once({}));
    const std::filesystem::path snapshot = state_paths((*app)->config()).snapshot;
    ASSERT_TRUE(std::filesystem::exists(snapshot));
    EXPECT_EQ((*app)->drop_old_records().value(), 6);
    EXPECT_FALSE(std::filesystem::exists(snapshot));
    append_file(folder_ / "usage.jsonl", usage_line("n", "2026-01-10T01:00:00Z", "quiet"));
    (*app)->cycle().save_snapshot();
    EXPECT_FALSE(std::filesystem::exists(snapshot)) << "the drop is not judged yet";
    ASSERT_TRUE((*app)->run_once({}));
    EXPECT_FALSE(std::filesystem::exists(snapshot)) << "it is judged";
  }
  auto next = start();
  ASSERT_TRUE(next) << next.error().message;
  ASSERT_TRUE((*next)->run_once({}));
  EXPECT_TRUE(std::filesystem::exists(state_paths((*next)->config()).snapshot));
}

TEST_F(RetentionTest, NothingGoesBeforeEverythingIsJudged) {
  auto app = start();
  ASSERT_TRUE(app);
  ASSERT_TRUE((*app)->run_once({}));
  now_ = *parse_time("2026-02-01T00:00:00Z");
  ASSERT_TRUE((*app)->records().append_control(
      SourceDrained{
          "gw", RecordKind::kUsage, {*parse_time("2026-01-01"), *parse_time("2026-01-10")}},
      "", now_));
  EXPECT_EQ((*app)->drop_old_records().value(), 0);
  ASSERT_TRUE((*app)->run_once({}));
  EXPECT_EQ((*app)->drop_old_records().value(), 6);
}

// Any record may have linked accounts, also those of the set that was in force before.
TEST_F(RetentionTest, NothingGoesOnceClustersHaveBeenJudged) {
  const std::string accounts = volume_policy();
  std::string clusters = accounts;
  clusters.replace(clusters.find("for_each: account"), 17, "for_each: cluster");
  write_file(
      folder_ / "policies/p.yaml",
      clusters + "---\nlinkage: x\ntitle: x\nlinks: [{field: client.address, at_most: 5}]\n");
  auto app = start();
  ASSERT_TRUE(app) << app.error().message;
  ASSERT_TRUE((*app)->run_once({}));
  now_ = *parse_time("2026-02-01T00:00:00Z");
  EXPECT_EQ((*app)->drop_old_records().value(), 0);
  app->reset();
  write_file(folder_ / "policies/p.yaml", accounts);
  auto again = start();
  ASSERT_TRUE(again) << again.error().message;
  ASSERT_TRUE((*again)->run_once({}));
  EXPECT_EQ((*again)->drop_old_records().value(), 0);
}

TEST_F(RetentionTest, AStartAfterADropGoesOnWithTheSameFindings) {
  std::string finding;
  {
    auto app = start();
    ASSERT_TRUE(app);
    ASSERT_EQ((*app)->run_once({})->opened, 1);
    finding = (*app)->ledger().findings({})->at(0).id;
    now_ = *parse_time("2026-02-01T00:00:00Z");
    ASSERT_EQ((*app)->drop_old_records().value(), 6);
  }
  // The same record with another weight: a revision, not too late.
  std::string revision = usage_line("06", "2026-01-09T10:06:00Z", "a");
  revision.insert(revision.rfind('}'), R"(,"requests":5)");
  append_file(folder_ / "usage.jsonl", revision);
  auto again = start();
  ASSERT_TRUE(again) << again.error().message;
  const auto report = (*again)->run_once({});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->opened, 0);
  EXPECT_EQ(report->restated, 1);
  const auto findings = (*again)->ledger().findings({});
  ASSERT_EQ(findings->size(), 1U);
  EXPECT_EQ(findings->at(0).id, finding);
  EXPECT_EQ(findings->at(0).figures.at(0).value, Value(std::int64_t{7}));
}

// A source that the configuration has no longer holds nothing back: neither the windows of the
// others nor retention.
TEST_F(RetentionTest, ASourceThatWasRemovedHoldsNothingBack) {
  write_file(folder_ / "old.jsonl", usage_line("o", "2026-01-01T08:00:00Z", "quiet"));
  const auto config = [this](const std::string& more) {
    write_file(folder_ / "tidewaiter.yaml",
               "state: state\npolicies: [policies]\nsources:\n"
               "  - {name: gw, kind: file, path: usage.jsonl}\n" +
                   more + "notify: {channels: [{name: operations, kind: log}]}\n" +
                   "retention: {records: 3d}\n");
  };
  config("  - {name: old, kind: file, path: old.jsonl}\n");
  {
    auto app = start();
    ASSERT_TRUE(app) << app.error().message;
    ASSERT_TRUE((*app)->run_once({}));
    EXPECT_EQ((*app)->drop_old_records().value(), 0) << "`old` has drained up to the 1st only";
  }
  config("");
  auto app = start();
  ASSERT_TRUE(app) << app.error().message;
  ASSERT_TRUE((*app)->run_once({}));
  EXPECT_TRUE((*app)->cycle().is_idle("old"));
  const std::vector<LogEntry> log = read_all((*app)->records());
  const auto said = std::ranges::count_if(log, [](const LogEntry& entry) {
    const auto* control = std::get_if<Control>(&entry.body);
    const auto* removed = control != nullptr ? std::get_if<SourceRemoved>(control) : nullptr;
    return removed != nullptr && removed->source == "old";
  });
  EXPECT_EQ(said, 1);
  // Drained up to the 10th, of which three days are kept: the 1st to the 6th go, with that of
  // `old`.
  EXPECT_EQ((*app)->drop_old_records().value(), 7);
  const std::int64_t head = (*app)->records().head()->seq;
  ASSERT_TRUE((*app)->run_once({}));
  EXPECT_LE((*app)->records().head()->seq, head + 1) << "said once, beside `records-dropped`";
}

/// Time that stands still but for waits, which pass at once. Stops the loop at a given time.
class HandClock : public Clock {
 public:
  HandClock(UtcTime start, UtcTime end, std::stop_source& stop)
      : now_(start), end_(end), stop_(stop) {}
  UtcTime now() const override { return now_; }
  void wait_until(UtcTime deadline, const std::stop_token&) override {
    now_ = std::max(now_, deadline);
    wakes_.push_back(now_);
    if (at_wake_) at_wake_(now_);
    if (now_ >= end_) stop_.request_stop();
  }
  void wake() override {}

  std::function<void(UtcTime)> at_wake_;
  std::vector<UtcTime> wakes_;

 private:
  UtcTime now_;
  UtcTime end_;
  std::stop_source& stop_;
};

TEST_F(AppTest, TheLoopPollsAtSlotsAndReloads) {
  std::stop_source stop;
  const UtcTime begin = now_ + Duration{30 * kSecond.us};
  HandClock clock(begin, begin + Duration{10 * kMinute.us}, stop);
  ConfigOutcome outcome = read();
  AppOptions options;
  options.engine = EngineKind::kReference;
  options.now = [&clock] { return clock.now(); };
  auto app = App::start(std::move(outcome.config), std::move(options), diagnostics_);
  ASSERT_TRUE(app) << app.error().message;

  std::vector<std::string> said;
  LoopHooks hooks;
  hooks.ready = [&] { said.emplace_back("ready"); };
  hooks.reloading = [&] { said.emplace_back("reloading"); };
  hooks.read_config = [this] { return read(); };
  DaemonLoop loop(**app, clock, std::move(hooks), nullptr, kHour);
  // At the third minute a bad policy comes, at the fifth more usage.
  clock.at_wake_ = [&](UtcTime now) {
    if (now == now_ + Duration{3 * kMinute.us}) {
      write_file(folder_ / "policies/p.yaml", "nonsense\n");
      loop.request_reload();
    }
    if (now == now_ + Duration{5 * kMinute.us}) {
      append_file(folder_ / "usage.jsonl", usage_line("4", "2026-01-01T12:00:00Z", "b") +
                                               usage_line("5", "2026-01-01T12:01:00Z", "b") +
                                               usage_line("6", "2026-01-01T12:02:00Z", "b"));
    }
  };
  const auto done = loop.run(stop.get_token());
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(said, (std::vector<std::string>{"ready", "reloading", "ready"}));
  // Polls lie on whole minutes; other wakes are signatures, ten seconds after the last.
  for (int minute = 1; minute <= 10; ++minute) {
    EXPECT_THAT(clock.wakes_, testing::Contains(now_ + Duration{minute * kMinute.us}));
  }
  EXPECT_EQ((*app)->ledger().findings({})->size(), 2U);  // the old policy went on judging
  EXPECT_EQ((*(*app)->ledger().signed_head())->head, *(*app)->ledger().head());
}

}  // namespace
}  // namespace tidewaiter
