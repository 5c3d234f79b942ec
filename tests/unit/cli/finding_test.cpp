#include <filesystem>
#include <map>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/enrolment.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string id_of(const SmallSite& site, const std::string& account) {
  const nlohmann::json findings = site({"finding", "list", "--json"}).json()["findings"];
  for (const auto& finding : findings) {
    if (finding["subject"] == "account:gateway/" + account) return finding["id"];
  }
  return "none";
}

TEST(FindingList, HasARowForEachFindingAndAShape) {
  const SmallSite site;
  site.cycle();
  const Answer text = site({"finding", "list"});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("account:gateway/a"), HasSubstr("account:gateway/c"),
                              Not(HasSubstr("account:gateway/b")),
                              HasSubstr("2 potential violations, until a person decides\n")));
  const auto json = site({"finding", "list", "--json"}).json();
  ASSERT_EQ(json["findings"].size(), 2U);
  EXPECT_EQ(json["more"], false);
  const auto& finding = json["findings"][0];
  std::vector<std::string> members;
  for (const auto& [name, value] : finding.items()) members.push_back(name);
  EXPECT_THAT(members, testing::UnorderedElementsAre(
                           "id", "state", "outcome", "ended", "historical", "severity", "policy",
                           "policy_version", "policy_hash", "subject", "from", "to", "windows",
                           "figures", "reason", "evidence", "evidence_findings", "evidence_total",
                           "evidence_chosen", "recorded", "entries"));
  EXPECT_EQ(finding["from"], "2026-10-05T10:00:00Z");
  EXPECT_EQ(finding["figures"][0]["name"], "n");
}

TEST(FindingList, APolicyThatIsNotThereIsNoCleanResult) {
  const SmallSite site;
  site.cycle();
  const Answer unknown = site({"finding", "list", "--policy", "test.volum"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean `test.volume`?"));
  EXPECT_EQ(site({"finding", "list", "--policy", "test.volume", "--at-least", "critical"}).status,
            0);
}

TEST(FindingList, SaysThatMoreMatchThanTheLimitShows) {
  const SmallSite site;
  site.cycle();
  const Answer one = site({"finding", "list", "--limit", "1"});
  EXPECT_THAT(one.out, HasSubstr("1 potential violation, until a person decides; more match"));
  EXPECT_EQ(site({"finding", "list", "--limit", "1", "--json"}).json()["more"], true);
  EXPECT_EQ(site({"finding", "list", "--limit", "1", "--json"}).json()["findings"].size(), 1U);
  EXPECT_EQ(site({"finding", "list", "--limit", "2", "--json"}).json()["more"], false);
}

TEST(FindingList, FitsIntoEightyColumnsWithNothingCut) {
  SmallSite site;
  site.write("policies/volume.yaml", volume_policy("extraction.a-policy-with-a-rather-long-name"));
  site.cycle();
  const std::string text = site({"finding", "list"}, 80).out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 80U) << line;
  EXPECT_THAT(text, AllOf(HasSubstr("extraction.a-policy-with-a-rather-long-name"),
                          HasSubstr("account:gateway/a"), HasSubstr("n 3"), Not(HasSubstr("…"))));
}

TEST(FindingShow, ExplainsInWordsAndFigures) {
  const SmallSite site;
  site.cycle();
  const Answer text = site({"finding", "show", id_of(site, "a").substr(0, 6)});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, StartsWith("Potential violation: a person decides\n"));
  EXPECT_THAT(text.out, AllOf(HasSubstr("  A test.\n"), HasSubstr("  may be innocent: a test\n"),
                              HasSubstr("  basis: terms, no more than that\n"),
                              HasSubstr("  reports when n ≥ 3\n"), HasSubstr("  n 3 ≥ 3\n"),
                              HasSubstr("Evidence: 3 of 3 contributing records, the first by time"),
                              HasSubstr(" --evidence --as HANDLE` shows them"),
                              HasSubstr("`tidewaiter ledger proof ")));
  const auto json = site({"finding", "show", id_of(site, "a"), "--json"}).json();
  EXPECT_EQ(json["potential_violation"], true);
  EXPECT_EQ(json["policy_text"]["description"], "A test.");
  EXPECT_EQ(json["policy_text"]["false_positives"], nlohmann::json::array({"a test"}));
  EXPECT_FALSE(json.contains("evidence_records"));
  EXPECT_TRUE(site.entries("evidence.viewed").empty());  // nothing of a record is on the page
}

TEST(FindingShow, ShowsRecordsToWhomTheLedgerNames) {
  const SmallSite site;
  enrol(site);
  site.cycle();
  const std::string id = id_of(site, "a");
  const Answer text = site({"finding", "show", id, "--evidence", "--as", "jo"});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("Evidence: 3 of 3 contributing records"),
                              HasSubstr("`tidewaiter records show "), Not(HasSubstr("HANDLE`"))));
  const auto json = site({"finding", "show", id, "--evidence", "--as", "jo", "--json"}).json();
  EXPECT_EQ(json["evidence_records"].size(), 3U);
  EXPECT_EQ(json["evidence_records"][0]["record"]["account"], "a");
  EXPECT_EQ(json["evidence_gone"], 0);
  const auto views = site.entries("evidence.viewed");
  ASSERT_EQ(views.size(), 2U);
  EXPECT_EQ(views[0]["by"], "jo");
  EXPECT_EQ(views[0]["case"], json["case"]["id"]);
  EXPECT_EQ(views[0]["act"], (nlohmann::json{{"findings", 1}}));
  // The case says who looked, and at which of its findings.
  EXPECT_THAT(site({"case", "show", json["case"]["id"]}).out,
              HasSubstr("jo looked at the evidence of 1 finding; looked_at: finding " + id));
  EXPECT_EQ(site({"ledger", "verify"}).status, 0);
}

TEST(FindingShow, ShowsNoRecordWithoutAnEntry) {
  const SmallSite site;
  site.cycle();
  const std::string id = id_of(site, "a");
  const Answer nobody = site({"finding", "show", id, "--evidence", "--as", "jo"});
  EXPECT_EQ(nobody.status, 2);
  EXPECT_EQ(nobody.out, "");
  EXPECT_THAT(nobody.err, HasSubstr("nobody is enrolled as `jo`"));
  ASSERT_EQ(site({"init", "--person", "Wes=policy-writer", "--person", "Di=viewer"}).status, 0);
  for (const char* who : {"wes", "di"}) {
    for (const bool json : {false, true}) {
      std::vector<std::string> look = {"finding", "show", id, "--evidence", "--as", who};
      if (json) look.emplace_back("--json");
      const Answer refused = site(look);
      EXPECT_EQ(refused.status, 4) << refused.err;
      EXPECT_EQ(refused.out, "");
      EXPECT_THAT(refused.err, HasSubstr("`evidence.viewed` is for officer"));
    }
  }
  EXPECT_TRUE(site.entries("evidence.viewed").empty());
  const auto attempts = site.entries("case.refused");
  ASSERT_EQ(attempts.size(), 4U);
  EXPECT_EQ(attempts[0]["attempt"]["type"], "evidence.viewed");
  EXPECT_EQ(attempts[0]["attempt"]["by"], "wes");
}

// A file stands where acts are handed in, so that none can be.
TEST(FindingShow, ShowsNothingWhereTheEntryCannotBeWritten) {
  const SmallSite site;
  enrol(site);
  site.cycle();
  const std::string id = id_of(site, "a");
  std::filesystem::remove_all(site.path("state/acts"));
  site.write("state/acts", "in the way");
  const Answer answer = site({"finding", "show", id, "--evidence", "--as", "jo"});
  EXPECT_NE(answer.status, 0);
  EXPECT_EQ(answer.out, "");
  EXPECT_NE(answer.err, "");
}

// The requests of 10:00 to 10:03 lie in two windows of an hour that begin every half hour.
TEST(FindingShow, FiguresAndEvidenceAreSaidToBeThoseOfTheFirstWindow) {
  const SmallSite site;
  std::string policy = volume_policy();
  policy.replace(policy.find("length: 1h"), 10, "length: 1h, every: 30m");
  site.write("policies/volume.yaml", policy);
  site.cycle();
  EXPECT_THAT(site({"finding", "list"}).out, HasSubstr("n 3 in the first of 2 windows"));
  const std::string id = id_of(site, "a");
  EXPECT_THAT(site({"finding", "show", id}).out,
              AllOf(HasSubstr("Evidence of the first window: 3 of 3 contributing records"),
                    HasSubstr("rests on all records of its 2 windows"),
                    HasSubstr("`tidewaiter policy explain " + id.substr(0, 8) + " --records`")));
}

// A changed byte of a stored record is damage, and not retention.
TEST(FindingShow, DamagedRecordsAreNotSaidToBeGone) {
  const SmallSite site;
  site.cycle();
  {
    SQLite::Database records(site.path("state/records.db").string(), SQLite::OPEN_READWRITE);
    ASSERT_GT(records.exec("UPDATE record_20261005 SET body = replace(body, '\"a\"', '\"z\"')"), 0);
  }
  const Answer text = site({"finding", "show", id_of(site, "a")});
  EXPECT_EQ(text.status, 4) << text.out;
  EXPECT_THAT(text.out,
              AllOf(StartsWith("Potential violation"), Not(HasSubstr("no longer stored"))));
  EXPECT_THAT(text.err, HasSubstr("running hash"));
  enrol(site);
  const auto json =
      site({"finding", "show", id_of(site, "a"), "--evidence", "--as", "jo", "--json"}).json();
  EXPECT_EQ(json["evidence_gone"], 0);
  EXPECT_TRUE(json["records_error"].is_string());
}

TEST(FindingShow, SaysOnWhichBasesInForceItRests) {
  const SmallSite site;
  std::string policy = volume_policy();
  const std::string terms = "{terms: no more than that}";
  policy.replace(policy.find(terms), terms.size(),
                 "{law: the rule, jurisdiction: US, citation: 15 CFR 744, settled: disputed, "
                 "in_force: [{until: 2026-10-04}]}, {red_flag: many}");
  site.write("policies/volume.yaml", policy);
  site.cycle();
  EXPECT_THAT(site({"finding", "show", id_of(site, "a")}).out,
              AllOf(HasSubstr("  not in force then: law, the rule, US, 15 CFR 744, settled: "
                              "disputed\n"),
                    HasSubstr("  basis: red_flag, many\n"),
                    HasSubstr("  It rests on red flags alone: it is no breach.\n")));
  const auto basis =
      site({"finding", "show", id_of(site, "a"), "--json"}).json()["policy_text"]["basis"];
  ASSERT_EQ(basis.size(), 2U);
  EXPECT_EQ(basis[0]["settled"], "disputed");
  EXPECT_EQ(basis[0]["in_force"], false);
  EXPECT_EQ(basis[1]["in_force"], true);
}

TEST(FindingShow, SaysHowTheEvidenceWasChosenAndOutOfHowMany) {
  const SmallSite last;
  last.write("policies/volume.yaml", volume_policy() + "evidence: {records: 2, choose: last}\n");
  last.cycle();
  EXPECT_THAT(last({"finding", "show", id_of(last, "a")}).out,
              HasSubstr("Evidence: 2 of 3 contributing records, the last by time, latest first\n"));
  enrol(last);
  const auto json =
      last({"finding", "show", id_of(last, "a"), "--evidence", "--as", "jo", "--json"}).json();
  EXPECT_EQ(json["evidence_chosen"], "last");
  ASSERT_EQ(json["evidence_records"].size(), 2U);
  EXPECT_GT(json["evidence_records"][0]["seq"], json["evidence_records"][1]["seq"]);

  const SmallSite largest;
  largest.write("policies/volume.yaml",
                volume_policy() + "evidence: {records: 1, choose: largest}\n");
  largest.cycle();
  EXPECT_THAT(largest({"finding", "show", id_of(largest, "a")}).out,
              HasSubstr("Evidence: 1 of 3 contributing records, the largest by requests\n"));
}

// A tightened threshold withdraws a finding: it is explained by the policy that stated it.
TEST(FindingShow, AWithdrawnFindingIsNoPotentialViolationAndKeepsItsPolicy) {
  SmallSite site;
  site.cycle();
  const std::string id = id_of(site, "a");
  std::string tighter = volume_policy("test.volume", "4");
  tighter.replace(tighter.find("version: 1"), 10, "version: 2");
  site.write("policies/volume.yaml", tighter);
  site.now = site.now + kHour;
  const Answer again = site({"run", "--once"});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("1 potential violation, until a person decides; 1 withdrawn"));

  const Answer text = site({"finding", "show", id});
  EXPECT_THAT(text.out, StartsWith("Withdrawn: no longer a potential violation\n"));
  EXPECT_THAT(text.out,
              AllOf(HasSubstr("withdrawn"), HasSubstr("(policy-changed)"),
                    HasSubstr("Policy test.volume, version 1\n"),
                    HasSubstr("Version 2 withdrew the finding."), HasSubstr("reports when n ≥ 3\n"),
                    HasSubstr("n 3 ≥ 3\n"), Not(HasSubstr("≥ 4")), Not(HasSubstr("Potential"))));
  const auto json = site({"finding", "show", id, "--json"}).json();
  EXPECT_EQ(json["potential_violation"], false);
  EXPECT_EQ(json["state"], "withdrawn");
  EXPECT_EQ(json["policy_version"], 2);
  EXPECT_EQ(json["policy_text"]["version"], 1);
  EXPECT_EQ(json["policy_text"]["with_figures"], "n 3 ≥ 3");
  EXPECT_THAT(site({"finding", "list"}).out,
              HasSubstr("1 potential violation, until a person decides; 1 withdrawn"));

  // The one that the new version confirms is explained by the new version.
  const Answer other = site({"finding", "show", id_of(site, "c")});
  EXPECT_THAT(other.out, AllOf(HasSubstr("n 4 ≥ 4\n"), HasSubstr("version 2\n")));
}

// By hand: accounts b and c come from one address, and have one request and four; a has three.
TEST(FindingShow, ShowsTheRequestsOfAllAccountsOfACluster) {
  const SmallSite site;
  std::string policy = volume_policy();
  policy.replace(policy.find("for_each: account"), 17, "for_each: cluster");
  site.write("policies/volume.yaml", policy +
                                         "---\nlinkage: shared-means\ntitle: One address\n"
                                         "links: [{field: client.address, at_most: 5}]\n");
  std::string usage;
  for (const char* id : {"a1", "a2", "a3", "b1", "c1", "c2", "c3", "c4"}) {
    std::string line = usage_line(id, "2026-10-05T10:0" + std::string(id + 1) + ":00Z", {id, 1});
    const std::string address = id[0] == 'a' ? "10.0.0.1" : "10.0.0.2";
    line.insert(line.rfind('}'), R"(,"client.address":")" + address + '"');
    usage += line;
  }
  site.write("usage.jsonl", usage);
  site.cycle();
  std::map<std::string, std::string> ids;
  const auto list = site({"finding", "list", "--json"}).json();
  for (const auto& finding : list["findings"]) {
    if (finding["state"] != "withdrawn") ids[finding["subject"]] = finding["id"];
  }
  ASSERT_THAT(ids, testing::UnorderedElementsAre(testing::Key("cluster:gateway/a"),
                                                 testing::Key("cluster:gateway/b")));
  const auto json = site({"finding", "show", ids["cluster:gateway/b"], "--json"}).json();
  EXPECT_EQ(json["figures"][0]["value"], 3);  // when it was opened; the window is open
  EXPECT_THAT(site({"finding", "show", ids["cluster:gateway/b"]}).out,
              HasSubstr("at most 5 requests in 1h"));
  const Answer why = site({"policy", "explain", "test.volume", "--subject", "cluster:gateway/c"});
  EXPECT_THAT(why.out, HasSubstr("it is part of `cluster:gateway/b` now"));
}

TEST(FindingShow, SaysSoIfNothingOrTooMuchMatches) {
  const SmallSite site;
  site.cycle();
  const Answer none = site({"finding", "show", "zz"});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.err, HasSubstr("there is no finding whose id begins with `zz`"));
  const Answer both = site({"finding", "show", ""});
  EXPECT_EQ(both.status, 2);
  EXPECT_THAT(both.err, HasSubstr("give more digits"));
}

}  // namespace
}  // namespace tidewaiter
