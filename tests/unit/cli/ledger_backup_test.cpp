#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/state.h"
#include "storage/verify/verify.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

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
