// A policy that reads findings, from the file to the ledger: of SmallSite's accounts `c` alone is
// found by two policies.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

std::string campaign(const std::string& status) {
  return "policy: test.campaign\nversion: 1\ntitle: Two policies found something\nstatus: " +
         status +
         "\nbasis: [{control: looked at together}]\nkind: coordination\nseverity: critical\n"
         "reads: finding\nfor_each: account\nwindow: {length: 30d, every: 1d}\n"
         "measure: {policies: distinct(finding.policy)}\nreport_when: policies >= 2\n";
}

class FindingPolicyTest : public testing::Test {
 protected:
  FindingPolicyTest() { site_.write("policies/four.yaml", volume_policy("test.four", "4")); }

  nlohmann::json findings(const std::string& policy) const {
    return site_({"finding", "list", "--policy", policy, "--json"}).json()["findings"];
  }

  SmallSite site_;
};

class ActiveFindingPolicyTest : public FindingPolicyTest {
 protected:
  ActiveFindingPolicyTest() {
    site_.write("policies/campaign.yaml", campaign("active"));
    site_.cycle();
  }
};

TEST_F(ActiveFindingPolicyTest, ItsFindingNamesTheOthers) {
  const auto found = findings("test.campaign");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["subject"], "account:gateway/c");
  EXPECT_EQ(found[0]["evidence_total"], 2);
  EXPECT_TRUE(found[0]["evidence"].empty());
  std::string of_volume;
  for (const auto& one : findings("test.volume")) {
    if (one["subject"] == "account:gateway/c") of_volume = one["id"];
  }
  EXPECT_THAT(found[0]["evidence_findings"].get<std::vector<std::string>>(),
              UnorderedElementsAre(of_volume, findings("test.four")[0]["id"].get<std::string>()));
  const Answer shown = site_({"finding", "show", found[0]["id"].get<std::string>()});
  ASSERT_EQ(shown.status, 0) << shown.err;
  EXPECT_THAT(shown.out, AllOf(HasSubstr("Evidence of the first window: 2 of 2 findings"),
                               HasSubstr("test.four"), HasSubstr("test.volume"),
                               HasSubstr(of_volume.substr(0, 8))));
}

TEST_F(ActiveFindingPolicyTest, TheLedgerHoldsAndIsTheBacktest) {
  const Answer verified = site_({"ledger", "verify"});
  EXPECT_EQ(verified.status, 0) << verified.out << verified.err;
  const auto tried = site_({"policy", "backtest", "--no-cost", "--json"}).json()["findings"];
  const auto found = findings("test.campaign");
  std::vector<std::string> ids;
  for (const auto& one : tried) ids.push_back(one["id"]);
  EXPECT_EQ(ids.size(), 4U);
  EXPECT_THAT(ids, testing::Contains(found.at(0)["id"].get<std::string>()));
}

TEST_F(ActiveFindingPolicyTest, IsExplained) {
  const Answer why = site_({"policy", "explain", findings("test.campaign").at(0)["id"]});
  ASSERT_EQ(why.status, 0) << why.err;
  EXPECT_THAT(why.out, HasSubstr("policies is 2"));
  const Answer why_not =
      site_({"policy", "explain", "test.campaign", "--subject", "account:gateway/a"});
  ASSERT_EQ(why_not.status, 0) << why_not.err;
  EXPECT_THAT(why_not.out, HasSubstr("policies is 1, 1 short"));
}

// In shadow it reads what the active policies find, and is told of alone.
TEST_F(FindingPolicyTest, IsTriedInShadow) {
  site_.write("policies/campaign.yaml", campaign("shadow"));
  site_.cycle();
  const Answer answer = site_({"policy", "shadow", "--json"});
  ASSERT_EQ(answer.status, 0) << answer.err;
  const auto shadow = answer.json();
  ASSERT_EQ(shadow["findings"].size(), 1U);
  EXPECT_EQ(shadow["findings"][0]["policy"], "test.campaign");
  EXPECT_EQ(shadow["findings"][0]["subject"], "account:gateway/c");
  EXPECT_EQ(shadow["policies"].size(), 1U);
  EXPECT_EQ(shadow["steps"]["opened"], 1);
  EXPECT_EQ(findings("test.campaign").size(), 0U);
}

}  // namespace
}  // namespace tidewaiter
