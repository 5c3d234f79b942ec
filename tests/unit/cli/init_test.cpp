#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Init, MakesALedgerAndHasAShape) {
  const SmallSite site;
  const auto json =
      site({"init", "--person", "Ada Byron=policy-writer", "--person", "Jo Ng=approver", "--json"})
          .json();
  EXPECT_EQ(json["made_folder"], true);
  EXPECT_EQ(json["made_ledger"], true);
  EXPECT_EQ(json["origin"], "small.example/ledger");
  EXPECT_EQ(json["policy_mode"], "signed policy mode");
  ASSERT_EQ(json["people"].size(), 2U);
  EXPECT_EQ(json["people"][0]["handle"], "ada-byron");
  EXPECT_EQ(json["people"][0]["role"], "policy-writer");
  const Answer again = site({"init"});
  EXPECT_EQ(again.status, 0);
  EXPECT_THAT(again.out, AllOf(HasSubstr("nothing to make"), HasSubstr("Ada Byron, policy-writer"),
                               HasSubstr(json["verifier_key"].get<std::string>())));
}

// One rule for the name, wherever it is given.
TEST(Init, TakesTheOriginsThatAConfigurationTakes) {
  const SmallSite site;
  for (const char* origin : {"größe.example/l", "a b", "a+b", ""}) {
    const Answer answer = site({"init", "--origin", origin});
    EXPECT_EQ(answer.status, 2) << origin << ": " << answer.out;
    EXPECT_FALSE(std::filesystem::exists(site.path("state/ledger.db"))) << origin;
  }
  EXPECT_EQ(site({"init", "--origin", "other.example/l"}).status, 0);
}

TEST(Init, CountsWhoMaySign) {
  const SmallSite site;
  const Answer viewers = site({"init", "--person", "A=viewer", "--person", "B=viewer"});
  EXPECT_THAT(viewers.out, HasSubstr("unsigned policy mode, 0 may sign"));
  const Answer status = site({"status"});
  EXPECT_THAT(status.out, AllOf(HasSubstr("unsigned policy mode, 2 enrolled, 0 may sign"),
                                HasSubstr("policies that nobody signed may come into force")));
  const auto json = site({"status", "--json"}).json();
  EXPECT_EQ(json["may_sign"], 0);
  EXPECT_EQ(json["publish_required"], false);
}

TEST(Init, EnrolsNobodyIfOneOfThePeopleIsWrong) {
  const SmallSite site;
  for (const char* wrong : {"Jo Ng=aprover", "Jo Ng", "=approver"}) {
    const Answer answer = site({"init", "--person", "Ada Byron=officer", "--person", wrong});
    EXPECT_EQ(answer.status, 2) << wrong;
    EXPECT_FALSE(std::filesystem::exists(site.path("state"))) << wrong;
  }
  EXPECT_THAT(site({"init", "--person", "Jo Ng=aprover"}).err,
              HasSubstr("did you mean `approver`?"));
  const Answer corrected =
      site({"init", "--person", "Ada Byron=officer", "--person", "Jo Ng=approver"});
  EXPECT_EQ(corrected.status, 0) << corrected.err;
}

TEST(Init, EnrolsPeopleOfAllScriptsAndByHandlesOfTheirOwn) {
  const SmallSite site;
  const std::vector<std::string> init = {"init",     "--person",      "王小明 <wang>=officer",
                                         "--person", "محمد=approver", "--json"};
  const auto people = site(init).json()["people"];
  ASSERT_EQ(people.size(), 2U);
  EXPECT_EQ(people[0]["handle"], "muhammad");
  EXPECT_EQ(people[1]["handle"], "wang");
  EXPECT_EQ(people[1]["name"], "王小明");
  EXPECT_EQ(site(init).json()["people"].size(), 2U);
  const Answer added = site({"user", "add", "Łukasz Żółć <lz>=viewer"});
  EXPECT_EQ(added.status, 0) << added.err;
  EXPECT_THAT(added.out, HasSubstr("Łukasz Żółć, viewer (lz)"));
  const Answer wrong = site({"user", "add", "Łukasz Żółć <LZ>=viewer"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("`LZ` is no handle"));
}

TEST(Init, PassesOverWhoIsEnrolledAlready) {
  const SmallSite site;
  ASSERT_EQ(site({"init", "--person", "Ada Byron=officer"}).status, 0);
  const auto json = site({"init", "--person", "Ada Byron=officer", "--person", "Ada Byron=officer",
                          "--person", "Jo Ng=approver", "--json"})
                        .json();
  EXPECT_EQ(json["people"].size(), 2U);
  const Answer other = site({"init", "--person", "Ada Byron=approver"});
  EXPECT_EQ(other.status, 4);
  EXPECT_THAT(other.err, HasSubstr("is enrolled already, as `Ada Byron=officer`"));
}

}  // namespace
}  // namespace tidewaiter
