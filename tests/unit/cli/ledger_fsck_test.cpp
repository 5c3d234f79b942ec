#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/state.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

TEST(LedgerFsck, SaysThatAWholeStateHolds) {
  const SmallSite site;
  site.cycle();
  const auto json = site({"ledger", "fsck", "--json"}).json();
  EXPECT_EQ(json["verdict"], "holds");
  EXPECT_EQ(json["ledger"]["origin"], "small.example/ledger");
  EXPECT_EQ(json["ledger"]["size"], json["ledger"]["signed_size"]);
  EXPECT_EQ(json["ledger"]["root"], site({"ledger", "head", "--json"}).json()["root"]);
  // By hand: the accounts `a` and `c` are reported.
  EXPECT_EQ(json["vault"]["keys"], 2);
  EXPECT_EQ(json["vault"]["subjects"], 2);
  EXPECT_EQ(json["records"]["entries"], json["records"]["judged"]);
  EXPECT_THAT(json["problems"], IsEmpty());
  const Answer text = site({"ledger", "fsck"});
  EXPECT_EQ(text.status, 0);
  EXPECT_THAT(text.out, AllOf(StartsWith("The state holds.\n"),
                              HasSubstr("  vault:   2 keys for 2 disclosed subjects\n")));
}

TEST(LedgerFsck, SaysWhatIsWrongAndWhatToDoInANarrowTerminal) {
  const SmallSite site;
  site.cycle();
  std::filesystem::remove(site.path("state/vault.db"));
  const auto json = site({"ledger", "fsck", "--json"});
  EXPECT_EQ(json.status, 31);
  EXPECT_EQ(json.json()["verdict"], "fails");
  ASSERT_THAT(json.json()["problems"], SizeIs(1));
  EXPECT_EQ(json.json()["problems"][0]["part"], "vault");
  const Answer text = site({"ledger", "fsck"}, 80);
  EXPECT_EQ(text.status, 31);
  EXPECT_THAT(text.out, AllOf(StartsWith("The state does NOT hold.\n"),
                              HasSubstr("\n  problem (vault): there is no vault at"),
                              HasSubstr("\n    do: put back the vault")));
}

TEST(LedgerFsck, LeavesAStateInUseAlone) {
  const SmallSite site;
  EXPECT_EQ(site({"ledger", "fsck"}).status, 2);  // nothing is there yet
  site.cycle();
  const auto lock = StateLock::take(site.path("state/lock"));
  ASSERT_TRUE(lock);
  const Answer answer = site({"ledger", "fsck"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.err, HasSubstr("is in use by process"));
}

}  // namespace
}  // namespace tidewaiter
