#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

/// Puts a text in the place of standard input.
class StandardInput {
 public:
  explicit StandardInput(const std::string& text)
      : stream_(text), before_(std::cin.rdbuf(stream_.rdbuf())) {}
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;
  ~StandardInput() {
    std::cin.rdbuf(before_);
    std::cin.clear();
  }

 private:
  std::istringstream stream_;
  std::streambuf* before_;
};

std::set<std::string> codes_of(const nlohmann::json& answer) {
  std::set<std::string> codes;
  for (const auto& d : answer["diagnostics"]) codes.insert(d["code"]);
  return codes;
}

TEST(PolicyLintVerb, WarningsFailOnlyIfStrict) {
  const SmallSite site;
  EXPECT_EQ(site({"policy", "lint"}).status, 0);
  EXPECT_EQ(site({"policy", "lint", "--strict"}).status, 1);
  const Answer json = site({"policy", "lint", "--json"});
  std::vector<std::string> command = {"policy", "lint", "--strict"};
  for (const std::string& code : codes_of(json.json())) {
    command.insert(command.end(), {"--ignore", code});
  }
  EXPECT_EQ(site(command).status, 0);
}

TEST(PolicyLintVerb, OnlyWarningsThatThereAreCanBeIgnored) {
  const SmallSite site;
  // A linkage, a list and a license that nothing uses, and an exemption that touches nothing.
  for (const char* const warning : {"TW0626", "TW0630", "TW0644", "TW0693", "TW1022"}) {
    EXPECT_EQ(site({"policy", "lint", "--ignore", warning}).status, 0) << warning;
  }
  const Answer error = site({"policy", "lint", "--ignore", "TW0102"});
  EXPECT_EQ(error.status, 2);
  EXPECT_THAT(error.err, HasSubstr("only warnings can be ignored"));
  const Answer unknown = site({"policy", "lint", "--ignore", "TW1299"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("there is no code `TW1299`"));
}

TEST(PolicyLintVerb, WhatHoldsNoPolicyIsNotClean) {
  const SmallSite site;
  std::filesystem::create_directories(site.path("void"));
  site.write("empty.yaml", "# nothing yet\n");
  for (const char* name : {"nothere/*.yaml", "void", "empty.yaml"}) {
    for (const char* verb : {"lint", "fmt", "test", "docs", "list", "backtest"}) {
      const Answer answer = site({"policy", verb, name});
      EXPECT_EQ(answer.status, 2) << verb << ' ' << name;
      EXPECT_THAT(answer.err, HasSubstr("`" + std::string(name) + "`")) << verb;
      EXPECT_TRUE(answer.out.empty()) << verb << answer.out;
    }
  }
}

TEST(PolicyLintVerb, CountsOnlyPoliciesWithoutError) {
  const SmallSite site;
  const std::string twice =
      with(volume_policy("test.twice"), "owner: trust\n", "owner: trust\nowner: safety\n");
  site.write("policies/volume.yaml", twice + "---\n" + volume_policy());
  const auto answer = site({"policy", "lint", "--json"}).json();
  EXPECT_EQ(answer["errors"], 1);
  EXPECT_EQ(answer["policies"], 1) << "the other document of the file";
  site.write("policies/volume.yaml", volume_policy() + "---\n" + twice);
  EXPECT_EQ(site({"policy", "lint", "--json"}).json()["policies"], 1);
}

TEST(PolicyLintVerb, ExplainsACode) {
  const SmallSite site;
  const Answer answer = site({"policy", "lint", "--explain", "TW1105"});
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.out, AllOf(HasSubstr("## TW1105"), HasSubstr("```yaml refused"),
                                Not(HasSubstr("## TW1106"))));
  EXPECT_EQ(site({"policy", "lint", "--explain", "TW9999"}).status, 2);
  EXPECT_THAT(site({"policy", "lint", "--explain", "TW0603"}).err, HasSubstr("configuration.md"));
}

TEST(PolicyLintVerb, HoldsFieldsAgainstTheConfiguredSources) {
  const SmallSite site;
  site.write("tidewaiter.yaml",
             "state: state\npolicies: [policies]\n"
             "sources: [{name: gateway, kind: file, path: usage.jsonl, supplies: [model], settles: "
             "3h}]\nledger: {origin: small.example/ledger}\n");
  const auto codes = codes_of(site({"policy", "lint", "--json"}).json());
  EXPECT_TRUE(codes.contains("TW1221")) << testing::PrintToString(codes);  // `account`
  EXPECT_TRUE(codes.contains("TW1224")) << testing::PrintToString(codes);
  EXPECT_EQ(codes_of(site({"policy", "lint", "--json", "policies"}).json()), codes);
  const auto without = codes_of(site({"policy", "lint", "--json", "--no-sources"}).json());
  EXPECT_FALSE(without.contains("TW1221"));
  EXPECT_FALSE(without.contains("TW1224"));
}

TEST(PolicyLintVerb, ReadsStandardInput) {
  const SmallSite site;
  const StandardInput input(volume_policy("test.volume", "three"));
  const Answer answer = site({"policy", "lint", "--json", "-"});
  EXPECT_EQ(answer.status, 1);
  const auto json = answer.json();
  EXPECT_EQ(json["files"], 1);
  EXPECT_EQ(json["errors"], 1);
  EXPECT_EQ(json["diagnostics"][0]["file"], "<stdin>");
  EXPECT_EQ(site({"policy", "lint", "--fix", "-"}).status, 2);
}

// Lists may have 1 MiB: what is broken at the end of one is told, and a longer one is not cut.
TEST(PolicyLintVerb, ReadsStandardInputToItsEndOrNotAtAll) {
  const SmallSite site;
  const std::string head = "list: test.big\nversion: 1\ntitle: Big\nowner: trust\nitems:\n";
  const std::string item = "  - " + std::string(96, 'x') + "\n";
  std::string text = head;
  while (text.size() < std::size_t{700'000}) text += item;
  {
    const StandardInput input(text + "  - [broken\n");
    const Answer answer = site({"policy", "lint", "--json", "-"});
    EXPECT_EQ(answer.status, 1) << answer.err;
    EXPECT_THAT(answer.out, HasSubstr("TW0001"));
  }
  while (text.size() <= std::size_t{1} << 20U) text += item;
  const StandardInput input(text);
  const Answer answer = site({"policy", "lint", "-"});
  EXPECT_EQ(answer.status, 3);
  EXPECT_THAT(answer.err, HasSubstr("larger than 1 MiB"));
}

// One file that cannot be read must not hide what is wrong in the others.
TEST(PolicyLintVerb, TellsAFileThatCannotBeReadBesideTheOthers) {
  const SmallSite site;
  site.write("policies/large.yaml", std::string((std::size_t{1} << 20U) + 1, '#'));
  site.write("policies/wrong.yaml", "polcy: x\n");
  std::filesystem::create_symlink("gone.yaml", site.path("policies/link.yaml"));
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"policy", "lint", "--json"},
        {"policy", "lint", "--json", "policies"},
        {"policy", "lint", "--json", "--fix", "policies"}}) {
    const Answer answer = site(arguments);
    EXPECT_EQ(answer.status, 1) << answer.err;
    std::vector<std::string> told;
    const auto json = answer.json();
    for (const auto& one : json["diagnostics"]) {
      if (one["level"] != "error") continue;
      told.push_back(one["code"].get<std::string>() + " " +
                     std::filesystem::path(one["file"].get<std::string>()).filename().string());
    }
    EXPECT_THAT(told,
                testing::ElementsAre("TW0011 large.yaml", "TW0011 link.yaml", "TW0101 wrong.yaml"));
  }
  EXPECT_EQ(std::filesystem::file_size(site.path("policies/large.yaml")),
            (std::size_t{1} << 20U) + 1);
  EXPECT_EQ(site({"policy", "fmt", "policies"}).status, 1);
  EXPECT_EQ(site({"config", "check"}).status, 3);
}

TEST(PolicyLintVerb, MendsFilesAndShowsWhatItWouldDo) {
  const SmallSite site;
  const std::string right = volume_policy();
  const std::string wrong = with(right, "severity:", "severty:");
  site.write("policies/volume.yaml", wrong);
  const Answer told = site({"policy", "lint"});
  EXPECT_EQ(told.status, 1);
  EXPECT_THAT(told.out, HasSubstr("has a safe fix: add `--fix`"));

  const Answer shown = site({"policy", "lint", "--fix", "--dry-run"});
  EXPECT_THAT(shown.out, AllOf(HasSubstr("\n-severty:"), HasSubstr("\n+severity:"),
                               HasSubstr("would be mended: 1 place in 1 file")));
  EXPECT_EQ(file_text(site.path("policies/volume.yaml")), wrong);

  std::filesystem::permissions(site.path("policies/volume.yaml"), std::filesystem::perms(0640));
  const Answer mended = site({"policy", "lint", "--fix", "--json"});
  EXPECT_EQ(mended.status, 0);
  EXPECT_EQ(mended.json()["mended"][0]["fixes"], 1);
  EXPECT_EQ(file_text(site.path("policies/volume.yaml")), right);
  EXPECT_EQ(std::filesystem::status(site.path("policies/volume.yaml")).permissions(),
            std::filesystem::perms(0640));
  EXPECT_FALSE(std::filesystem::exists(site.path("policies/volume.yaml.new")));
  EXPECT_EQ(site({"policy", "lint", "--dry-run"}).status, 2);
}

TEST(PolicyLintVerb, HoldsPoliciesAgainstTheirFormerVersion) {
  const SmallSite site;
  site.write("base/volume.yaml", volume_policy());
  EXPECT_EQ(site({"policy", "lint", "--base", "base"}).status, 0);
  site.write("policies/volume.yaml", volume_policy("test.volume", "4"));
  const Answer changed = site({"policy", "lint", "--json", "--base", "base"});
  EXPECT_EQ(changed.status, 1);
  EXPECT_TRUE(codes_of(changed.json()).contains("TW1106"));
}

TEST(PolicyLintVerb, SpeaksSarif) {
  const SmallSite site;
  site.write("policies/a b.yaml", with(volume_policy("test.other"), "severity:", "severty:"));
  const Answer answer = site({"policy", "lint", "--format", "sarif"});
  EXPECT_EQ(answer.status, 1);
  const auto sarif = answer.json();
  EXPECT_EQ(sarif["version"], "2.1.0");
  const auto& run = sarif["runs"][0];
  const auto& rules = run["tool"]["driver"]["rules"];
  ASSERT_FALSE(run["results"].empty());
  bool fixed = false;
  for (const auto& result : run["results"]) {
    const std::size_t index = result["ruleIndex"];
    EXPECT_EQ(rules[index]["id"], result["ruleId"]);
    EXPECT_THAT(rules[index]["help"]["markdown"].get<std::string>(),
                HasSubstr("## " + result["ruleId"].get<std::string>()));
    const auto& place = result["locations"][0]["physicalLocation"];
    EXPECT_THAT(place["artifactLocation"]["uri"].get<std::string>(),
                testing::AnyOf("policies/a%20b.yaml", "policies/volume.yaml"));
    EXPECT_GE(place["region"]["startLine"], 1);
    EXPECT_GT(place["region"]["endColumn"], place["region"]["startColumn"]);
    if (!result.contains("fixes")) continue;
    fixed = true;
    const auto& change = result["fixes"][0]["artifactChanges"][0];
    EXPECT_EQ(change["artifactLocation"]["uri"], "policies/a%20b.yaml");
    EXPECT_EQ(change["replacements"][0]["insertedContent"]["text"], "severity");
    EXPECT_EQ(change["replacements"][0]["deletedRegion"]["endColumn"], 8);
  }
  EXPECT_TRUE(fixed);
}

TEST(PolicyLintVerb, SpeaksJunit) {
  const SmallSite site;
  site.write("policies/other.yaml",
             with(volume_policy("test.other"), "severity:", "\"<&>\": 1\nseverty:"));
  const Answer answer = site({"policy", "lint", "--format", "junit"});
  EXPECT_EQ(answer.status, 1);
  EXPECT_THAT(answer.out,
              AllOf(HasSubstr("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites"),
                    HasSubstr("<failure type=\"TW0102\" message=\"unknown key "
                              "`&lt;&amp;&gt;`\">"),
                    HasSubstr("<system-out>")));
  EXPECT_THAT(site({"policy", "lint", "--format", "junit", "--strict"}).out,
              Not(HasSubstr("<system-out>")));
}

TEST(PolicyLintVerb, HasOneFormat) {
  const SmallSite site;
  EXPECT_EQ(site({"policy", "lint", "--format", "xml"}).status, 2);
  EXPECT_EQ(site({"policy", "lint", "--json", "--format", "sarif"}).status, 2);
}

constexpr const char* kSelects = "select: {a: {model|in: list:large}}\n";
constexpr const char* kLarge = "list: large\ntitle: Large models\nvalues: [large-2]\n";

// The list stands in another file of the set.
TEST(PolicyLintVerb, AFileOfASetIsReadWithTheRestOfIt) {
  const SmallSite site;
  site.write("policies/volume.yaml", volume_policy() + kSelects);
  std::filesystem::create_directories(site.path("policies/lists"));
  site.write("policies/lists/large.yaml", kLarge);
  const Answer together = site({"policy", "lint", "policies/volume.yaml", "--json"});
  EXPECT_EQ(together.status, 0) << together.out;
  EXPECT_EQ(together.json()["files"], 1);
  EXPECT_EQ(together.json()["policies"], 1);
  EXPECT_EQ(together.err, "note: read together with 1 other file of " +
                              site.path("tidewaiter.yaml").string() +
                              "; `--alone` leaves them out\n");
  const Answer alone = site({"policy", "lint", "policies/volume.yaml", "--alone", "--json"});
  EXPECT_EQ(alone.status, 1);
  EXPECT_TRUE(codes_of(alone.json()).contains("TW0622"));
  EXPECT_EQ(alone.err, "");
  // All of the set is no part of it.
  EXPECT_EQ(site({"policy", "lint", "policies"}).err, "");
}

TEST(PolicyLintVerb, TellsOfTheNamedFileAlone) {
  const SmallSite site;
  site.write("policies/broken.yaml", "policy: broken\n");
  const Answer answer = site({"policy", "lint", "policies/volume.yaml", "--json"});
  EXPECT_EQ(answer.status, 0) << answer.out;
  EXPECT_EQ(answer.json()["errors"], 0);
  EXPECT_EQ(site({"policy", "lint"}).status, 1);
}

TEST(PolicyLintVerb, MendsTheNamedFileAlone) {
  const SmallSite site;
  site.write("policies/other.yaml", with(volume_policy("test.other"), "kind:", "kidn:"));
  site.write("policies/volume.yaml", with(volume_policy(), "kind:", "kidn:"));
  EXPECT_EQ(site({"policy", "lint", "--fix", "policies/volume.yaml"}).status, 0);
  EXPECT_EQ(file_text(site.path("policies/volume.yaml")), volume_policy());
  EXPECT_THAT(file_text(site.path("policies/other.yaml")), HasSubstr("kidn:"));
}

TEST(PolicyFmtVerb, LaysOutAFileOfASet) {
  const SmallSite site;
  site.write("policies/volume.yaml", volume_policy() + kSelects);
  site.write("policies/large.yaml", kLarge);
  EXPECT_EQ(site({"policy", "fmt", "policies/volume.yaml"}).status, 0);
  EXPECT_EQ(site({"policy", "fmt", "--alone", "policies/volume.yaml"}).status, 1);
}

const std::string kBeside =
    "tests: test.volume\ncases:\n"
    "  - name: three in an hour\n"
    "    given:\n"
    "      - {kind: usage, account: a, time: 2026-10-05T10:01:00Z}\n"
    "      - {kind: usage, account: a, time: 2026-10-05T10:02:00Z}\n"
    "      - {kind: usage, account: a, time: 2026-10-05T10:03:00Z}\n"
    "    expect: [{findings: 1}]\n";

// The tests of a policy stand in another file: that of the policy runs them, and so does their own.
TEST(PolicyTestVerb, RunsTestsThatStandBesideThePolicy) {
  const SmallSite site;
  std::filesystem::create_directories(site.path("policies/tests"));
  site.write("policies/tests/volume.yaml", kBeside);
  for (const std::vector<std::string>& paths :
       {std::vector<std::string>{}, {"policies/volume.yaml"}, {"policies/tests/volume.yaml"}}) {
    std::vector<std::string> command = {"policy", "test", "--json", "--coverage", "--mutate"};
    command.insert(command.end(), paths.begin(), paths.end());
    const Answer answer = site(command);
    ASSERT_EQ(answer.status, 0) << answer.err << answer.out;
    const auto json = answer.json();
    ASSERT_EQ(json["tests"].size(), 1U);
    EXPECT_THAT(std::string(json["tests"][0]["file"]), testing::EndsWith("tests/volume.yaml"));
    EXPECT_EQ(json["untested"].size(), 0U);
    EXPECT_GT(json["coverage"][0]["reached"], 0);
    EXPECT_GT(json["mutation"][0]["noticed"], 0);
  }
  const auto listed = site({"policy", "list", "--json", "policies"}).json();
  EXPECT_EQ(listed["policies"][0]["tests"], 1);
  ASSERT_EQ(listed["tests"].size(), 1U);
  EXPECT_EQ(listed["tests"][0]["policy"], "test.volume");
  EXPECT_EQ(listed["tests"][0]["cases"], nlohmann::json::parse(R"(["three in an hour"])"));
  EXPECT_THAT(site({"policy", "list", "policies"}).out, HasSubstr("1 test of test.volume"));
}

}  // namespace
}  // namespace tidewaiter
