#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kTests =
    "tests:\n"
    "  - name: three in an hour\n"
    "    given:\n"
    "      - {kind: usage, time: 2026-10-05T10:01:00Z, organization: o, account: a}\n"
    "      - {kind: usage, time: 2026-10-05T10:02:00Z, organization: o, account: a}\n"
    "      - {kind: usage, time: 2026-10-05T10:03:00Z, organization: o, account: a}\n"
    "    expect: [{findings: 1}]\n";

TEST(PolicyList, HasARowForEachPolicyAndAShape) {
  const SmallSite site;
  const Answer text = site({"policy", "list"});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("test.volume"), HasSubstr("n ≥ 3")));
  const auto json = site({"policy", "list", "--json"}).json();
  ASSERT_EQ(json["policies"].size(), 1U);
  const auto& policy = json["policies"][0];
  EXPECT_EQ(policy["id"], "test.volume");
  EXPECT_EQ(policy["for_each"], nlohmann::json::array({"account"}));
  EXPECT_EQ(policy["window"], "1h");
  EXPECT_EQ(policy["report_when"], "n ≥ 3");
  EXPECT_EQ(policy["tests"], 0);
  EXPECT_EQ(json["set_hash"].get<std::string>().size(), 64U);
}

TEST(PolicyList, SaysHowManyFilesHaveErrors) {
  const SmallSite site;
  site.write("policies/volume.yaml", "policy: a\n");
  site.write("policies/other.yaml", "policy: b\nnonsense: 1\n");
  const Answer text = site({"policy", "list"});
  EXPECT_EQ(text.status, 3);
  EXPECT_THAT(text.out, AllOf(HasSubstr("no policies"), HasSubstr("2 files have errors")));
  EXPECT_EQ(site({"policy", "list", "--json"}).json()["files_with_errors"], 2);
}

TEST(PolicyList, ShowsWhatStandsBesideThePolicies) {
  const SmallSite site;
  site.write("policies/pack.yaml",
             "pack: basics\ntitle: The basics\nversion: 3\nowner: legal\n"
             "includes: [volume.yaml]\n---\nlist: labs\ntitle: Labs\nvalues: [lab-1, lab-2]\n---\n"
             "exemption: partners\npolicies: [test.volume]\nwhere: {organization|in: list:labs}\n"
             "until: 2099-12-31\napproved_by: legal\nreason: MSA-114\n");
  const Answer text = site({"policy", "list"});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("basics"), HasSubstr("2 values of type string"),
                              HasSubstr("before 2100-01-01T00:00:00Z")));
  const auto json = site({"policy", "list", "--json"}).json();
  EXPECT_EQ(json["policies"][0]["exemptions"], 1);
  EXPECT_EQ(json["packs"][0]["id"], "basics");
  EXPECT_EQ(json["packs"][0]["version"], 3);
  EXPECT_EQ(json["packs"][0]["policies"], nlohmann::json::array({"test.volume"}));
  EXPECT_EQ(json["packs"][0]["others"], nlohmann::json::array({"list:labs", "exemption:partners"}));
  EXPECT_THAT(text.out, HasSubstr("test.volume, list:labs, exemption:partners"));
  EXPECT_EQ(json["lists"][0]["values"], 2);
  EXPECT_EQ(json["lists"][0]["ends"], nullptr);
  EXPECT_EQ(json["exemptions"][0]["ends"], "2100-01-01T00:00:00Z");
  EXPECT_TRUE(json["licenses"].empty());
  EXPECT_TRUE(json["linkages"].empty());
}

TEST(PolicyList, ShowsWhatLinksAccounts) {
  const SmallSite site;
  std::string policy = volume_policy();
  policy.replace(policy.find("for_each: account"), 17, "for_each: cluster");
  site.write("policies/volume.yaml", policy +
                                         "---\nlinkage: shared-means\ntitle: One address\n"
                                         "links: [{field: client.address, at_most: 5}]\n");
  EXPECT_THAT(site({"policy", "list"}).out, AllOf(HasSubstr("cluster"), HasSubstr("shared-means"),
                                                  HasSubstr("client.address of at most 5")));
  const auto json = site({"policy", "list", "--json"}).json();
  EXPECT_EQ(json["policies"][0]["for_each"], nlohmann::json::array({"cluster"}));
  EXPECT_EQ(json["linkages"][0]["id"], "shared-means");
  EXPECT_EQ(json["linkages"][0]["links"],
            nlohmann::json::parse(R"([{"field": "client.address", "at_most": 5}])"));
  EXPECT_FALSE(json["linkages"][0].contains("lockstep"));
}

TEST(PolicyList, ShowsInWhichTimeAndBySteps) {
  const SmallSite site;
  std::string policy = volume_policy();
  policy.replace(policy.find("for_each: account"), 17, "for_each: cluster");
  site.write("policies/volume.yaml",
             policy +
                 "---\nlinkage: means\ntitle: In time\nthreshold: 8\nlinks:\n"
                 "  - {field: client.address, at_most: 5, weight: 9, window: 28d, decay: 7d}\n"
                 "  - {lockstep: 5m, over: 7d, at_least: 12, percent: 50, at_most: 40, "
                 "target: model, weight: 4}\n");
  EXPECT_THAT(site({"policy", "list"}).out,
              HasSubstr("client.address of at most 5 in 28d (weight 9, half after 7d), lockstep of "
                        "5m by model in 7d, at least 12 and 50 %, of at most 40 (weight 4); "
                        "threshold 8"));
  const auto linkage = site({"policy", "list", "--json"}).json()["linkages"][0];
  EXPECT_EQ(linkage["links"], nlohmann::json::parse(R"([{"field": "client.address", "at_most": 5,
      "weight": 9, "window": "28d", "decay": "7d"}])"));
  EXPECT_EQ(linkage["lockstep"], nlohmann::json::parse(R"([{"slot": "5m", "target": "model",
      "over": "7d", "at_least": 12, "percent": 50, "at_most": 40, "weight": 4}])"));
  EXPECT_EQ(linkage["threshold"], 8);
  EXPECT_FALSE(linkage.contains("from"));
}

// A check that nothing was asked of must not look like one that passed.
TEST(PolicyTest, NothingTestedIsNoPass) {
  const SmallSite site;
  const Answer text = site({"policy", "test"});
  EXPECT_EQ(text.status, 1);
  EXPECT_THAT(text.out, AllOf(HasSubstr("has no test"), HasSubstr("nothing was tested")));
  const Answer json = site({"policy", "test", "--json"});
  EXPECT_EQ(json.status, 1);
  EXPECT_EQ(json.json()["passed"], false);
  EXPECT_EQ(json.json()["untested"], nlohmann::json::array({"test.volume"}));
  std::filesystem::remove(site.path("policies/volume.yaml"));
  EXPECT_EQ(site({"policy", "test"}).status, 1);
}

TEST(PolicyTest, PassesAndNamesWhatIsUntested) {
  const SmallSite site;
  site.write("policies/volume.yaml", volume_policy() + kTests);
  site.write("policies/other.yaml", volume_policy("test.other"));
  const Answer text = site({"policy", "test"});
  EXPECT_EQ(text.status, 0) << text.out;
  EXPECT_THAT(text.out, AllOf(HasSubstr("three in an hour"), HasSubstr("1 test: 1 passed")));
  const auto json = site({"policy", "test", "--json"}).json();
  EXPECT_EQ(json["passed"], true);
  EXPECT_EQ(json["tests"].size(), 1U);
  EXPECT_EQ(json["untested"], nlohmann::json::array({"test.other"}));
}

TEST(PolicyTest, FailsWithWhatWasExpected) {
  const SmallSite site;
  std::string tests = kTests;
  tests.replace(tests.find("findings: 1"), 11, "findings: 2");
  site.write("policies/volume.yaml", volume_policy() + tests);
  const Answer text = site({"policy", "test"});
  EXPECT_EQ(text.status, 1);
  EXPECT_THAT(text.out, AllOf(HasSubstr("volume.yaml:"), HasSubstr("1 failed")));
  EXPECT_EQ(site({"policy", "test", "--json"}).json()["tests"][0]["passed"], false);
}

TEST(PolicyLint, CountsAndHasAShape) {
  const SmallSite site;
  const auto good = site({"policy", "lint", "--json"});
  EXPECT_EQ(good.status, 0);
  EXPECT_EQ(good.json()["policies"], 1);
  EXPECT_EQ(good.json()["errors"], 0);
  site.write("policies/volume.yaml", volume_policy("test.volume", "three"));
  const auto bad = site({"policy", "lint", "--json"});
  EXPECT_EQ(bad.status, 1);
  EXPECT_EQ(bad.json()["errors"], 1);
  EXPECT_EQ(bad.json()["warnings"], 1);  // the policy carries no tests
  EXPECT_EQ(bad.json()["diagnostics"].size(), 2U);
}

}  // namespace
}  // namespace tidewaiter
