#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/state.h"
#include "storage/files/durable_file.h"
#include "storage/verify/verify.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

TEST(LedgerBackup, CopiesBesideARunningDaemonAndSaysWhatIsInIt) {
  const SmallSite site;
  site.cycle();
  const auto daemon = StateLock::take(site.path("state/lock"));
  ASSERT_TRUE(daemon);
  const auto json = site({"ledger", "backup", "copy", "--vault", "keys", "--json"}).json();
  const auto head = site({"ledger", "head", "--json"}).json();
  for (const char* member : {"origin", "size", "root"})
    EXPECT_EQ(json[member], head[member]) << member;
  for (const char* member : {"size", "root"}) {
    EXPECT_EQ(json["signed"][member], head["signed"][member]) << member;
  }
  EXPECT_EQ(json["folder"], "copy");
  EXPECT_EQ(json["vault"], "keys");
  EXPECT_GT(json["records"].get<int>(), 0);
  EXPECT_TRUE(std::filesystem::exists(site.path("keys/vault.db")));
  EXPECT_TRUE(verify_ledger({site.path("copy/ledger.db"), std::nullopt,
                             head["verifier_key"].get<std::string>()})
                  .ok());
}

/// Draws a notice about the first case, and issues it. Its id.
std::string issued_notice(const SmallSite& site) {
  const std::string about = site({"case", "list", "--json"}).json()["cases"][0]["id"];
  const std::string id = site({"report", "new", "partner-notice", "--case", about, "--recipient",
                               "Partner", "--no-pdf", "--as", "li", "--json"})
                             .json()["report"]["id"];
  EXPECT_EQ(site({"report", "approve", id, "--as", "ada", "--reason", "Read it"}).status, 0);
  EXPECT_EQ(site({"report", "issue", id, "--to", "out", "--as", "li", "--reason", "Gaps"}).status,
            0);
  return id;
}

TEST(LedgerBackup, HasWhatWasIssuedAndNamesWhatIsLostOfIt) {
  const SmallSite site;
  ASSERT_EQ(site({"init", "--person", "Li=liaison", "--person", "Ada=approver", "--person",
                  "Pat=policy-writer"})
                .status,
            0);
  site.cycle();
  const std::string id = issued_notice(site);
  const std::string page = "reports/" + id + "/data/report.html";
  const Answer whole = site({"ledger", "backup", "copy", "--json"});
  ASSERT_EQ(whole.status, 0) << whole.err;
  EXPECT_EQ(whole.json()["gaps"], nlohmann::json::array());
  // As it lies in the state, byte for byte, and nothing else; in the sums as well.
  std::size_t files = 0;
  for (const auto& file : fs::recursive_directory_iterator(site.path("state/reports"))) {
    if (!file.is_regular_file()) continue;
    ++files;
    const fs::path copy =
        site.path("copy/reports") / file.path().lexically_relative(site.path("state/reports"));
    EXPECT_EQ(*read_whole_file(copy, 1U << 24U), *read_whole_file(file.path(), 1U << 24U)) << copy;
  }
  EXPECT_GE(files, 9U);
  EXPECT_THAT(*read_whole_file(site.path("copy/SHA256SUMS"), 1U << 20U), HasSubstr("  " + page));

  // What was issued is what the entry has, or a gap.
  site.write("state/" + page, "changed");
  const Answer changed = site({"ledger", "backup", "copy-2", "--json"});
  EXPECT_EQ(changed.status, 1);
  EXPECT_EQ(changed.json()["gaps"][0],
            "the issued report `" + id + "`: `data/report.html` was changed");
  fs::remove_all(site.path("state/reports"));
  const Answer lost = site({"ledger", "backup", "copy-3", "--json"});
  EXPECT_EQ(lost.status, 1);
  EXPECT_EQ(lost.json()["gaps"][0], "the issued report `" + id + "`: its files are not there");

  // Put back, it is what was issued again, and is written out as it was.
  fs::copy(site.path("copy/reports"), site.path("state/reports"), fs::copy_options::recursive);
  EXPECT_EQ(site({"report", "issue", id, "--to", "again", "--as", "li"}).status, 0);
  EXPECT_EQ(*read_whole_file(site.path("again/manifest-sha256.txt"), 1U << 20U),
            *read_whole_file(site.path("out/manifest-sha256.txt"), 1U << 20U));

  // A ledger that follows has none of it; it stays in the backup, which is held against its sums.
  fs::rename(site.path("state"), site.path("old"));
  site.configure("origin: small.example/ledger-2");
  site.write("copy/" + page, "changed");
  const std::vector<std::string> restore = {"ledger",   "restore",      "copy",  "--without-keys",
                                            "--reason", "disk failure", "--json"};
  const Answer refused = site(restore);
  EXPECT_EQ(refused.status, 4);
  EXPECT_THAT(refused.err, HasSubstr("report.html` is not what its line of SHA256SUMS says"));
  fs::copy_file(site.path("old/" + page), site.path("copy/" + page),
                fs::copy_options::overwrite_existing);
  site.write("state/reports/r-000000000000/data/report.html", "of another ledger");
  EXPECT_THAT(site(restore).err, HasSubstr("reports` is there"));
  fs::remove_all(site.path("state"));
  const Answer restored = site(restore);
  ASSERT_EQ(restored.status, 0) << restored.err;
  EXPECT_EQ(restored.json()["gaps"], nlohmann::json::array());
  EXPECT_FALSE(fs::exists(site.path("state/reports")));
}

TEST(LedgerBackup, SaysThatTheVaultIsNotInIt) {
  const SmallSite site;
  EXPECT_EQ(site({"ledger", "backup", "copy"}).status, 2);  // there is nothing yet
  site.cycle();
  const Answer text = site({"ledger", "backup", "copy"});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr(" of small.example/ledger are in copy\n"),
                              HasSubstr("  vault    not copied:")));
  const Answer again = site({"ledger", "backup", "copy"});
  EXPECT_EQ(again.status, 4);
  EXPECT_THAT(again.err, HasSubstr("is not an empty folder"));
}

}  // namespace
}  // namespace tidewaiter
