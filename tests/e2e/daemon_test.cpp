#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zstd.h>

#include "daemon_process.h"
#include "storage/ledger/ledger.h"
#include "tests/unit/app/temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

class DaemonTest : public testing::Test {
 protected:
  DaemonTest() {
    write_file(folder_ / "p.yaml", volume_policy());
    write_file(folder_ / "usage.jsonl", usage_line("1", "2026-01-01T10:05:00Z", "a") +
                                            usage_line("2", "2026-01-01T10:06:00Z", "a") +
                                            usage_line("3", "2026-01-01T10:07:00Z", "a"));
    write_file(folder_ / "tidewaiter.yaml",
               "state: state\npolicies: [p.yaml]\n"
               "sources: [{name: gw, kind: file, path: usage.jsonl, poll: {every: 1s}}]\n"
               "ledger: {sign_every: 1s}\n"
               "notify: {channels: [{name: operations, kind: log}]}\n");
  }

  std::vector<std::string> arguments() const {
    return {"--config", (folder_ / "tidewaiter.yaml").string()};
  }
  std::filesystem::path output() const { return folder_ / "output"; }

  /// What the ledger has while the daemon writes to it.
  std::vector<FindingState> findings() const {
    const auto state = folder_ / "state";
    const auto ledger = Ledger::open(
        {state / "ledger.db", state / "lock.db", state / "ledger.key", state / "vault.db"},
        Ledger::Mode::kReadOnly);
    if (!ledger) return {};
    auto found = (*ledger)->findings({});
    return found ? *found : std::vector<FindingState>{};
  }
  bool printed(const std::string& text) const {
    return read_all(output()).find(text) != std::string::npos;
  }

  TemporaryFolder folder_;
};

TEST_F(DaemonTest, TellsTheServiceManagerWhatItDoes) {
  NotifySocket manager(folder_ / "notify");
  DaemonProcess daemon(arguments(), output(),
                       {{"NOTIFY_SOCKET", manager.path()}, {"WATCHDOG_USEC", "400000"}});
  EXPECT_NE(manager.await("READY=1"), "") << read_all(output());
  EXPECT_NE(manager.await("WATCHDOG=1"), "");
  EXPECT_NE(manager.await("WATCHDOG=1"), "");
  daemon.signal(SIGHUP);
  const std::string reloading = manager.await("RELOADING=1");
  EXPECT_THAT(reloading, HasSubstr("MONOTONIC_USEC="));
  EXPECT_NE(manager.await("READY=1"), "");
  daemon.signal(SIGTERM);
  EXPECT_NE(manager.await("STOPPING=1"), "");
  const int status = daemon.wait();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << read_all(output());
}

TEST_F(DaemonTest, ABadPolicyOnReloadLeavesTheOldOneInForce) {
  DaemonProcess daemon(arguments(), output());
  ASSERT_TRUE(eventually([&] { return findings().size() == 1; })) << read_all(output());
  const Digest old = findings()[0].policy_hash;
  write_file(folder_ / "p.yaml", "policy: test.volume\nreport_wen: n >= 1\n");
  daemon.signal(SIGHUP);
  ASSERT_TRUE(eventually([&] { return printed("event=reload_refused"); })) << read_all(output());
  EXPECT_TRUE(printed("report_wen"));  // the diagnostic is in the log
  append_file(folder_ / "usage.jsonl", usage_line("4", "2026-01-01T12:05:00Z", "b") +
                                           usage_line("5", "2026-01-01T12:06:00Z", "b") +
                                           usage_line("6", "2026-01-01T12:07:00Z", "b"));
  ASSERT_TRUE(eventually([&] { return findings().size() == 2; })) << read_all(output());
  EXPECT_EQ(findings()[1].policy_hash, old);

  write_file(folder_ / "p.yaml", volume_policy("test.volume", "4"));
  daemon.signal(SIGHUP);
  ASSERT_TRUE(eventually([&] { return findings()[0].state == StepKind::kWithdrawn; }))
      << read_all(output());
  const int status = daemon.end(SIGTERM);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << read_all(output());
}

TEST_F(DaemonTest, ASecondDaemonIsRefusedWithItsExitCode) {
  DaemonProcess first(arguments(), output());
  ASSERT_TRUE(eventually([&] { return printed("event=started"); })) << read_all(output());
  DaemonProcess second(arguments(), folder_ / "second");
  const int status = second.wait();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 4);
  EXPECT_THAT(read_all(folder_ / "second"),
              HasSubstr("in use by process " + std::to_string(first.pid())));
}

// kill(2) takes -1 for every process of the machine.
TEST(DaemonProcess, SignalsNobodyWhenThereIsNoDaemonAnyMore) {
  const TemporaryFolder folder;
  DaemonProcess ended({"--version"}, folder / "output");
  ASSERT_TRUE(eventually([&] { return !ended.is_running(); }));
  EXPECT_TRUE(ended.signal(0)) << "a look does not give its number away";
  EXPECT_EQ(ended.wait(), 0);
  EXPECT_FALSE(ended.is_running());
  EXPECT_FALSE(ended.signal(0));
  EXPECT_EQ(ended.wait(), -1);

  DaemonProcess never({}, folder / "output", {}, {(folder / "no-such-program").string()});
  const int status = never.wait();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 127);
}

/// How long a daemon may take from SIGTERM to its end.
constexpr std::chrono::seconds kStop{5};

TEST_F(DaemonTest, StopsInTimeWhenIdle) {
  NotifySocket manager(folder_ / "notify");
  DaemonProcess daemon(arguments(), output(), {{"NOTIFY_SOCKET", manager.path()}});
  ASSERT_NE(manager.await("READY=1"), "") << read_all(output());
  ASSERT_TRUE(eventually([&] { return printed("event=signed"); })) << read_all(output());
  const auto asked = std::chrono::steady_clock::now();
  const int status = daemon.end(SIGTERM);
  EXPECT_LT(std::chrono::steady_clock::now() - asked, kStop);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << read_all(output());
}

// One line of 64 GiB, in a few megabytes: reading it would take minutes.
TEST_F(DaemonTest, StopsInTimeWithinALongDecompressionAndFeedsTheWatchdogUntilThen) {
  const std::string zeros(std::size_t{64} << 20U, '\0');
  std::string frame(ZSTD_compressBound(zeros.size()), '\0');
  frame.resize(ZSTD_compress(frame.data(), frame.size(), zeros.data(), zeros.size(), 1));
  std::string file;
  for (int i = 0; i < 1024; ++i) file += frame;
  write_file(folder_ / "usage.jsonl", file);
  NotifySocket manager(folder_ / "notify");
  DaemonProcess daemon(arguments(), output(),
                       {{"NOTIFY_SOCKET", manager.path()}, {"WATCHDOG_USEC", "400000"}});
  ASSERT_NE(manager.await("READY=1"), "") << read_all(output());
  for (int beats = 0; beats < 5; ++beats) EXPECT_NE(manager.await("WATCHDOG=1"), "");
  const auto asked = std::chrono::steady_clock::now();
  const int status = daemon.end(SIGTERM);
  EXPECT_LT(std::chrono::steady_clock::now() - asked, kStop);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << read_all(output());
  EXPECT_FALSE(printed("event=pulled")) << "it was not within the file any more";
  EXPECT_FALSE(printed("event=source_")) << "a stop is no fault of the source";
}

TEST_F(DaemonTest, AFullDiskPausesItAndNothingIsLost) {
  NotifySocket manager(folder_ / "notify");
  DaemonProcess daemon(arguments(), output(), {{"NOTIFY_SOCKET", manager.path()}});
  ASSERT_TRUE(eventually([&] { return findings().size() == 1; })) << read_all(output());
  rlimit unlimited{};
  ASSERT_EQ(::prlimit(daemon.pid(), RLIMIT_FSIZE, nullptr, &unlimited), 0);
  const auto size = std::filesystem::file_size(folder_ / "state/records.db-wal");
  const rlimit full{static_cast<rlim_t>(size), unlimited.rlim_max};
  ASSERT_EQ(::prlimit(daemon.pid(), RLIMIT_FSIZE, &full, nullptr), 0);
  std::string more;
  for (int i = 0; i < 2000; ++i) {
    more += usage_line("more" + std::to_string(i), "2026-01-01T12:00:00Z", "b");
  }
  append_file(folder_ / "usage.jsonl", more);
  ASSERT_TRUE(eventually([&] { return printed("event=storage_unavailable"); }))
      << read_all(output());
  EXPECT_NE(manager.await("STATUS=paused: "), "");
  EXPECT_TRUE(daemon.is_running());
  EXPECT_EQ(findings().size(), 1U);
  ASSERT_EQ(::prlimit(daemon.pid(), RLIMIT_FSIZE, &unlimited, nullptr), 0);
  ASSERT_TRUE(eventually([&] { return findings().size() == 2; })) << read_all(output());
  EXPECT_TRUE(eventually([&] { return printed("event=storage_available"); })) << read_all(output());
  const int status = daemon.end(SIGTERM);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << read_all(output());
}

/// As a user who is not root, for root may write everywhere.
TEST_F(DaemonTest, AReadOnlyStateIsRefusedWithTheReason) {
  std::vector<std::string> nobody;
  if (::geteuid() == 0) {
    nobody = {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
  }
  const auto exit_of_start = [&] {
    std::filesystem::remove(output());
    DaemonProcess daemon(arguments(), output(), {}, nobody);
    const int status = daemon.wait();
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  std::filesystem::create_directory(folder_ / "state");
  std::filesystem::permissions(folder_ / "state", std::filesystem::perms(0555));
  EXPECT_EQ(exit_of_start(), 5) << read_all(output());
  EXPECT_TRUE(printed("event=stopped_by_error")) << read_all(output());
  EXPECT_TRUE(printed("Permission denied")) << read_all(output());
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "state"));
  // A state that is there, put on a file system that is read-only now.
  std::filesystem::permissions(folder_ / "state", std::filesystem::perms(0700));
  {
    DaemonProcess daemon(arguments(), output());
    ASSERT_TRUE(eventually([&] { return findings().size() == 1; })) << read_all(output());
    static_cast<void>(daemon.end(SIGTERM));
  }
  for (const auto& file : std::filesystem::directory_iterator(folder_ / "state")) {
    if (file.is_regular_file()) {
      std::filesystem::permissions(file.path(), std::filesystem::perms(0444));
    }
  }
  std::filesystem::permissions(folder_ / "state", std::filesystem::perms(0555));
  EXPECT_EQ(exit_of_start(), 5) << read_all(output());
  EXPECT_TRUE(printed("event=stopped_by_error")) << read_all(output());
  std::filesystem::permissions(folder_ / "state", std::filesystem::perms(0700));
  EXPECT_EQ(findings().size(), 1U);
}

TEST_F(DaemonTest, EndsWithTheExitCodesOfItsManual) {
  const auto exit_of = [&](const std::vector<std::string>& words) {
    DaemonProcess daemon(words, output());
    const int status = daemon.wait();
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  EXPECT_EQ(exit_of({"--version"}), 0);
  EXPECT_EQ(exit_of({"--help"}), 0);
  EXPECT_EQ(exit_of({"--confgi", "x"}), 2);
  EXPECT_EQ(exit_of({"--log-level", "loud"}), 2);
  EXPECT_EQ(exit_of({"--config", (folder_ / "none.yaml").string()}), 3);
  auto checked = arguments();
  checked.emplace_back("--check");
  EXPECT_EQ(exit_of(checked), 0) << read_all(output());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "state"));
  write_file(folder_ / "p.yaml", "policy: x\n");
  EXPECT_EQ(exit_of(checked), 3);
  EXPECT_EQ(exit_of(arguments()), 3);
  write_file(folder_ / "p.yaml", volume_policy());
  write_file(folder_ / "state", "in the way");
  EXPECT_EQ(exit_of(arguments()), 5);
}

}  // namespace
}  // namespace tidewaiter
