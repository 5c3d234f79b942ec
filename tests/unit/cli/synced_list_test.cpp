// Policies that look into the lists that `list sync` keeps: from the publisher's file to the
// finding, and what of it the log and the ledger have.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/verify/bundle_check.h"
#include "tests/unit/cli/enrolment.h"
#include "tests/unit/cli/small_site.h"
#include "tests/unit/published_lists/publisher.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kHeader = "id,name,alias,country\n";
constexpr const char* kBee = "1,Queen Bee Imports,QBI,Syria\n";
constexpr const char* kWasp = "2,Wasp Holding,,\"Korea, North\"\n";

/// Three accounts, of which none has another's name.
class SyncedList : public testing::Test {
 protected:
  SyncedList() {
    publisher_.publish("/own.csv", std::string(kHeader) + kBee);
    configure();
    site_.write("policies/volume.yaml", policy("published"));
    std::string accounts;
    accounts += account("bee", "Queen Bee Imports");
    accounts += account("wasp", "Wasp Holding");
    accounts += account("other", "Clean Hands Ltd");
    site_.write("accounts.jsonl", accounts);
  }

  void configure(const std::string& second_source = {}) {
    site_.write("tidewaiter.yaml",
                "state: state\npolicies: [policies]\n"
                "sources: [{name: crm, kind: file, record: account, path: accounts.jsonl, "
                "format: jsonl}" +
                    second_source +
                    "]\n"
                    "ledger: {origin: small.example/ledger}\n"
                    "lists: [{name: own, url: \"" +
                    publisher_.url("/own.csv") + "\", most_loss: 70%}]\n");
  }

  static std::string policy(const std::string& list) {
    return "policy: test.listed\nversion: 1\ntitle: t\nstatus: active\n"
           "basis: [{control: c}]\nkind: sanctions\nseverity: high\nreads: account\n"
           "screen: {fields: [name], lists: [" +
           list +
           "], score: 0.93}\n"
           "---\nlist: published\ntitle: Parties that somebody publishes\nsynced: own\n"
           "sample: [Sample Party]\n";
  }

  static std::string account(const std::string& id, const std::string& name,
                             const std::string& time = "2026-10-05T10:00:00Z") {
    return R"({"kind":"account","id":")" + id + R"(","time":")" + time + R"(","account":")" + id +
           R"(","name":")" + name + "\"}\n";
  }

  /// The subjects of findings that are not withdrawn, in their order.
  std::vector<std::string> found() const {
    std::vector<std::string> subjects;
    const auto listed = site_({"finding", "list", "--json"}).json();
    for (const auto& finding : listed["findings"]) {
      if (finding["state"] != "withdrawn") subjects.push_back(finding["subject"]);
    }
    return subjects;
  }

  void sync() const {
    const Answer answer = site_({"list", "sync"});
    ASSERT_EQ(answer.status, 0) << answer.err;
  }

  /// Lets time pass and the publisher confirm.
  void wait(Duration time) { site_.now = site_.now + time; }

  SmallSite site_;
  Publisher publisher_;
};

TEST_F(SyncedList, JudgesByWhatIsHeldAndEachNewIssueReportsWhatIsNew) {
  sync();
  site_.cycle();
  EXPECT_THAT(found(), ElementsAre("account:crm/bee"));
  EXPECT_EQ(site_.entries("finding.opened").size(), 1U);

  publisher_.publish("/own.csv", std::string(kHeader) + kBee + kWasp);
  sync();
  site_.cycle();
  EXPECT_THAT(found(), ElementsAre("account:crm/bee", "account:crm/wasp"));
  ASSERT_EQ(site_.entries("finding.opened").size(), 2U);
  EXPECT_EQ(site_.entries("finding.opened")[1]["historical"], true);
  EXPECT_EQ(site_.entries("finding.restated").size(), 1U);  // under the new issue

  // The publisher takes a party back: its finding goes, the other stays.
  publisher_.publish("/own.csv", std::string(kHeader) + kWasp);
  sync();
  site_.cycle();
  EXPECT_THAT(found(), ElementsAre("account:crm/wasp"));
  EXPECT_EQ(site_.entries("finding.withdrawn").size(), 1U);
  EXPECT_EQ(site_({"ledger", "verify"}).status, 0);
  EXPECT_EQ(site_({"records", "verify"}).status, 0);

  // Nothing has changed: nothing comes into force.
  const auto before = site_.entries("policy.published").size();
  EXPECT_EQ(before, 3U);
  sync();
  site_.cycle();
  EXPECT_EQ(site_.entries("policy.published").size(), before);
}

TEST_F(SyncedList, TheLedgerSaysWhichIssue) {
  sync();
  site_.cycle();
  const auto issue = site_({"list", "status", "--json"}).json()["lists"][0]["issue"];
  const auto event = site_.entries("policy.published").at(0);
  ASSERT_EQ(event["lists"].size(), 1U);
  EXPECT_EQ(event["lists"][0]["list"], "own");
  EXPECT_EQ(event["lists"][0]["issue"], issue["id"]);
  EXPECT_EQ(event["lists"][0]["retrieved"], "2026-10-05T14:00:00Z");
  EXPECT_EQ(event["lists"][0]["known_until"], "2026-10-08T14:00:00Z");
  EXPECT_NE(event["set"], event["activated"]);
  const std::string finding =
      site_({"finding", "list", "--json"}).json()["findings"][0]["id"].get<std::string>();
  EXPECT_THAT(site_({"policy", "explain", finding}).out,
              AllOf(HasSubstr("of list:published"),
                    HasSubstr("issue " + issue["id"].get<std::string>().substr(0, 12) +
                              " of 2026-10-05, sha256:")));
  EXPECT_THAT(site_({"finding", "show", finding}).out,
              HasSubstr("looked into list `own`: issue " +
                        issue["id"].get<std::string>().substr(0, 12) + " of 2026-10-05, sha256:"));
  const auto shown = site_({"finding", "show", finding, "--json"}).json()["policy_text"]["lists"];
  EXPECT_EQ(shown[0]["issue"], issue["id"]);
  EXPECT_EQ(shown[0]["parties"], event["lists"][0]["parties"]);
  const auto looked = site_({"status", "--json"}).json()["looked_into"];
  ASSERT_EQ(looked.size(), 1U);
  EXPECT_EQ(looked[0]["issue"], issue["id"]);
  EXPECT_THAT(looked[0]["policies"], ElementsAre("test.listed"));
  EXPECT_THAT(
      site_({"status"}).out,
      HasSubstr("own: policies look into issue " + issue["id"].get<std::string>().substr(0, 12) +
                " of 2026-10-05T14:00:00Z, known until 2026-10-08T14:00:00Z "
                "(test.listed)\n"));
}

// A name that is not the listed one letter by letter, so that it can be looked for.
TEST_F(SyncedList, AReportNamesWhomItHitsAndTheAccountByItsProfile) {
  site_.write("accounts.jsonl", account("bee", "Queen Bee Import"));
  const Answer made = site_({"init", "--person", "Li=liaison", "--person", "Jo=officer"});
  ASSERT_EQ(made.status, 0) << made.err;
  sync();
  site_.cycle();
  const std::string id = site_({"case", "list", "--json"}).json()["cases"][0]["id"];
  const auto drawn = [&](const char* profile, const char* who) {
    const Answer answer =
        site_({"report", "new", "partner-notice", "--case", id, "--profile", profile, "--recipient",
               "Agency", "--no-pdf", "--as", who, "--json"});
    EXPECT_EQ(answer.status, 0) << answer.err;
    return site_.path("state/reports/" + answer.json()["report"]["id"].get<std::string>() +
                      "/data/");
  };
  const auto bytes = [](const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const auto facts = drawn("facts", "li");
  const auto listed = nlohmann::json::parse(bytes(facts / "report.json"))["findings"][0]["listed"];
  ASSERT_EQ(listed["parties"].size(), 1U);
  const auto& party = listed["parties"][0];
  EXPECT_EQ(party["entry"], "published:1");
  EXPECT_EQ(party["party"], "Queen Bee Imports");
  EXPECT_EQ(party["issue"], site_.entries("policy.published").at(0)["lists"][0]["issue"]);
  EXPECT_GT(party["score"], 0.93);
  EXPECT_LT(party["score"], 1);
  EXPECT_EQ(party["name"], nullptr);
  EXPECT_EQ(listed["withheld"], 1);
  for (const char* const file : {"report.html", "report.json", "findings.csv"}) {
    EXPECT_EQ(bytes(facts / file).find("Queen Bee Import\""), std::string::npos) << file;
    EXPECT_EQ(bytes(facts / file).find("Queen Bee Import<"), std::string::npos) << file;
  }
  EXPECT_THAT(bytes(facts / "report.html"),
              AllOf(HasSubstr("Listed parties that findings hit"), HasSubstr("published:1"),
                    HasSubstr("Queen Bee Imports"), HasSubstr("(withheld)"),
                    HasSubstr("no entry of the ledger has it")));
  const auto subjects = drawn("subjects", "jo");
  const auto named =
      nlohmann::json::parse(bytes(subjects / "report.json"))["findings"][0]["listed"];
  EXPECT_EQ(named["parties"][0]["name"], "Queen Bee Import");
  EXPECT_EQ(named["parties"][0]["field"], "name");
  EXPECT_EQ(named["withheld"], 0);
  EXPECT_EQ(named["parties"][0]["consequences"]["untold"][0],
            "nobody has said what follows from being on list:published");
  EXPECT_THAT(bytes(subjects / "report.html"), HasSubstr("name: Queen Bee Import<"));
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Whether some file below the folder has the text.
bool is_said_in(const std::filesystem::path& folder, const std::string& text) {
  for (const auto& one : std::filesystem::recursive_directory_iterator(folder)) {
    if (one.is_regular_file() && text_of(one.path()).find(text) != std::string::npos) return true;
  }
  return false;
}

// By hand: three accounts on the first day; four days later, when the issue has been over for a
// day, one listed name, one of the next issue and one account without a name; an hour after that
// the next issue.
TEST_F(SyncedList, AStatementTellsWhatWasHeldAgainstWhichIssueAndWhatNot) {
  ASSERT_EQ(site_({"init", "--person", "Li=liaison", "--person", "Ada=approver", "--person",
                   "Pat=policy-writer"})
                .status,
            0);
  sync();
  site_.cycle();
  wait(Duration{4 * kDay.us});
  site_.write("more.jsonl", account("late", "Wasp Holding", "2026-10-09T13:00:00Z") +
                                account("bee2", "Queen Bee Imports", "2026-10-09T13:00:00Z") +
                                R"({"kind":"account","id":"anon","time":"2026-10-09T13:00:00Z",)" +
                                R"("account":"anon"})" + "\nno record\n");
  configure(", {name: more, kind: file, record: account, path: more.jsonl, format: jsonl}");
  static_cast<void>(site_({"run", "--once"}));  // a line is no record
  wait(Duration{1 * kHour.us});
  publisher_.publish("/own.csv", std::string(kHeader) + kBee + kWasp);
  sync();
  static_cast<void>(site_({"run", "--once"}));
  wait(Duration{1 * kDay.us});
  const Answer drawn =
      site_({"report", "new", "screening-coverage", "--period", "2026-10-05..2026-10-10",
             "--recipient", "Auditors", "--say", "contact=Li", "--no-pdf", "--as", "li", "--json"});
  ASSERT_EQ(drawn.status, 0) << drawn.err;
  const std::string id = drawn.json()["report"]["id"];
  const auto folder = site_.path("state/reports/" + id + "/data/");
  const auto report = nlohmann::json::parse(text_of(folder / "report.json"));
  const auto& told = report["screening"];
  EXPECT_EQ(told["end"], "2026-10-10T00:00:00Z");
  ASSERT_EQ(told["lists"].size(), 1U);
  const auto& own = told["lists"][0];
  EXPECT_EQ(own["list"], "own");
  EXPECT_EQ(own["url"], publisher_.url("/own.csv"));
  EXPECT_EQ(own["policies"], nlohmann::json::array({"test.listed"}));
  EXPECT_EQ(own["age_days"], 0);  // nine hours
  const auto published = site_.entries("policy.published");
  ASSERT_EQ(published.size(), 2U);
  ASSERT_EQ(own["issues"].size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(own["issues"][i]["issue"], published[i]["lists"][0]["issue"]);
    EXPECT_EQ(own["issues"][i]["parties"], published[i]["lists"][0]["parties"]);
    EXPECT_EQ(own["issues"][i]["retrieved"], published[i]["lists"][0]["retrieved"]);
    EXPECT_EQ(own["issues"][i]["count"], i + 1);
    EXPECT_EQ(own["issues"][i]["unreadable"], 0);
  }
  EXPECT_EQ(own["issues"][0]["until"], "2026-10-09T15:00:00Z");
  ASSERT_EQ(own["unknown"].size(), 1U);
  EXPECT_EQ(own["unknown"][0]["why"], "stale");
  EXPECT_EQ(own["unknown"][0]["from"], "2026-10-08T14:00:00Z");
  EXPECT_EQ(own["unknown"][0]["to"], "2026-10-09T15:00:00Z");
  EXPECT_EQ(own["unknown"][0]["confirmed_by"], own["issues"][1]["entries"][0]);
  ASSERT_EQ(told["screens"].size(), 1U);
  EXPECT_EQ(told["screens"][0]["records"], 6);
  EXPECT_EQ(told["screens"][0]["accounts"], 6);
  EXPECT_EQ(told["screens"][0]["names"], 3);
  EXPECT_EQ(told["screens"][0]["nameless"], 1);
  ASSERT_EQ(told["again"].size(), 1U);
  EXPECT_EQ(told["again"][0]["accounts"], 6);
  std::map<std::string, nlohmann::json> counts;
  for (const auto& one : told["unscreened"]) counts[one["what"]] = one["count"];
  EXPECT_EQ(counts["account records without a name, for test.listed"], 1);
  EXPECT_EQ(counts["inputs of sources of accounts, in quarantine since the period"], 1);
  EXPECT_EQ(report["findings"].size(), 4U);
  // No source covers all of the period.
  for (const auto& element : report["elements"]) {
    EXPECT_EQ(element["state"], element["name"] == "coverage" ? "unknown" : "present")
        << element["name"];
  }
  EXPECT_THAT(
      text_of(folder / "report.html"),
      AllOf(HasSubstr("the last good issue was used"), HasSubstr("Against which lists"),
            HasSubstr("potential violation: 4"), Not(HasSubstr("How old a list was on the day"))));
  EXPECT_THAT(text_of(folder / "lists.csv"), HasSubstr("own,"));
  EXPECT_THAT(text_of(folder / "report.stix.json"), HasSubstr("What was held against which lists"));
  ASSERT_EQ(site_({"report", "approve", id, "--as", "ada", "--reason", "Read it"}).status, 0);
  ASSERT_EQ(
      site_({"report", "issue", id, "--to", "out", "--as", "li", "--reason", "In part"}).status, 0);
  std::string key = text_of(site_.path("state/ledger.vkey"));
  key.erase(key.find_last_not_of(" \r\n") + 1);
  const BundleReport checked = verify_bundle(site_.path("out"), key);
  EXPECT_TRUE(checked.ok()) << bundle_text(checked);
  for (const char* const own_of_accounts : {"crm/", "Clean Hands", "more/"}) {
    EXPECT_FALSE(is_said_in(site_.path("out"), own_of_accounts)) << own_of_accounts;
  }
}

// Nobody looks into a list: that is no clean bill, and the other kind waits for counsel.
TEST_F(SyncedList, AStatementOfAHouseThatScreensNothingHasGaps) {
  ASSERT_EQ(site_({"init", "--person", "Li=liaison", "--person", "Ada=approver", "--person",
                   "Pat=policy-writer"})
                .status,
            0);
  site_.write("policies/volume.yaml", "list: own-words\ntitle: t\nvalues: [a]\n");
  site_.cycle();
  wait(Duration{1 * kDay.us});
  const Answer drawn =
      site_({"report", "new", "screening-coverage-government", "--period", "2026-10-05..2026-10-06",
             "--recipient", "OFAC", "--no-pdf", "--as", "li", "--json"});
  ASSERT_EQ(drawn.status, 0) << drawn.err;
  const std::string id = drawn.json()["report"]["id"];
  const auto report =
      nlohmann::json::parse(text_of(site_.path("state/reports/" + id + "/data/report.json")));
  std::map<std::string, std::string> states;
  for (const auto& one : report["elements"]) states[one["name"]] = one["state"];
  for (const char* const name : {"lists", "screened", "hits", "not_screened"}) {
    EXPECT_EQ(states[name], "absent") << name;
  }
  ASSERT_EQ(site_({"report", "approve", id, "--as", "ada", "--reason", "Read it"}).status, 0);
  EXPECT_THAT(site_({"report", "issue", id, "--to", "out", "--as", "li", "--reason", "x"}).err,
              HasSubstr("waits for counsel"));
}

// Who was hit, by hand: the account's name is the first entry's, letter by letter.
TEST_F(SyncedList, AFindingShowsWhomItHits) {
  sync();
  site_.cycle();
  const std::string finding =
      site_({"finding", "list", "--json"}).json()["findings"][0]["id"].get<std::string>();
  enrol(site_);
  const std::vector<std::string> look = {"finding", "show", finding, "--evidence", "--as", "jo"};
  EXPECT_THAT(site_(look).out,
              AllOf(HasSubstr("\nListed parties that are hit\n  published:1  name `Queen Bee "
                              "Imports` is 1 like `Queen Bee Imports`"),
                    HasSubstr("of list:published, entry 1"), HasSubstr("`bee` exact")));
  std::vector<std::string> document = look;
  document.emplace_back("--json");
  const auto listed = site_(document).json()["listed"];
  ASSERT_EQ(listed["hits"].size(), 1U);
  const auto& hit = listed["hits"][0];
  EXPECT_EQ(hit["entry"], "published:1");
  EXPECT_EQ(hit["party"], "Queen Bee Imports");
  EXPECT_EQ(hit["score"], 1.0);
  EXPECT_EQ(hit["standing"], "counts");
  EXPECT_EQ(hit["issue"], site_.entries("policy.published").at(0)["lists"][0]["issue"]);
  EXPECT_EQ(listed["unknown"], nullptr);
  const std::string id = site_({"finding", "show", finding, "--json"}).json()["case"]["id"];
  EXPECT_THAT(
      site_({"case", "show", id}).out,
      HasSubstr("  hits `Queen Bee Imports` (published:1), score 1, asks not-known, issue "));
  // Two days and an hour later.
  site_.now = {site_.now.us + 49 * kHour.us};
  EXPECT_THAT(
      site_({"case", "show", id}, 0).out,
      AllOf(HasSubstr("  looked into list `own`: issue "), HasSubstr(", fetched 2 days ago\n")));
  const auto lists = site_({"case", "show", id, "--json"}).json()["lists"];
  ASSERT_EQ(lists.size(), 1U);
  EXPECT_EQ(lists[0]["issue"], hit["issue"]);
  EXPECT_EQ(lists[0]["days"], 2);
  // Without --evidence, as to a viewer, the party is named, which is public, and nothing of the
  // account.
  ASSERT_EQ(site_({"user", "add", "Di=viewer"}).status, 0);
  const std::vector<std::string> viewed = {"finding", "show", finding, "--as", "di"};
  EXPECT_THAT(site_({"finding", "show", finding}).out,
              AllOf(HasSubstr("  hits `Queen Bee Imports` (published:1)"),
                    Not(HasSubstr("name `Queen Bee"))));
  EXPECT_THAT(site_(viewed).out, AllOf(HasSubstr("  hits `Queen Bee Imports` (published:1)"),
                                       Not(HasSubstr("name `Queen Bee"))));
  const auto masked =
      site_({"finding", "show", finding, "--as", "di", "--json"}).json()["listed"]["hits"][0];
  EXPECT_EQ(masked["party"], "Queen Bee Imports");
  for (const char* own : {"name", "field", "seq", "text", "parts", "agreed"}) {
    EXPECT_FALSE(masked.contains(own)) << own;
  }
  const auto parties = site_({"case", "show", id, "--json"}).json()["listed"][0]["parties"];
  EXPECT_EQ(parties["hits"][0]["entry"], "published:1");
  EXPECT_FALSE(parties["hits"][0].contains("name"));  // the account's: for who looks at evidence
}

// SDGT blocks; SYRIA did until 2025-06-30 (EO 14312), and the accounts are of 2026-10-05.
TEST_F(SyncedList, AHitCarriesWhatItsListAsksForAndPoliciesChooseByIt) {
  publisher_.publish("/own.csv",
                     "id,name,program,license_requirement,license_policy\n"
                     "1,Queen Bee Imports,SDGT,All items,Denial\n2,Wasp Holding,SYRIA,,\n");
  std::string asks = policy("published") + "consequences: SDN\n";
  asks.replace(asks.find("score: 0.93"), 11, "score: 0.93, obligations: [block]");
  site_.write("policies/volume.yaml", asks);
  sync();
  site_.cycle();
  EXPECT_THAT(found(), ElementsAre("account:crm/bee"));
  EXPECT_EQ(site_({"status", "--json"}).json()["coverage"][0]["records_unknown"], 1);
  const std::string finding =
      site_({"finding", "list", "--json"}).json()["findings"][0]["id"].get<std::string>();
  const auto shown = site_({"finding", "show", finding, "--json"}).json();
  const auto& hit = shown["listed"]["hits"][0];
  EXPECT_EQ(hit["consequences"]["on"], "2026-10-05");
  EXPECT_EQ(hit["consequences"]["told"][0]["obligation"], "block");
  EXPECT_EQ(hit["consequences"]["told"][0]["programs"][0], "SDGT");
  EXPECT_EQ(hit["licence"]["review"], "Denial");
  enrol(site_);
  EXPECT_THAT(site_({"finding", "show", finding, "--evidence", "--as", "jo"}).out,
              AllOf(HasSubstr("    asks  block by SDGT"), HasSubstr("    licence  All items")));
  const std::string id = shown["case"]["id"];
  EXPECT_THAT(site_({"case", "show", id}).out, HasSubstr("score 1, asks block, issue "));
  // The next issue takes the programme away: nothing is known to follow, and nobody is let pass.
  publisher_.publish("/own.csv",
                     "id,name,program\n1,Queen Bee Imports,SYRIA\n2,Wasp Holding,SDGT\n");
  sync();
  site_.cycle();
  EXPECT_THAT(found(), ElementsAre("account:crm/wasp"));
  EXPECT_EQ(site_({"ledger", "verify"}).status, 0);
  EXPECT_EQ(site_({"records", "verify"}).status, 0);
}

// Which parties a list has stays the same; under which programme is no part of what is meant.
TEST_F(SyncedList, AProgrammeRestatesNothingOfAPolicyThatDoesNotAsk) {
  publisher_.publish("/own.csv", "id,name,program\n1,Queen Bee Imports,SDGT\n");
  sync();
  site_.cycle();
  publisher_.publish("/own.csv", "id,name,program\n1,Queen Bee Imports,IRAN\n");
  sync();
  site_.cycle();
  EXPECT_THAT(found(), ElementsAre("account:crm/bee"));
  EXPECT_TRUE(site_.entries("finding.restated").empty());
  const std::string finding =
      site_({"finding", "list", "--json"}).json()["findings"][0]["id"].get<std::string>();
  EXPECT_EQ(site_({"finding", "show", finding, "--json"}).json()["listed"]["hits"].size(), 1U);
}

TEST_F(SyncedList, WhomAFindingHitsIsSaidToBeUnknownWithoutRecords) {
  std::string none = policy("published");
  none.insert(none.find("---\n"), "evidence: {records: 0}\n");
  site_.write("policies/volume.yaml", none);
  sync();
  site_.cycle();
  const std::string finding =
      site_({"finding", "list", "--json"}).json()["findings"][0]["id"].get<std::string>();
  EXPECT_THAT(site_({"finding", "show", finding}).out,
              HasSubstr("  hits unknown: the finding names 0 of its 1 record"));
  const auto listed = site_({"finding", "show", finding, "--json"}).json()["listed"];
  EXPECT_THAT(listed["hits"], IsEmpty());
  EXPECT_NE(listed["unknown"], nullptr);
}

TEST_F(SyncedList, WithoutAnIssueNobodyCanBeTold) {
  const Answer once = site_({"run", "--once"});
  ASSERT_EQ(once.status, 0) << once.err;
  EXPECT_THAT(found(), IsEmpty());
  const auto coverage = site_({"status", "--json"}).json()["coverage"][0];
  EXPECT_EQ(coverage["records_unknown"], 3);
  EXPECT_THAT(site_({"status"}).out, HasSubstr("own: policies cannot look into it: no issue has "
                                               "been fetched (test.listed)"));
  EXPECT_THAT(site_({"policy", "explain", "test.listed", "--subject", "account:crm/bee"}).out,
              HasSubstr("list:published cannot be looked into: no issue of it has been fetched"));
  // As soon as one is there those who came before are judged.
  sync();
  site_.cycle();
  EXPECT_THAT(found(), ElementsAre("account:crm/bee"));
  EXPECT_EQ(site_({"status", "--json"}).json()["coverage"][0]["records_unknown"], 0);
}

TEST_F(SyncedList, AStaleListIsNoPassAndIsMadeUpForOnceItIsConfirmed) {
  sync();
  site_.cycle();
  // Nobody confirms it for four days. A hit stays one; who is not found cannot be told.
  wait(Duration{4 * kDay.us});
  publisher_.fail("/own.csv", 500);
  EXPECT_EQ(site_({"list", "sync"}).status, 5);
  site_.write("more.jsonl", account("late", "Wasp Holding", "2026-10-09T13:00:00Z") +
                                account("bee2", "Queen Bee Imports", "2026-10-09T13:00:00Z"));
  configure(", {name: more, kind: file, record: account, path: more.jsonl, format: jsonl}");
  site_.cycle();
  EXPECT_THAT(found(), ElementsAre("account:crm/bee", "account:more/bee2"));
  EXPECT_EQ(site_({"status", "--json"}).json()["coverage"][0]["records_unknown"], 1);
  EXPECT_THAT(site_({"policy", "explain", "test.listed", "--subject", "account:more/late"}).out,
              HasSubstr("list:published is stale: nobody has confirmed its issue"));
  EXPECT_THAT(site_({"status"}).out, HasSubstr("stale since 2026-10-08T14:00:00Z"));

  // The same issue again: those who came meanwhile are judged by it.
  publisher_.publish("/own.csv", std::string(kHeader) + kBee);
  sync();
  site_.cycle();
  EXPECT_EQ(site_({"status", "--json"}).json()["coverage"][0]["records_unknown"], 0);
  EXPECT_THAT(found(), ElementsAre("account:crm/bee", "account:more/bee2"));
}

TEST_F(SyncedList, AConfirmationMovesHowLongItIsKnownAndChangesNoFinding) {
  sync();
  site_.cycle();
  // Before half of the three days are over a confirmation is not worth an entry.
  wait(Duration{1 * kDay.us});
  sync();
  site_.cycle();
  EXPECT_EQ(site_.entries("policy.published").size(), 1U);
  wait(Duration{1 * kDay.us});
  sync();
  site_.cycle();
  ASSERT_EQ(site_.entries("policy.published").size(), 2U);
  EXPECT_EQ(site_.entries("policy.published")[1]["lists"][0]["known_until"],
            "2026-10-10T14:00:00Z");
  EXPECT_EQ(site_.entries("finding.restated").size(), 0U);
  EXPECT_EQ(site_.entries("finding.opened").size(), 1U);
}

TEST_F(SyncedList, IsLookedIntoWherePoliciesAreTried) {
  const auto findings = [this] {
    const Answer tried = site_({"policy", "backtest", "--json"});
    EXPECT_EQ(tried.status, 0) << tried.err;
    return tried.json()["findings"].size();
  };
  site_.cycle();
  EXPECT_EQ(findings(), 0U);
  EXPECT_THAT(site_({"policy", "backtest"}).err,
              HasSubstr("the list `own` cannot be looked into: nobody can be told to be in it"));
  sync();
  EXPECT_EQ(findings(), 1U);
  EXPECT_THAT(site_({"policy", "backtest"}).err, Not(HasSubstr("cannot be looked into")));
}

TEST_F(SyncedList, TestsOfPoliciesFindTheSample) {
  sync();
  site_.write(
      "policies/tests.yaml",
      "tests: test.listed\ncases:\n"
      "  - name: the sample, and nobody who is published\n"
      "    given:\n"
      "      - {kind: account, time: 2026-03-01T10:00:00Z, account: a, name: Sample Party}\n"
      "      - {kind: account, time: 2026-03-01T10:00:00Z, account: b, name: Queen Bee "
      "Imports}\n"
      "    drained_to: 2026-03-02\n"
      "    expect: [{findings: 1, for: \"account:test/a\", not_evaluable: 0}]\n");
  const Answer tested = site_({"policy", "test"});
  EXPECT_EQ(tested.status, 0) << tested.out << tested.err;
}

TEST_F(SyncedList, AListThatNobodyConfiguredIsTold) {
  site_.write("policies/volume.yaml",
              policy("published") + "---\nlist: second\ntitle: t\nsynced: onw\n");
  const Answer lint = site_({"policy", "lint"});
  EXPECT_THAT(lint.out, AllOf(HasSubstr("TW0613"), HasSubstr("`onw`, which is not configured"),
                              HasSubstr("did you mean `own`?")));
  EXPECT_THAT(site_({"policy", "list"}).out, HasSubstr("the published list own"));
}

}  // namespace
}  // namespace tidewaiter
