// What a case about a cluster says of why its accounts are linked, against hand computation.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Each account has three requests, which the policy about clusters reports.
class CaseLinksTest : public testing::Test {
 protected:
  CaseLinksTest() {
    std::string policy = volume_policy();
    policy.replace(policy.find("for_each: account"), 17, "for_each: cluster");
    site_.write("policies/volume.yaml", policy +
                                            "---\nlinkage: shared-means\ntitle: One address\n"
                                            "links: [{field: client.address, at_most: 20}]\n");
  }

  void use(const std::string& account, const std::string& address) {
    for (int i = 0; i < 3; ++i) {
      const std::string second = std::to_string(10 + (uses_++ % 50));
      std::string line =
          usage_line(account + std::to_string(uses_), "2026-10-05T10:00:" + second + "Z", account);
      line.insert(line.rfind('}'), R"(,"client.address":")" + address + '"');
      usage_ += line;
    }
    site_.write("usage.jsonl", usage_);
  }

  /// The case about the cluster that is named after this account.
  [[nodiscard]] std::string case_about(const std::string& first) const {
    const auto cases = site_({"case", "list", "--json"}).json()["cases"];
    for (const auto& one : cases) {
      if (one["subject"] == "cluster:gateway/" + first) return one["id"];
    }
    return "none";
  }

  SmallSite site_;
  std::string usage_;
  int uses_ = 0;
};

// b and c have one address, c and d another one: from b to d it takes two steps.
TEST_F(CaseLinksTest, GoFromTheFirstAccountToEachOther) {
  use("b", "10.0.0.1");
  use("c", "10.0.0.1");
  use("c", "10.0.0.2");
  use("d", "10.0.0.2");
  site_.cycle();
  const std::string id = case_about("b");
  const Answer page = site_({"case", "show", id});
  EXPECT_EQ(page.status, 0) << page.err;
  EXPECT_THAT(page.out, AllOf(HasSubstr("\nWhy its accounts are linked, as they are now\n"),
                              HasSubstr("gateway/b and gateway/c belong together, by 1 step\n"),
                              HasSubstr("gateway/b and gateway/d belong together, by 2 steps\n"),
                              HasSubstr("  gateway/c to gateway/d\n"), HasSubstr("10.0.0.2"),
                              Not(HasSubstr("more account"))));
  const auto links = site_({"case", "show", id, "--json"}).json()["links"];
  ASSERT_EQ(links["ways"].size(), 2U);
  EXPECT_EQ(links["more"], 0);
  EXPECT_TRUE(links["unknown"].is_null());
  EXPECT_EQ(links["ways"][1]["to"]["account"], "d");
  const auto& steps = links["ways"][1]["steps"];
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0]["to"]["account"], "c");
  EXPECT_EQ(steps[0]["values"][0]["value"], "10.0.0.1");
  EXPECT_EQ(steps[1]["values"][0]["value"], "10.0.0.2");
  // What `link --why` says of the same two.
  EXPECT_EQ(site_({"link", "--why", "gateway/b", "gateway/d", "--json"}).json()["steps"], steps);
  // And nothing to a viewer, or of a case that is about an account.
  ASSERT_EQ(site_({"init", "--person", "Di=viewer"}).status, 0);
  const Answer viewed = site_({"case", "show", id, "--as", "di"});
  EXPECT_THAT(viewed.out, AllOf(HasSubstr("Withheld: "), Not(HasSubstr("10.0.0.")),
                                Not(HasSubstr("gateway/c"))));
  EXPECT_TRUE(site_({"case", "show", id, "--as", "di", "--json"}).json()["links"].is_null());
}

TEST_F(CaseLinksTest, SayHowManyMoreThereAre) {
  for (char account = 'a'; account < 'm'; ++account) use(std::string(1, account), "10.0.0.1");
  site_.cycle();
  const std::string id = case_about("a");
  const auto links = site_({"case", "show", id, "--json"}).json()["links"];
  EXPECT_EQ(links["ways"].size(), 8U);  // of eleven
  EXPECT_EQ(links["more"], 3);
  EXPECT_THAT(
      site_({"case", "show", id}).out,
      HasSubstr("  and 3 more accounts: `tidewaiter cluster show cluster:gateway/a --path"));
}

TEST_F(CaseLinksTest, AreCountedByWhatIsDoneToManyCases) {
  for (char account = 'a'; account < 'm'; ++account) use(std::string(1, account), "10.0.0.1");
  site_.cycle();
  const Answer asked =
      site_({"case", "bulk", "assign", "--case", case_about("a"), "--to", "nobody"});
  EXPECT_EQ(asked.status, 1);
  EXPECT_THAT(asked.out, HasSubstr("1 case about 1 subject, 12 accounts"));
}

// The case goes by the least account of the cluster: of c and d nobody finds it by their names.
TEST_F(CaseLinksTest, LeadFromATipToTheCaseOfTheCluster) {
  use("b", "10.0.0.1");
  use("c", "10.0.0.1");
  use("d", "10.0.0.1");
  use("e", "10.0.0.2");
  site_.cycle();
  const std::string cluster = case_about("b");
  ASSERT_EQ(site_({"init", "--person", "Jo=officer", "--person", "Di=viewer"}).status, 0);
  const auto lead = site_({"lead", "add", "tip", "--from", "Partner", "--subject", "c", "--subject",
                           "account:gateway/d", "--subject", "e", "--subject", "192.0.2.1", "--as",
                           "jo", "--json"})
                        .json()["case"]["id"]
                        .get<std::string>();
  const Answer page = site_({"lead", "show", lead});
  EXPECT_EQ(page.status, 0) << page.err;
  EXPECT_THAT(page.out, AllOf(HasSubstr("  no findings: c\n"),
                              HasSubstr("  in a cluster with a case: c, with 2 others, in "
                                        "cluster:gateway/b: " +
                                        cluster + "\n"),
                              Not(HasSubstr("with a case: e")), Not(HasSubstr("not clear"))));
  const auto told = site_({"case", "show", lead, "--json"}).json()["named_in_clusters"];
  EXPECT_TRUE(told["unknown"].is_null());
  ASSERT_EQ(told["members"].size(), 2U);
  EXPECT_EQ(told["members"][1], (nlohmann::json{{"subject", "c"},
                                                {"cluster", "cluster:gateway/b"},
                                                {"others", 2},
                                                {"cases", nlohmann::json::array({cluster})}}));
  EXPECT_EQ(told["members"][0]["subject"], "account:gateway/d");
  // To a viewer it would tell whom the lead names.
  const Answer viewed = site_({"lead", "show", lead, "--as", "di"});
  EXPECT_THAT(viewed.out, Not(HasSubstr("in a cluster")));
  EXPECT_TRUE(
      site_({"lead", "show", lead, "--as", "di", "--json"}).json()["named_in_clusters"].is_null());
}

TEST_F(CaseLinksTest, AreOfClustersAlone) {
  site_.write("policies/volume.yaml", volume_policy());
  use("b", "10.0.0.1");
  site_.cycle();
  const auto cases = site_({"case", "list", "--json"}).json()["cases"];
  ASSERT_EQ(cases.size(), 1U);
  const std::string id = cases[0]["id"];
  EXPECT_TRUE(site_({"case", "show", id, "--json"}).json()["links"].is_null());
  EXPECT_THAT(site_({"case", "show", id}).out, Not(HasSubstr("accounts are linked")));
}

}  // namespace
}  // namespace tidewaiter
