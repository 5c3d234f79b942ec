#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "storage/verify/verify.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A site where four people are enrolled.
class PublishTest : public testing::Test {
 protected:
  PublishTest() {
    const Answer made =
        site_({"init", "--person", "Ada=policy-writer", "--person", "Bo=policy-writer", "--person",
               "Cy=approver", "--person", "Di=viewer"});
    EXPECT_EQ(made.status, 0) << made.err;
  }

  [[nodiscard]] Answer propose(const std::string& who, const std::string& title = "First") const {
    return site_({"policy", "publish", "--as", who, "--title", title, "--json"});
  }
  [[nodiscard]] Answer confirm(const std::string& who, const std::string& bundle) const {
    return site_({"policy", "publish", "--as", who, "--confirm", bundle, "--json"});
  }
  /// Publishes what lies there; gives the bundle's hash.
  [[nodiscard]] std::string publish(const std::string& title = "First") const {
    const Answer proposed = propose("ada", title);
    EXPECT_EQ(proposed.status, 0) << proposed.err;
    const std::string bundle = proposed.json()["bundle"];
    const Answer confirmed = confirm("bo", bundle.substr(0, 12));
    EXPECT_EQ(confirmed.status, 0) << confirmed.err;
    return bundle;
  }
  void require_publishing() const {
    site_.write("tidewaiter.yaml",
                "state: state\npolicies: [policies]\npublish: {required: true}\n"
                "sources: [{name: gateway, kind: file, record: usage, path: usage.jsonl, "
                "format: jsonl}]\n"
                "ledger: {origin: small.example/ledger}\n"
                "notify: {channels: [{name: operations, kind: log}]}\n");
  }
  [[nodiscard]] VerifyReport verified() const {
    return verify_ledger({site_.ledger_paths().database, site_.ledger_paths().lock, {}});
  }

  SmallSite site_;
};

TEST_F(PublishTest, TwoPeopleMakeAnEntryThatTheVerifierAccepts) {
  const Answer proposed = propose("ada");
  ASSERT_EQ(proposed.status, 0) << proposed.err;
  const auto proposal = proposed.json();
  EXPECT_EQ(proposal["version"], 1);
  EXPECT_EQ(proposal["previous"], nullptr);
  EXPECT_EQ(proposal["signed_by"], nlohmann::json::array({"ada"}));
  EXPECT_EQ(proposal["documents"][0]["path"], "policies/volume.yaml");
  EXPECT_EQ(proposal["documents"][0]["sha256"], to_hex(sha256(volume_policy())));
  EXPECT_EQ(proposal["change"]["added"], nlohmann::json::array({"test.volume"}));
  EXPECT_TRUE(site_.entries("policy_set.published").empty());

  const Answer confirmed = confirm("cy", proposal["bundle"].get<std::string>().substr(0, 8));
  ASSERT_EQ(confirmed.status, 0) << confirmed.err;
  EXPECT_EQ(confirmed.json()["recorded"], true);
  EXPECT_EQ(confirmed.json()["signed_by"], nlohmann::json::array({"ada", "cy"}));
  const auto all = site_.entries("policy_set.published");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0]["bundle"], proposal["bundle"]);
  EXPECT_EQ(all[0]["title"], "First");
  EXPECT_EQ(all[0]["policies"], 1);
  const VerifyReport report = verified();
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
  EXPECT_EQ(report.signed_size, report.head.size);
}

// The bundle's bytes, written down by hand from docs/publishing.md.
TEST_F(PublishTest, TheBundleIsTheHashOfItsCanonicalBytes) {
  const auto proposal = propose("ada").json();
  std::string text = nlohmann::json(volume_policy()).dump();
  const std::string bytes = R"({"documents":[{"path":"policies/volume.yaml","sha256":")" +
                            to_hex(sha256(volume_policy())) + R"(","text":)" + text +
                            R"(}],"form":"tidewaiter.policy-bundle/v1","set":")" +
                            proposal["set"].get<std::string>() +
                            R"(","title":"First","version":1})";
  EXPECT_EQ(proposal["bundle"], to_hex(sha256(bytes)));
}

TEST_F(PublishTest, RefusesWhoMayNotSign) {
  EXPECT_THAT(propose("adda").err, HasSubstr("did you mean `ada`?"));
  EXPECT_EQ(propose("adda").status, 2);
  EXPECT_THAT(propose("di").err, HasSubstr("enrolled as viewer"));
  EXPECT_EQ(propose("di").status, 4);
  const auto tried = site_.entries("case.refused");
  ASSERT_EQ(tried.size(), 2U);  // one a time
  EXPECT_EQ(tried[0]["attempt"]["type"], "policy.publish");
  EXPECT_EQ(tried[0]["attempt"]["by"], "di");
  EXPECT_THAT(tried[0]["attempt"]["reason"].get<std::string>(),
              HasSubstr("neither policy-writer nor approver"));
  const std::string bundle = propose("ada").json()["bundle"];
  const Answer twice = confirm("ada", bundle);
  EXPECT_EQ(twice.status, 4);
  EXPECT_THAT(twice.err, HasSubstr("another person has to confirm"));
  EXPECT_THAT(confirm("bo", "00000000").err, HasSubstr("no proposal begins with"));
  EXPECT_TRUE(site_.entries("policy_set.published").empty());
}

TEST_F(PublishTest, RefusesARetiredKeyAndSomebodyElses) {
  const std::string bundle = propose("ada").json()["bundle"];
  const Answer other = site_({"policy", "publish", "--as", "bo", "--key",
                              site_.path("state/people/ada.key").string(), "--confirm", bundle});
  EXPECT_EQ(other.status, 4);
  EXPECT_THAT(other.err, HasSubstr("is not the key of `bo`"));
  ::chmod(site_.path("state/people/bo.key").c_str(), 0444);
  EXPECT_THAT(confirm("bo", bundle).err, HasSubstr("may be read or written by others"));
  ::chmod(site_.path("state/people/bo.key").c_str(), 0400);

  std::ifstream file(site_.path("state/people/bo.yaml"));
  const std::string person(std::istreambuf_iterator<char>(file), {});
  site_.write("state/people/bo.yaml", person + "retired: '2026-10-01T00:00:00Z'\n");
  const Answer retired = confirm("bo", bundle);
  EXPECT_EQ(retired.status, 4);
  EXPECT_THAT(retired.err, HasSubstr("the key of `bo` was retired on 2026-10-01"));
  const auto tried = site_.entries("case.refused");
  ASSERT_EQ(tried.size(), 1U);  // that another's key was tried is no refusal of a person
  EXPECT_EQ(tried[0]["attempt"]["reason"],
            "the key of `bo` was retired: somebody else has to sign");
}

// What would be refused when it is published is told before.
TEST_F(PublishTest, LintHoldsTheConfiguredPoliciesAgainstTheLastPublication) {
  std::string changed = volume_policy();
  changed.replace(changed.find("n >= 3"), 6, "n >= 4");
  site_.write("policies/volume.yaml", changed);
  EXPECT_EQ(site_({"policy", "lint"}).status, 0);  // nothing is published
  site_.write("policies/volume.yaml", volume_policy());
  static_cast<void>(publish());
  EXPECT_EQ(site_({"policy", "lint"}).status, 0);
  site_.write("policies/volume.yaml", changed);
  const Answer linted = site_({"policy", "lint"});
  EXPECT_EQ(linted.status, 1);
  EXPECT_THAT(linted.out, HasSubstr("TW1106"));
  // Files that are named are compared with what `--base` names, and so is the set.
  EXPECT_EQ(site_({"policy", "lint", "policies/volume.yaml"}).status, 0);
  EXPECT_EQ(site_({"policy", "lint", "--base", "policies"}).status, 0);
}

// One digit is sixteen proposals: a second signature names the one that was looked at.
TEST_F(PublishTest, AskForEightDigitsOfTheProposal) {
  const std::string bundle = propose("ada").json()["bundle"];
  for (const std::size_t digits : {1U, 7U}) {
    const Answer few = confirm("bo", bundle.substr(0, digits));
    EXPECT_NE(few.status, 0) << digits;
    EXPECT_THAT(few.err, HasSubstr("at least 8 digits")) << digits;
  }
  EXPECT_THAT(confirm("bo", "latest-one").err, HasSubstr("at least 8 digits"));
  EXPECT_EQ(confirm("bo", bundle.substr(0, 8)).status, 0);
}

TEST_F(PublishTest, RefusesFilesThatChangedSinceTheProposal) {
  const std::string bundle = propose("ada").json()["bundle"];
  site_.write("policies/volume.yaml", volume_policy() + "# looked at\n");
  EXPECT_THAT(confirm("bo", bundle).err, HasSubstr("`policies/volume.yaml` has changed"));
  site_.write("policies/volume.yaml", volume_policy());
  site_.write("policies/more.yaml", volume_policy("test.more"));
  const Answer more = confirm("bo", bundle);
  EXPECT_EQ(more.status, 4);
  EXPECT_THAT(more.err, HasSubstr("`policies/more.yaml` is new"));
  std::filesystem::remove(site_.path("policies/more.yaml"));
  EXPECT_EQ(confirm("bo", bundle).status, 0);
}

TEST_F(PublishTest, RefusesPoliciesWithErrors) {
  site_.write("policies/bad.yaml", "policy: x\nselct: {}\n");
  const Answer bad = propose("ada");
  EXPECT_EQ(bad.status, 3);
  EXPECT_THAT(bad.err, AllOf(HasSubstr("bad.yaml:"), HasSubstr("nothing was signed")));
  EXPECT_FALSE(std::filesystem::exists(site_.path("state/proposed")));
}

/// A test of the volume policy that expects `findings` of one account with three requests, which
/// is one by hand.
std::string tested_policy(int findings) {
  std::string text = volume_policy() + "tests:\n  - name: three in an hour\n    given:\n";
  for (const char* minute : {"01", "02", "03"}) {
    text +=
        std::string("      - {kind: usage, time: 2026-10-05T10:") + minute + ":00Z, account: a}\n";
  }
  return text + "    expect: [{findings: " + std::to_string(findings) + ", for: \"account:*\"}]\n";
}

TEST_F(PublishTest, RefusesPoliciesWhoseOwnTestsFail) {
  site_.write("policies/volume.yaml", tested_policy(2));
  const Answer refused = propose("ada");
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("policies/volume.yaml:"), HasSubstr("three in an hour"),
                                 HasSubstr("1 of 1 test of the policies fail")));
  EXPECT_FALSE(std::filesystem::exists(site_.path("state/proposed")));
  site_.write("policies/volume.yaml", tested_policy(1));
  const Answer passes = site_({"policy", "publish", "--as", "ada", "--title", "Tested"});
  EXPECT_EQ(passes.status, 0) << passes.err;
  EXPECT_THAT(passes.out, HasSubstr("tests      1 of 1 pass"));
}

TEST_F(PublishTest, ABundleNamesTheTestsThatBothPeopleLetFail) {
  site_.write("policies/volume.yaml", tested_policy(2));
  const auto proposal = site_({"policy", "publish", "--as", "ada", "--title", "First", "--json",
                               "--allow-failing-tests"})
                            .json();
  const auto named =
      nlohmann::json::parse(R"([{"policy": "test.volume", "test": "three in an hour"}])");
  EXPECT_EQ(proposal["failing_tests"], named);
  const std::string bundle = proposal["bundle"];
  EXPECT_EQ(confirm("bo", bundle).status, 1);
  const Answer both = site_(
      {"policy", "publish", "--as", "bo", "--confirm", bundle, "--json", "--allow-failing-tests"});
  ASSERT_EQ(both.status, 0) << both.err;
  EXPECT_EQ(both.json()["failing_tests"], named);
  EXPECT_EQ(site_({"policy", "publish", "--json"}).json()["published"][0]["failing_tests"], named);
  EXPECT_TRUE(verified().ok());
}

TEST_F(PublishTest, OfTwoProposalsForAVersionOneIsPublished) {
  const std::string first = propose("ada").json()["bundle"];
  const std::string second = propose("bo", "Second").json()["bundle"];
  EXPECT_NE(first, second);
  ASSERT_EQ(confirm("cy", second).status, 0);
  const Answer stale = confirm("cy", first);
  EXPECT_EQ(stale.status, 4);
  EXPECT_THAT(stale.err, HasSubstr("publication 1 was made since"));
  EXPECT_THAT(propose("ada").err, HasSubstr("nothing has changed since publication 1"));
}

TEST_F(PublishTest, PublicationsFollowOneAnother) {
  const std::string first = publish();
  std::string changed = volume_policy("test.volume", "4");
  site_.write("policies/volume.yaml", changed);
  const Answer same_version = propose("ada", "Four");
  EXPECT_EQ(same_version.status, 3);
  EXPECT_THAT(same_version.err, AllOf(HasSubstr("TW1106"), HasSubstr("write `version: 2`")));
  changed.replace(changed.find("version: 1"), 10, "version: 2");
  site_.write("policies/volume.yaml", changed);
  const auto proposal = propose("ada", "Four").json();
  EXPECT_EQ(proposal["version"], 2);
  EXPECT_EQ(proposal["previous"], first);
  EXPECT_EQ(proposal["change"]["changed"], nlohmann::json::array({"test.volume"}));
  ASSERT_EQ(confirm("bo", proposal["bundle"]).status, 0);
  EXPECT_EQ(site_.entries("policy_set.published").size(), 2U);
  EXPECT_TRUE(verified().ok());
}

TEST_F(PublishTest, WhatRunsIsTheBundleAndNotTheFiles) {
  require_publishing();
  const Answer nothing = site_({"run", "--once"});
  EXPECT_EQ(nothing.status, 3);
  EXPECT_THAT(nothing.err, HasSubstr("TW0720"));
  const std::string bundle = publish();
  EXPECT_THAT(site_({"config", "check"}).out, Not(HasSubstr("TW0619")));
  site_.write("policies/volume.yaml", volume_policy("test.volume", "4"));
  EXPECT_THAT(site_({"config", "check"}).out,
              AllOf(HasSubstr("TW0619"), HasSubstr("the last publication (test.volume)")));
  EXPECT_THAT(site_({"policy", "list"}).out, HasSubstr("and what is in force"));
  site_.cycle();
  // Both accounts that have three requests, though the file asks for four by now.
  EXPECT_EQ(site_({"finding", "list", "--json"}).json()["findings"].size(), 2U);
  const auto activated = site_.entries("policy.published");
  ASSERT_EQ(activated.size(), 1U);
  EXPECT_EQ(activated[0]["bundle"], bundle);
  EXPECT_EQ(activated[0]["published_only"], true);
  EXPECT_EQ(site_({"status", "--json"}).json()["in_force"]["bundle"], bundle);
  EXPECT_THAT(site_({"status"}).out, HasSubstr(bundle));
  EXPECT_EQ(site_({"policy", "list", "--json"}).json()["published"]["bundle"], bundle);
  EXPECT_THAT(site_({"policy", "list"}).out, HasSubstr("other policies than these files hold"));
  EXPECT_TRUE(verified().ok());
}

TEST_F(PublishTest, APublicationThatWasChangedStopsTheStart) {
  require_publishing();
  const std::string bundle = publish();
  const auto file = site_.path("state/published/1.json");
  std::ifstream stream(file);
  std::string text(std::istreambuf_iterator<char>(stream), {});
  const std::size_t at = text.find("First");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 5, "Later");
  std::filesystem::remove(file);
  site_.write("state/published/1.json", text);
  const Answer changed = site_({"run", "--once"});
  EXPECT_EQ(changed.status, 4);
  EXPECT_THAT(changed.err, HasSubstr("the ledger has another publication 1"));
}

TEST_F(PublishTest, AnUnpublishedSetNamesNoBundle) {
  site_.cycle();
  const auto activated = site_.entries("policy.published");
  ASSERT_EQ(activated.size(), 1U);
  EXPECT_FALSE(activated[0].contains("bundle"));
  EXPECT_THAT(site_({"status"}).out, HasSubstr("were not published"));
  EXPECT_THAT(site_({"policy", "publish"}).out, HasSubstr("nothing is published or proposed"));
}

}  // namespace
}  // namespace tidewaiter
