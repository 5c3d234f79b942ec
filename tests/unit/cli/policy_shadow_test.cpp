#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string with_status(std::string policy, std::string_view status) {
  const std::string_view active = "status: active";
  policy.replace(policy.find(active), active.size(), "status: " + std::string(status));
  return policy;
}

/// A site with the active policy of SmallSite, and one in shadow that asks for four requests: by
/// hand that is account `c` alone.
class ShadowTest : public testing::Test {
 protected:
  ShadowTest() {
    site_.write("policies/four.yaml", with_status(volume_policy("test.four", "4"), "shadow"));
    site_.cycle();
  }
  SmallSite site_;
};

TEST_F(ShadowTest, FindsWithoutALedgerEntryOrAMessage) {
  const auto listed = site_({"finding", "list", "--json"}).json()["findings"];
  ASSERT_EQ(listed.size(), 2U);
  for (const auto& finding : listed) EXPECT_EQ(finding["policy"], "test.volume");
  const auto before = site_({"ledger", "head", "--json"}).json()["size"];

  const auto json = site_({"policy", "shadow", "--json"}).json();
  EXPECT_EQ(json["shadow"], true);
  ASSERT_EQ(json["policies"].size(), 1U);
  EXPECT_EQ(json["policies"][0]["policy"], "test.four");
  EXPECT_EQ(json["policies"][0]["days"],
            nlohmann::json::parse(R"([{"day":"2026-10-05","findings":1}])"));
  ASSERT_EQ(json["findings"].size(), 1U);
  EXPECT_EQ(json["findings"][0]["shadow"], true);
  EXPECT_EQ(json["findings"][0]["subject"], "account:gateway/c");
  EXPECT_TRUE(json["policies"][0]["cost"].is_object());

  EXPECT_EQ(site_({"ledger", "head", "--json"}).json()["size"], before);
  const auto log = site_({"ledger", "log", "--json"}).out;
  EXPECT_THAT(log, Not(HasSubstr("test.four")));
  EXPECT_THAT(site_({"status", "--json"}).out, Not(HasSubstr("test.four")));
}

TEST_F(ShadowTest, TheTextSaysThatNobodyWasTold) {
  EXPECT_THAT(site_({"policy", "shadow"}).out,
              AllOf(HasSubstr("none of these findings is in the ledger"), HasSubstr("test.four"),
                    HasSubstr("account:gateway/c"), Not(HasSubstr("test.volume"))));
}

TEST_F(ShadowTest, TakesOnePolicyAndATime) {
  EXPECT_EQ(site_({"policy", "shadow", "test.four", "--json"}).json()["findings"].size(), 1U);
  const auto later =
      site_({"policy", "shadow", "test.four", "--since", "2026-10-06", "--json"}).json();
  EXPECT_TRUE(later["findings"].empty());
  const Answer active = site_({"policy", "shadow", "test.volume"});
  EXPECT_EQ(active.status, 2);
  EXPECT_THAT(active.err, HasSubstr("`test.volume` is not in shadow"));
  EXPECT_THAT(site_({"policy", "shadow", "test.for"}).err, HasSubstr("did you mean `test.four`?"));
  EXPECT_EQ(site_({"policy", "shadow", "--since", "soon"}).status, 2);
}

// What a shadow found is what it finds when it is made active: the same engine over the same log.
TEST_F(ShadowTest, IsWhatTheActivePolicyFinds) {
  const auto shadow = site_({"policy", "shadow", "--json"}).json()["findings"];
  site_.write("policies/four.yaml", volume_policy("test.four", "4"));
  site_.cycle();
  const auto live =
      site_({"finding", "list", "--policy", "test.four", "--json"}).json()["findings"];
  ASSERT_EQ(live.size(), shadow.size());
  for (const char* member : {"subject", "from", "to", "windows", "figures"}) {
    EXPECT_EQ(live[0][member], shadow[0][member]) << member;
  }
  EXPECT_THAT(site_({"policy", "shadow"}).out, HasSubstr("no policy is in shadow"));
}

// A policy that goes from active into shadow takes its findings back.
TEST_F(ShadowTest, FromActiveToShadowWithdraws) {
  site_.write("policies/volume.yaml", with_status(volume_policy(), "shadow"));
  site_.cycle();
  const auto findings = site_({"status", "--json"}).json()["findings"];
  EXPECT_EQ(findings["potential"]["high"], 0);
  EXPECT_EQ(findings["withdrawn"], 2);
}

}  // namespace
}  // namespace tidewaiter
