// The daemon with a time-stamping authority, `openssl ts` behind a server of the test's own.
#include <atomic>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon_process.h"
#include "storage/ledger/ledger.h"
#include "storage/timestamp/timestamp_folder.h"
#include "storage/verify/verify.h"
#include "tests/unit/app/temporary_folder.h"
#include "tests/unit/timestamp/authority_server.h"
#include "tests/unit/timestamp/openssl_authority.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

class DaemonTimestamps : public testing::Test {
 protected:
  DaemonTimestamps() {
    write_file(folder_ / "p.yaml", volume_policy());
    write_file(folder_ / "usage.jsonl", usage_line("1", "2026-01-01T10:05:00Z", "a"));
    write_file(folder_ / "tidewaiter.yaml",
               "state: state\npolicies: [p.yaml]\n"
               "sources: [{name: gw, kind: file, path: usage.jsonl, poll: {every: 1s}}]\n"
               "ledger: {sign_every: 1s, timestamps: {url: \"" +
                   server_.url() + "\", ca: \"" + openssl_.path("root.pem").string() +
                   "\"}}\nnotify: {channels: [{name: operations, kind: log}]}\n");
  }

  std::size_t tokens() const {
    const auto stored = TimestampFolder(folder_ / "state/timestamps").tokens();
    return stored ? stored->size() : 0;
  }
  /// How many findings the ledger has while the daemon writes to it.
  std::size_t findings() const {
    const auto state = folder_ / "state";
    const auto ledger = Ledger::open(
        {state / "ledger.db", state / "lock.db", state / "ledger.key", state / "vault.db"},
        Ledger::Mode::kReadOnly);
    if (!ledger) return 0;
    const auto found = (*ledger)->findings({});
    return found ? found->size() : 0;
  }

  OpensslAuthority openssl_;
  std::atomic<bool> away_{false};
  AuthorityServer server_{
      [this](const std::string& body) { return away_ ? "" : openssl_.answer(body); }};
  TemporaryFolder folder_;
};

TEST_F(DaemonTimestamps, HasItsHeadStampedAndTheVerifierSaysWhen) {
  DaemonProcess daemon({"--config", (folder_ / "tidewaiter.yaml").string()}, folder_ / "output");
  ASSERT_TRUE(eventually([&] { return tokens() == 1; })) << read_all(folder_ / "output");
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0) << read_all(folder_ / "output");
  EXPECT_THAT(read_all(folder_ / "output"), HasSubstr("event=timestamped"));

  const auto authorities = TimestampAuthorities::from_pem(openssl_.root());
  VerifyInput input;
  input.database = folder_ / "state/ledger.db";
  input.authorities = &*authorities;
  const VerifyReport report = verify_ledger(input);
  EXPECT_TRUE(report.ok());
  ASSERT_EQ(report.timestamps->size(), 1U);
  EXPECT_EQ(report.timestamps->front().authority, "CN=Test TSA");
}

TEST_F(DaemonTimestamps, RecordsWhileTheAuthorityIsAway) {
  away_ = true;
  DaemonProcess daemon({"--config", (folder_ / "tidewaiter.yaml").string()}, folder_ / "output");
  ASSERT_TRUE(eventually([&] {
    return read_all(folder_ / "output").find("event=timestamp_failed") != std::string::npos;
  })) << read_all(folder_ / "output");
  append_file(folder_ / "usage.jsonl", usage_line("2", "2026-01-01T10:06:00Z", "a") +
                                           usage_line("3", "2026-01-01T10:07:00Z", "a"));
  EXPECT_TRUE(eventually([&] { return findings() == 1U; })) << read_all(folder_ / "output");
  EXPECT_EQ(tokens(), 0U);
  away_ = false;
  daemon.signal(SIGHUP);  // a reload tries at once, whatever pause has been drawn
  EXPECT_TRUE(eventually([&] { return tokens() == 1; })) << read_all(folder_ / "output");
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0) << read_all(folder_ / "output");
}

}  // namespace
}  // namespace tidewaiter
