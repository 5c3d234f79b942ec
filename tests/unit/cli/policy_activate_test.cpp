#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string of_status(std::string policy, std::string_view status) {
  const std::string_view active = "status: active";
  policy.replace(policy.find(active), active.size(), "status: " + std::string(status));
  return policy;
}

/// SmallSite with its active policy (three requests), one in shadow that asks for four and a draft
/// that asks for two. By hand: four finds account `c`, two finds `a` and `c`: three findings about
/// two subjects, all on one day, which is all the history there is.
class ActivateTest : public testing::Test {
 protected:
  ActivateTest() {
    site_.write("policies/four.yaml", four_);
    site_.write("policies/two.yaml", two_);
    site_.cycle();
  }
  [[nodiscard]] std::string text(std::string_view name) const {
    std::ifstream file(site_.path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  const std::string four_ =
      "# Why four: see the minutes.\n" + of_status(volume_policy("test.four", "4"), "shadow # new");
  const std::string two_ = of_status(volume_policy("test.two", "2"), "draft");
  SmallSite site_;
};

TEST_F(ActivateTest, WithoutATerminalTellsAndChangesNothing) {
  const Answer answer = site_({"policy", "activate", "test.four"});
  EXPECT_EQ(answer.status, 1);
  EXPECT_THAT(answer.err, HasSubstr("nothing was changed: add --yes"));
  EXPECT_THAT(answer.out,
              AllOf(HasSubstr("test.four"), Not(HasSubstr("test.two")),
                    HasSubstr("cases a day to expect: 1.0, and 1 on the busiest day, 2026-10-05"),
                    HasSubstr("at once: 1 finding about 1 subject")));
  EXPECT_EQ(text("policies/four.yaml"), four_);
}

TEST_F(ActivateTest, WithYesChangesTheWordAndTheNextCycleFindsWhatWasSaid) {
  const Answer answer = site_({"policy", "activate", "test.four", "--yes"});
  ASSERT_EQ(answer.status, 0) << answer.err;
  EXPECT_THAT(answer.out,
              AllOf(HasSubstr("four.yaml"), HasSubstr("next: `tidewaiter policy test`")));
  std::string expected = four_;
  expected.replace(expected.find("status: shadow"), 14, "status: active");
  EXPECT_EQ(text("policies/four.yaml"), expected);
  EXPECT_EQ(text("policies/two.yaml"), two_);
  site_.cycle();
  const auto found = site_({"finding", "list", "--policy", "test.four", "--json"}).json();
  ASSERT_EQ(found["findings"].size(), 1U);
  EXPECT_EQ(found["findings"][0]["subject"], "account:gateway/c");
}

TEST_F(ActivateTest, CountsASubjectOfTwoPoliciesAsOneCase) {
  const Answer answer = site_({"policy", "activate", "policies", "--json", "--at-most", "1"});
  EXPECT_EQ(answer.status, 1);
  const auto json = answer.json();
  EXPECT_EQ(json["changed"], false);
  EXPECT_EQ(json["chosen"], nlohmann::json::parse(R"(["test.four","test.two"])"));
  EXPECT_EQ(json["already"], nlohmann::json::parse(R"(["test.volume"])"));
  EXPECT_EQ(json["history"]["days"], 1.0);
  ASSERT_EQ(json["policies"].size(), 2U);
  EXPECT_EQ(json["policies"][0]["cases"], 1);
  EXPECT_EQ(json["policies"][0]["floods"], false);
  EXPECT_EQ(json["policies"][1]["cases"], 2);
  EXPECT_EQ(json["policies"][1]["cases_a_day"], 2.0);
  EXPECT_EQ(json["policies"][1]["floods"], true);
  EXPECT_EQ(json["together"]["findings"], 3);
  EXPECT_EQ(json["together"]["cases"], 2);
  EXPECT_EQ(json["together"]["busiest_day"], "2026-10-05");
  EXPECT_THAT(site_({"policy", "activate", "policies/two.yaml", "--at-most", "1"}).out,
              HasSubstr("floods: test.two alone opens 2.0 cases a day, above 1"));
}

// No finding of a policy that judged nothing is no answer.
TEST_F(ActivateTest, SaysWhereTheHistoryCannotTell) {
  std::string accounts = of_status(volume_policy("test.accounts"), "shadow");
  accounts.replace(accounts.find("reads: usage"), 12, "reads: account");
  site_.write("policies/accounts.yaml", accounts);
  const Answer answer = site_({"policy", "activate", "test.accounts"});
  EXPECT_THAT(answer.out,
              AllOf(HasSubstr("cannot tell"), HasSubstr("the history has no account records")))
      << answer.err;
  const auto json = site_({"policy", "activate", "test.accounts", "--json"}).json();
  EXPECT_EQ(json["policies"][0]["cannot_tell"], true);
}

TEST_F(ActivateTest, RefusesASetWithErrorsAndWhatIsNotThere) {
  EXPECT_THAT(site_({"policy", "activate", "test.fuor", "--yes"}).err,
              HasSubstr("did you mean `test.four`?"));
  EXPECT_EQ(site_({"policy", "activate", "policies/none.yaml", "--yes"}).status, 2);
  EXPECT_EQ(site_({"policy", "activate", "--yes"}).status, 2);
  site_.write("policies/gone.yaml", of_status(volume_policy("test.gone"), "retired"));
  const Answer retired = site_({"policy", "activate", "test.gone", "--yes"});
  EXPECT_EQ(retired.status, 4);
  EXPECT_THAT(retired.err, HasSubstr("`test.gone` is retired"));
  site_.write("policies/gone.yaml", "policy: test.gone\nversion: one\n");
  const Answer broken = site_({"policy", "activate", "test.four", "--yes"});
  EXPECT_EQ(broken.status, 3);
  EXPECT_THAT(broken.err, HasSubstr("the policies have errors: nothing was changed"));
  EXPECT_EQ(text("policies/four.yaml"), four_);
}

TEST_F(ActivateTest, WithoutAHistoryThereIsNothingToExpect) {
  const SmallSite fresh;
  const std::string shadow = of_status(volume_policy(), "shadow");
  fresh.write("policies/volume.yaml", shadow);
  const Answer answer = fresh({"policy", "activate", "test.volume", "--yes"});
  EXPECT_EQ(answer.status, 2);
  EXPECT_THAT(answer.err, HasSubstr("there is no stored history"));
  const Answer over = fresh({"policy", "activate", "test.volume", "--over", "usage.jsonl"});
  EXPECT_THAT(over.out, AllOf(HasSubstr("cases a day to expect: 2.0"), Not(HasSubstr("at once"))))
      << over.err;
}

TEST_F(ActivateTest, SaysThatNothingWasJudgedWhereNoWindowIsOver) {
  site_.write("policies/season.yaml",
              of_status(volume_policy("test.season"), "shadow") + "# a season\n");
  std::string season = text("policies/season.yaml");
  season.replace(season.find("length: 1h"), 10, "length: 90d");
  season.replace(season.find("n >= 3"), 6, "n >= 9000");
  site_.write("policies/season.yaml", season);
  const auto json = site_({"policy", "activate", "test.season", "--json"}).json();
  EXPECT_EQ(json["policies"][0]["cannot_tell"], true);
  EXPECT_THAT(json["policies"][0]["untold"][0].get<std::string>(),
              HasSubstr("no window is over in this history"));
}

TEST_F(ActivateTest, NoDraftIsPutBackInShadow) {
  const std::string draft = of_status(volume_policy("test.draft"), "draft");
  site_.write("policies/draft.yaml", draft);
  const Answer named = site_({"policy", "deactivate", "test.draft", "--yes"});
  EXPECT_EQ(named.status, 4);
  EXPECT_THAT(named.err, HasSubstr("`test.draft` is a draft"));
  ASSERT_EQ(site_({"policy", "deactivate", "policies", "--yes"}).status, 0);
  EXPECT_EQ(text("policies/draft.yaml"), draft);
}

TEST_F(ActivateTest, DeactivatingPutsBackInShadowAndWithdraws) {
  const std::string before = text("policies/volume.yaml");
  const Answer asked = site_({"policy", "deactivate", "test.volume"});
  EXPECT_EQ(asked.status, 1);
  EXPECT_THAT(asked.out, HasSubstr("is withdrawn"));
  EXPECT_EQ(text("policies/volume.yaml"), before);
  ASSERT_EQ(site_({"policy", "deactivate", "test.volume", "--yes"}).status, 0);
  EXPECT_EQ(text("policies/volume.yaml"), of_status(before, "shadow"));
  site_.cycle();
  EXPECT_EQ(site_({"status", "--json"}).json()["findings"]["withdrawn"], 2);
  EXPECT_THAT(site_({"policy", "deactivate", "test.volume"}).out, HasSubstr("nothing to change"));
}

}  // namespace
}  // namespace tidewaiter
