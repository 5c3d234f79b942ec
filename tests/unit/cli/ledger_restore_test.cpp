#include <chrono>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/evidence/vault.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A site that was lost after its backup: `after` the backup it signed one entry more.
class LedgerRestore : public testing::Test {
 protected:
  void SetUp() override {
    site_.cycle();
    former_ = site_({"ledger", "head", "--json"}).json();
    ASSERT_EQ(site_({"ledger", "backup", "backup", "--vault", "keys"}).status, 0);
  }
  void lose() const { fs::rename(site_.path("state"), site_.path("old")); }
  void rename_origin() const { site_.configure("origin: small.example/ledger-2"); }
  [[nodiscard]] Answer restore(std::vector<std::string> more = {"--without-keys"}) const {
    std::vector<std::string> arguments = {"ledger", "restore", "backup", "--reason",
                                          "disk failure"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return site_(arguments);
  }

  /// As if a restore had been killed just before its end.
  void mark_unfinished() const {
    const fs::path marker = site_.path("state/restoring");
    site_.write("state/restoring", "");
    fs::last_write_time(
        marker, fs::last_write_time(site_.path("state/ledger.vkey")) - std::chrono::minutes(1));
  }

  SmallSite site_;
  nlohmann::json former_;
};

TEST_F(LedgerRestore, BeginsALedgerThatCommitsToTheFormerOne) {
  const auto findings = site_({"finding", "list", "--json"}).json()["findings"];
  lose();
  rename_origin();
  const Answer answer = restore({"--vault", "keys", "--json"});
  ASSERT_EQ(answer.status, 0) << answer.err;
  const auto json = answer.json();
  EXPECT_EQ(json["former"]["origin"], "small.example/ledger");
  EXPECT_EQ(json["former"]["root"], former_["signed"]["root"]);
  EXPECT_EQ(json["former"]["kept"], former_["size"]);
  // By hand: the accounts `a` and `c` are reported.
  EXPECT_EQ(json["keys"], 2);

  site_.cycle();
  const auto verdict = site_({"ledger", "verify", "--json"}).json();
  EXPECT_EQ(verdict["verdict"], "holds");
  EXPECT_EQ(verdict["follows"]["origin"], "small.example/ledger");
  EXPECT_EQ(verdict["follows"]["reason"], "disk failure");
  EXPECT_THAT(site_({"ledger", "verify"}).out,
              HasSubstr("  follows: small.example/ledger, of whose "));
  EXPECT_EQ(site_({"ledger", "fsck"}).status, 0);
  // The same findings come out of the same records.
  const auto again = site_({"finding", "list", "--json"}).json()["findings"];
  ASSERT_EQ(again.size(), findings.size());
  for (std::size_t i = 0; i < again.size(); ++i) {
    EXPECT_EQ(again[i]["id"], findings[i]["id"]);
    EXPECT_EQ(again[i]["subject"], findings[i]["subject"]);
  }
}

TEST_F(LedgerRestore, SaysWhatIsLostIfTheLockStoreIsLeft) {
  site_.write("usage.jsonl", usage_line("d1", "2026-10-05T11:01:00Z", {"a", 1}) +
                                 usage_line("d2", "2026-10-05T11:02:00Z", {"a", 1}) +
                                 usage_line("d3", "2026-10-05T11:03:00Z", {"a", 1}));
  site_.cycle();
  const auto last = site_({"ledger", "head", "--json"}).json();
  ASSERT_GT(last["signed"]["size"], former_["signed"]["size"]);
  lose();
  rename_origin();
  const Answer answer = restore({"--lock", "old/lock.db", "--without-keys", "--json"});
  ASSERT_EQ(answer.status, 0) << answer.err;
  EXPECT_EQ(answer.json()["former"]["size"], last["signed"]["size"]);
  EXPECT_EQ(answer.json()["former"]["kept"], former_["size"]);
  EXPECT_EQ(answer.json()["keys"], nullptr);
}

TEST_F(LedgerRestore, RefusesWhatWouldBeASecondHistory) {
  rename_origin();
  const Answer there = restore();
  EXPECT_EQ(there.status, 4);
  EXPECT_THAT(there.err, HasSubstr("move what is left of the former state away"));
  lose();
  const SmallSite other;  // of the same origin, with another key
  other.cycle();
  const Answer foreign =
      restore({"--without-keys", "--lock", other.path("state/lock.db").string()});
  EXPECT_EQ(foreign.status, 4);
  EXPECT_THAT(foreign.err, HasSubstr("is not the former ledger's"));
  EXPECT_FALSE(fs::exists(site_.path("state/ledger.db")));
}

// What people did about cases of the former ledger would be taken for what they did in this one.
TEST_F(LedgerRestore, RefusesWhatIsLeftOfActsExhibitsAndReports) {
  lose();
  rename_origin();
  for (const char* const part : {"state/acts", "state/payloads", "state/reports"}) {
    fs::create_directories(site_.path(part));
    const Answer answer = restore();
    EXPECT_EQ(answer.status, 4) << part;
    EXPECT_THAT(answer.err, HasSubstr(std::string(part) + "` is there: move what is left"));
    fs::remove(site_.path(part));
  }
  EXPECT_EQ(restore().status, 0);
}

TEST_F(LedgerRestore, NeedsAnotherOrigin) {
  lose();
  const Answer answer = restore();
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.err, HasSubstr("the former ledger has the same origin"));
  EXPECT_FALSE(fs::exists(site_.path("state/restoring")));
}

TEST_F(LedgerRestore, TakesNoBackupThatWasChanged) {
  lose();
  rename_origin();
  fs::resize_file(site_.path("backup/records.db"), 4096);
  const Answer answer = restore();
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.err, HasSubstr("is not what its line of SHA256SUMS says"));
}

TEST_F(LedgerRestore, BeginsAgainWhereOneWasKilled) {
  lose();
  rename_origin();
  ASSERT_EQ(restore().status, 0);
  mark_unfinished();
  const Answer refused = site_({"run", "--once"});
  EXPECT_EQ(refused.status, 4);
  EXPECT_THAT(refused.err, HasSubstr("a restore that has not ended"));
  ASSERT_EQ(restore({"--vault", "keys"}).status, 0);
  site_.cycle();
  EXPECT_EQ(site_({"ledger", "fsck"}).status, 0);
}

TEST_F(LedgerRestore, RemovesNothingOfAFormerStateThatComesBack) {
  lose();
  rename_origin();
  ASSERT_EQ(restore().status, 0);
  mark_unfinished();
  // A volume that was not there the first time.
  const auto long_ago = fs::last_write_time(site_.path("state/restoring")) - std::chrono::hours(1);
  fs::last_write_time(site_.path("state/lock.db"), long_ago);
  const Answer answer = restore();
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.err, HasSubstr("is older than the restore that has not ended"));
  EXPECT_TRUE(fs::exists(site_.path("state/ledger.key")));
}

TEST_F(LedgerRestore, WantsToBeToldThatTheKeysAreLost) {
  lose();
  rename_origin();
  const Answer answer = restore({});
  EXPECT_EQ(answer.status, 2);
  EXPECT_THAT(answer.err, HasSubstr("--without-keys"));
}

TEST_F(LedgerRestore, TakesNoVaultOfAnotherLedger) {
  const SmallSite other;
  other.cycle();
  ASSERT_EQ(other({"ledger", "backup", "backup", "--vault", "keys"}).status, 0);
  lose();
  rename_origin();
  const Answer answer = restore({"--vault", other.path("keys").string()});
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.err, HasSubstr("are not those of this backup"));
  EXPECT_FALSE(fs::exists(site_.path("state/ledger.db")));
}

TEST_F(LedgerRestore, PutsAPlainVaultUnderAKey) {
  lose();
  site_.write("vault.key", std::string(64, '7'));
  fs::permissions(site_.path("vault.key"), fs::perms(0400));
  site_.configure("origin: small.example/ledger-2, vault_key: {file: vault.key}");
  ASSERT_EQ(restore({"--vault", "keys"}).status, 0);
  site_.cycle();
  EXPECT_EQ(site_({"ledger", "fsck"}).status, 0);
  EXPECT_TRUE(Vault::wrapped_by(site_.path("state/vault.db"))->has_value());
}

}  // namespace
}  // namespace tidewaiter
