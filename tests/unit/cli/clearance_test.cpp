// Clearances of names, from the officer's word to the finding that goes, and the four ends of it.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/acts.h"
#include "daemon/app/signatory.h"
#include "storage/review/clearance_words.h"
#include "tests/unit/cli/small_site.h"
#include "tests/unit/published_lists/publisher.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kListHeader = "id,name,alias,country\n";
constexpr const char* kBeeRow = "1,Queen Bee Imports,QBI,Syria\n";

/// Two accounts of one name, which is that of a listed party. The policy is of severity high, so
/// that each clearance takes two people.
class ClearanceTest : public testing::Test {
 protected:
  ClearanceTest() {
    publisher_.publish("/own.csv", std::string(kListHeader) + kBeeRow);
    site_.write("tidewaiter.yaml",
                "state: state\npolicies: [policies]\n"
                "sources: [{name: crm, kind: file, record: account, path: accounts.jsonl, "
                "format: jsonl}]\n"
                "ledger: {origin: small.example/ledger}\n"
                "lists: [{name: own, url: \"" +
                    publisher_.url("/own.csv") + "\", most_loss: 70%}]\n");
    site_.write("policies/volume.yaml", listed_policy(1));
    accounts_ =
        account("bee", "Queen Bee Imports", "10") + account("two", "Queen Bee Imports", "10");
    site_.write("accounts.jsonl", accounts_);
    const Answer made = site_(
        {"init", "--person", "Jo=officer", "--person", "Ada=approver", "--person", "Bea=approver"});
    EXPECT_EQ(made.status, 0) << made.err;
    sync();
    site_.cycle();
  }

  static std::string listed_policy(int version) {
    return "policy: test.listed\nversion: " + std::to_string(version) +
           "\ntitle: t\nstatus: active\nbasis: [{control: c}]\nkind: sanctions\nseverity: high\n"
           "reads: account\nscreen: {fields: [name], lists: [published], score: 0.93}\n"
           "---\nlist: published\ntitle: Parties that somebody publishes\nsynced: own\n"
           "sample: [Sample Party]\n";
  }

  static std::string account(const std::string& id, const std::string& name,
                             const std::string& hour) {
    return R"({"kind":"account","id":")" + id + hour + R"(","time":"2026-10-05T)" + hour +
           R"(:00:00Z","account":")" + id + R"(","name":")" + name + "\"}\n";
  }

  void sync() const {
    const Answer answer = site_({"list", "sync"});
    ASSERT_EQ(answer.status, 0) << answer.err;
  }

  /// The subjects of findings that are not withdrawn, in their order.
  [[nodiscard]] std::vector<std::string> found() const {
    std::vector<std::string> subjects;
    const auto listed = site_({"finding", "list", "--json"}).json();
    for (const auto& finding : listed["findings"]) {
      if (finding["state"] != "withdrawn") subjects.push_back(finding["subject"]);
    }
    return subjects;
  }
  /// Its id.
  [[nodiscard]] std::string finding_about(const std::string& subject) const {
    const auto listed = site_({"finding", "list", "--json"}).json();
    for (const auto& finding : listed["findings"]) {
      if (finding["subject"] == subject && finding["state"] != "withdrawn") return finding["id"];
    }
    return {};
  }

  [[nodiscard]] Answer add(const std::string& by, const std::string& party) const {
    return site_({"clearance", "add", "--finding", finding_about("account:crm/bee"), "--party",
                  party, "--as", by, "--reason", "A bakery since 1954", "--json"});
  }
  [[nodiscard]] Answer approve(const std::string& id, const std::string& by) const {
    const auto shown = site_({"clearance", "show", id, "--json"}).json();
    return site_({"clearance", "approve", id, "--seen", std::to_string(shown["seen"].get<int>()),
                  "--as", by, "--reason", "Agreed"});
  }
  /// Clears the account `bee`, by two; gives the clearance's id.
  std::string clear() const {
    const Answer added = add("jo", "published:1");
    EXPECT_EQ(added.status, 0) << added.err;
    if (added.status != 0) return {};
    const std::string id = added.json()["clearance"]["id"];
    const Answer approved = approve(id, "ada");
    EXPECT_EQ(approved.status, 0) << approved.err;
    site_.cycle();
    return id;
  }
  [[nodiscard]] nlohmann::json listed() const {
    return site_({"clearance", "list", "--json"}).json()["clearances"];
  }
  [[nodiscard]] bool verified() const {
    return site_({"ledger", "verify"}).status == 0 && site_({"records", "verify"}).status == 0;
  }

  SmallSite site_;
  Publisher publisher_;
  std::string accounts_;
};

TEST_F(ClearanceTest, AStatementOfWhatWasScreenedSaysWhoClearedAndNotWhomOrWhy) {
  const std::string first = finding_about("account:crm/bee");
  const std::string id = clear();
  site_.now = site_.now + Duration{kHour.us};
  const Answer drawn =
      site_({"report", "new", "screening-coverage", "--period", "2026-10-05..2026-10-06", "--as",
             "jo", "--recipient", "Auditors", "--no-pdf", "--json"});
  ASSERT_EQ(drawn.status, 0) << drawn.err;
  const auto folder =
      site_.path("state/reports/" + drawn.json()["report"]["id"].get<std::string>() + "/data");
  const auto bytes = [&folder](const char* name) {
    std::ifstream in(folder / name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const auto report = nlohmann::json::parse(bytes("report.json"));
  const auto& cleared = report["screening"]["clearances"];
  ASSERT_EQ(cleared.size(), 1U);
  EXPECT_EQ(cleared[0]["id"], id);
  EXPECT_EQ(cleared[0]["state"], "holds");
  EXPECT_EQ(cleared[0]["finding"], first);
  EXPECT_EQ(cleared[0]["by"], "jo");
  EXPECT_EQ(cleared[0]["approved_by"], "ada");
  EXPECT_TRUE(cleared[0]["words"].is_string());
  std::vector<std::string> standings;
  for (const auto& one : report["findings"]) standings.push_back(one["standing"]);
  EXPECT_THAT(standings, testing::UnorderedElementsAre("potential violation", "withdrawn"));
  for (const char* const name : {"report.json", "report.html", "report.stix.json", "lists.csv"}) {
    EXPECT_EQ(bytes(name).find("A bakery"), std::string::npos) << name;
    EXPECT_EQ(bytes(name).find("crm/bee"), std::string::npos) << name;
  }
  EXPECT_THAT(bytes("report.html"), AllOf(HasSubstr("withdrawn: 1"), HasSubstr(id)));
}

TEST_F(ClearanceTest, WaitsForAnotherPersonAndThenTakesTheOneFindingAway) {
  EXPECT_THAT(found(), ElementsAre("account:crm/bee", "account:crm/two"));
  const std::string first = finding_about("account:crm/bee");
  const Answer added = add("jo", "published:1");
  ASSERT_EQ(added.status, 0) << added.err;
  const std::string id = added.json()["clearance"]["id"];
  EXPECT_EQ(added.json()["clearance"]["state"], "proposed");
  site_.cycle();
  EXPECT_EQ(found().size(), 2U);
  EXPECT_THAT(site_({"status"}).out, HasSubstr("1 await a second person"));
  EXPECT_EQ(approve(id, "ada").status, 0);
  site_.cycle();
  EXPECT_THAT(found(), ElementsAre("account:crm/two"));
  EXPECT_EQ(site_.entries("finding.withdrawn").size(), 1U);
  EXPECT_EQ(site_.entries("policy.published").back()["clearances"], nlohmann::json::array({id}));
  EXPECT_NE(site_.entries("policy.published").back()["set"],
            site_.entries("policy.published").back()["activated"]);
  EXPECT_EQ(site_.entries("policy.published").back()["set"],
            site_.entries("policy.published").front()["set"]);
  // No silent pass: it is counted, listed and explained.
  const auto status = site_({"status", "--json"}).json();
  EXPECT_EQ(status["coverage"][0]["records_exempt"], 1);
  EXPECT_EQ(status["coverage"][0]["records_selected"], 1);
  EXPECT_EQ(status["clearances"], nlohmann::json({{"apply", 1}, {"hold", 1}, {"wait", 0}}));
  EXPECT_THAT(site_({"policy", "explain", "test.listed", "--subject", "account:crm/bee"}).out,
              AllOf(HasSubstr("`Queen Bee Imports` (published:1) is cleared by " + id),
                    HasSubstr("jo cleared a name"), HasSubstr("reason: A bakery since 1954"),
                    HasSubstr("ada approved the clearance"), HasSubstr("clearances took out")));
  EXPECT_THAT(site_({"finding", "show", first}).out,
              HasSubstr("cleared by " + id + ", jo, 2026-10-05T14:00:00Z: A bakery since 1954"));
  ASSERT_EQ(listed().size(), 1U);
  EXPECT_EQ(listed()[0]["clears"], true);
  EXPECT_EQ(listed()[0]["party"], "Queen Bee Imports");
  EXPECT_EQ(listed()[0]["entry"], "published:1");
  EXPECT_THAT(site_({"clearance", "list"}).out, HasSubstr(id));
  EXPECT_TRUE(verified());
  // Nothing changes while nothing changes.
  const auto before = site_.entries("policy.published").size();
  site_.cycle();
  EXPECT_EQ(site_.entries("policy.published").size(), before);
}

TEST_F(ClearanceTest, LiftedByAPersonItIsFoundAnew) {
  const std::string first = finding_about("account:crm/bee");
  const std::string id = clear();
  EXPECT_THAT(found(), ElementsAre("account:crm/two"));
  const Answer lifted =
      site_({"clearance", "lift", id, "--as", "jo", "--reason", "It is them after all"});
  ASSERT_EQ(lifted.status, 0) << lifted.err;
  site_.cycle();
  EXPECT_EQ(found().size(), 2U);
  EXPECT_NE(finding_about("account:crm/bee"), first);
  EXPECT_EQ(listed()[0]["state"], "lifted");
  EXPECT_EQ(listed()[0]["clears"], false);
  EXPECT_EQ(site_({"clearance", "lift", id, "--as", "jo", "--reason", "Again"}).status, 4);
  EXPECT_TRUE(verified());
}

TEST_F(ClearanceTest, EndsWithTheEntryOfTheList) {
  const std::string id = clear();
  publisher_.publish("/own.csv",
                     std::string(kListHeader) + "1,Queen Bee Imports,QBI;Apis Trade,Syria\n");
  sync();
  site_.cycle();
  EXPECT_EQ(found().size(), 2U);
  EXPECT_EQ(listed()[0]["clears"], false);
  EXPECT_EQ(listed()[0]["ended_by"], "entry");
  EXPECT_EQ(listed()[0]["why"], "list:published says something else of `Queen Bee Imports`");
  EXPECT_THAT(site_({"finding", "show", finding_about("account:crm/bee")}).out,
              HasSubstr(id + " has ended: the list says something else of the entry"));
}

TEST_F(ClearanceTest, EndsWithTheAccountsName) {
  const std::string id = clear();
  site_.write("accounts.jsonl", accounts_ + account("bee", "Imports Queen Bee", "12"));
  site_.cycle();
  EXPECT_EQ(found().size(), 2U);
  EXPECT_EQ(listed()[0]["ended_by"], "name");
  EXPECT_THAT(site_({"finding", "show", finding_about("account:crm/bee")}).out,
              HasSubstr(id + " has ended: the account is called otherwise"));
}

TEST_F(ClearanceTest, EndsWithACountryThatComesToAgree) {
  const std::string id = clear();
  EXPECT_THAT(site_({"clearance", "show", id}).out,
              HasSubstr("no country and no identifier agreed with the entry"));
  const auto from_syria = [](const std::string& hour) {
    std::string line = account("bee", "Queen Bee Imports", hour);
    line.insert(line.rfind('}'), R"(,"country.billing":"SY")");
    return line;
  };
  site_.write("accounts.jsonl", accounts_ + from_syria("12"));
  site_.cycle();
  EXPECT_EQ(found().size(), 2U);
  EXPECT_EQ(listed()[0]["clears"], false);
  EXPECT_EQ(listed()[0]["ended_by"], "agreement");
  EXPECT_EQ(listed()[0]["why"],
            "country `SY` agrees with the entry, and did not when it was cleared");
  EXPECT_THAT(site_({"finding", "show", finding_about("account:crm/bee")}).out,
              HasSubstr(id + " has ended: country `SY` agrees with the entry"));
  // Whoever has seen that as well clears it, once.
  EXPECT_THAT(
      site_({"finding", "show", finding_about("account:crm/bee"), "--evidence", "--as", "jo"}).out,
      HasSubstr("in common  country `SY`"));
  const std::string second = clear();
  EXPECT_NE(second, id);
  EXPECT_THAT(site_({"clearance", "show", second}).out,
              HasSubstr("although the entry's country `SY` agreed"));
  EXPECT_EQ(found().size(), 1U);
  EXPECT_TRUE(verified());
}

TEST_F(ClearanceTest, EndsWithTheVersionOfThePolicy) {
  const std::string id = clear();
  site_.write("policies/volume.yaml", listed_policy(2));
  site_.cycle();
  EXPECT_EQ(found().size(), 2U);
  EXPECT_EQ(listed()[0]["ended_by"], "policy");
  EXPECT_EQ(listed()[0]["why"], "`test.listed` has version 2 now");
  EXPECT_THAT(site_({"finding", "show", finding_about("account:crm/bee")}).out,
              HasSubstr(id + " has ended: the policy has another version than 1"));
  EXPECT_THAT(site_({"status"}).out, HasSubstr("0 clearances of names apply"));
}

TEST_F(ClearanceTest, IsApprovedByNobodyAlone) {
  const Answer added = add("ada", "published:1");
  ASSERT_EQ(added.status, 0) << added.err;
  const std::string id = added.json()["clearance"]["id"];
  const Answer own = approve(id, "ada");
  EXPECT_EQ(own.status, 4);
  EXPECT_THAT(own.err, HasSubstr("another person has to approve it"));
  const auto refused = site_.entries("case.refused");
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0]["attempt"]["type"], "clearance.approved");
  EXPECT_EQ(refused[0]["attempt"]["by"], "ada");
  EXPECT_EQ(approve(id, "bea").status, 0);
  EXPECT_TRUE(verified());
}

TEST_F(ClearanceTest, IsGivenOnceUntilItIsTakenBack) {
  const Answer added = add("jo", "published:1");
  ASSERT_EQ(added.status, 0) << added.err;
  const std::string id = added.json()["clearance"]["id"];
  const Answer again = add("ada", "published:1");
  EXPECT_EQ(again.status, 4);
  EXPECT_THAT(again.err, HasSubstr("cleared of this entry already: `" + id + "` is proposed"));
  const auto lift = [&](const char* who) {
    return site_({"clearance", "lift", id, "--as", who, "--reason", "A mistake"});
  };
  const Answer other = lift("ada");
  EXPECT_EQ(other.status, 4);
  EXPECT_THAT(other.err, HasSubstr("`jo`, who proposed it, may lift that"));
  EXPECT_EQ(lift("jo").status, 0);
  EXPECT_EQ(listed()[0]["state"], "lifted");
  const std::string second = clear();
  EXPECT_NE(second, id);
  EXPECT_TRUE(verified());
}

TEST_F(ClearanceTest, IsOfTheAccountAndOfAListThatTheFindingIsAbout) {
  const std::string finding = finding_about("account:crm/bee");
  const auto hand_in = [&](const char* digit, const std::string& account, const std::string& list) {
    const auto who = signatory(site_.path("state"), "jo", std::nullopt);
    ASSERT_TRUE(who);
    Act act;
    act.origin = "small.example/ledger";
    act.case_id = "m-00000000000" + std::string(digit);
    act.by = "jo";
    act.at = site_.now;
    act.body = NameCleared{finding, "test.listed", 1};
    const ClearedName words{"crm", account, *find_field("name"), "Queen Bee Imports",
                            list,  {},      "Queen Bee Imports", {"1"}};
    ASSERT_TRUE(hand_in_act(site_.path("state"), act, clearance_words(words, "x"), who->key));
    site_.cycle();
  };
  hand_in("1", "two", "published");
  hand_in("2", "bee", "other");
  const auto refused = site_.entries("case.refused");
  ASSERT_EQ(refused.size(), 2U);
  EXPECT_THAT(refused[0]["attempt"]["reason"], HasSubstr("is about another account"));
  EXPECT_THAT(refused[1]["attempt"]["reason"], HasSubstr("looks into no list of this name"));
  EXPECT_THAT(listed(), IsEmpty());
  hand_in("3", "bee", "published");
  EXPECT_EQ(listed().size(), 1U);
}

// That of the second person names nobody, and is about the subject all the same.
TEST_F(ClearanceTest, LosesTheWordsOfAllActsAboutItWhereItsSubjectIsErased) {
  const std::string id = clear();
  ASSERT_EQ(site_({"clearance", "lift", id, "--as", "jo", "--reason", "Them after all"}).status, 0);
  const auto reasons = [&] {
    const auto shown = site_({"clearance", "show", id, "--json"}).json();
    return std::ranges::count_if(shown["acts"],
                                 [](const auto& act) { return act.contains("reason"); });
  };
  EXPECT_EQ(reasons(), 3);
  const Answer asked =
      site_({"ledger", "erase", "request", "account:crm/bee", "--despite-retention", "--as", "jo",
             "--reason", "A letter", "--json"});
  ASSERT_EQ(asked.status, 0) << asked.err;
  const Answer approved = site_({"ledger", "erase", "approve", asked.json()["erasure"]["id"],
                                 "--as", "ada", "--reason", "Agreed"});
  ASSERT_EQ(approved.status, 0) << approved.err;
  EXPECT_EQ(reasons(), 0);
  EXPECT_TRUE(verified());
}

TEST_F(ClearanceTest, WhoseWordsAreDamagedIsNamedAndHidesNoOther) {
  const Answer added = add("jo", "published:1");
  ASSERT_EQ(added.status, 0) << added.err;
  const std::string damaged = added.json()["clearance"]["id"];
  ASSERT_EQ(site_({"clearance", "lift", damaged, "--as", "jo", "--reason", "A mistake"}).status, 0);
  const std::string file = [&] {
    for (const auto& one : std::filesystem::directory_iterator(site_.path("state/acts"))) {
      if (one.is_regular_file()) return one.path().string();
    }
    return std::string();
  }();
  // Whichever act it is about: given or lifted.
  std::filesystem::permissions(file, std::filesystem::perms::owner_write,
                               std::filesystem::perm_options::add);
  std::ofstream(file, std::ios::app) << "x";
  const std::string other = clear();
  const Answer answer = site_({"clearance", "list"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.out, AllOf(HasSubstr(damaged), HasSubstr(other)));
  EXPECT_THAT(answer.err, AllOf(HasSubstr("about the clearance `" + damaged + "`, cannot be read"),
                                HasSubstr(std::filesystem::path(file).filename().string()),
                                HasSubstr("from a backup"), Not(HasSubstr(other))));
  const Answer json = site_({"clearance", "list", "--json"});
  EXPECT_EQ(json.status, 4);
  const auto rows = nlohmann::json::parse(json.out)["clearances"];
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_NE(rows[0]["damage"], nullptr);
  EXPECT_EQ(rows[1]["damage"], nullptr);
  EXPECT_EQ(rows[1]["party"], "Queen Bee Imports");
  EXPECT_EQ(site_({"clearance", "show", other}).status, 0);
  EXPECT_EQ(site_({"clearance", "show", damaged}).status, 4);
}

TEST_F(ClearanceTest, SaysWhatThereIsToClear) {
  const Answer other = add("jo", "published:2");
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.err, HasSubstr("it shows `published:1` (Queen Bee Imports), by `Queen Bee "
                                   "Imports`"));
  EXPECT_THAT(listed(), IsEmpty());
}

TEST_F(ClearanceTest, IsHeededWherePoliciesAreTriedAndNotByTheirTests) {
  const auto subjects = [this] {
    std::vector<std::string> all;
    const Answer tried = site_({"policy", "backtest", "--json"});
    EXPECT_EQ(tried.status, 0) << tried.err;
    const auto document = tried.json();
    for (const auto& finding : document["findings"]) all.push_back(finding["subject"]);
    return all;
  };
  EXPECT_EQ(subjects().size(), 2U);
  static_cast<void>(clear());
  EXPECT_THAT(subjects(), ElementsAre("account:crm/two"));
  // A new version is tried as it would judge: without what was cleared under the old one.
  site_.write("policies/volume.yaml", listed_policy(2));
  EXPECT_EQ(subjects().size(), 2U);
  site_.write(
      "policies/tests.yaml",
      "tests: test.listed\ncases:\n"
      "  - name: the sample\n"
      "    given:\n"
      "      - {kind: account, time: 2026-03-01T10:00:00Z, account: a, name: Sample Party}\n"
      "    drained_to: 2026-03-02\n"
      "    expect: [{findings: 1, for: \"account:test/a\"}]\n");
  EXPECT_EQ(site_({"policy", "test"}).status, 0);
}

}  // namespace
}  // namespace tidewaiter
