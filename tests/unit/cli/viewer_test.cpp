#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/cli/masked_case.h"
#include "storage/people/password_table.h"
#include "tests/unit/cli/command_tree.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += word + " ";
  return all;
}

/// The command that the first words name, and its name from the program's on.
std::pair<const CommandOutline*, std::string> verb_of(const CommandOutline& tree,
                                                      const std::vector<std::string>& words) {
  const CommandOutline* at = &tree;
  std::string name;
  for (const std::string& word : words) {
    const auto found = std::ranges::find(at->commands, word, &CommandOutline::name);
    if (found == at->commands.end()) break;
    at = &*found;
    name += (name.empty() ? "" : " ") + word;
  }
  return {at, name};
}

bool takes_json(const CommandOutline& tree, const std::vector<std::string>& words) {
  return std::ranges::any_of(verb_of(tree, words).first->options, [](const OptionOutline& option) {
    return std::ranges::find(option.names, "--json") != option.names.end();
  });
}

/// Every command that has none below it.
std::vector<std::string> all_verbs(const CommandOutline& command, const std::string& above = {}) {
  std::vector<std::string> all;
  for (const CommandOutline& inner : command.commands) {
    const std::string name = above.empty() ? inner.name : above + " " + inner.name;
    if (inner.commands.empty()) all.push_back(name);
    for (std::string& one : all_verbs(inner, name)) all.push_back(std::move(one));
  }
  return all;
}

/// Commands that the viewer is not tried on, for they show nothing of what a state has.
constexpr const char* kShowNothingStored[] = {
    // Acts: no viewer may do one (act_rules_test.cpp), nor sign, nor change users.
    "case action", "case appeal", "case approve", "case assign", "case attach", "case attribute",
    "case attribution approve", "case attribution withdraw", "case bulk assign", "case bulk decide",
    "case clock", "case comment", "case conclude", "case decide", "case licence", "case merge",
    "case release", "case split", "clearance add", "clearance approve", "clearance lift",
    "cluster approve", "cluster cut", "cluster join", "cluster lift", "lead add",
    "ledger erase approve", "ledger erase request", "ledger hold approve", "ledger hold place",
    "ledger hold release", "notify retry", "notify silence add", "notify silence expire",
    "policy deactivate", "report approve", "report correct", "report hand-over", "report issue",
    "report new", "report received", "report supplement", "report withdraw", "request add",
    "request close", "user add", "user disable", "user password",
    // They fetch, judge and keep, or copy and check files as a whole (ADR 42).
    "init", "ledger backup", "ledger erase run", "ledger export", "ledger fsck", "ledger restore",
    "ledger rotate-key", "ledger schema", "ledger serve", "list sync", "notify test", "run",
    "source backfill", "source pull", "verify",
    // They read what is given to them, published lists or the configuration.
    "completion", "config init", "ip", "list diff", "list search", "list status", "policy fmt",
    "policy lint", "policy lsp", "policy new", "policy schema", "policy sigma", "policy test",
    "screen", "simulate provider", "simulate score", "simulate world", "version",
    // A witness has a folder of its own.
    "witness add-log", "witness head", "witness init", "witness list", "witness serve"};

/// A case about the account `zqcanary-a`, with a comment, an exhibit and an action, a lead about
/// somebody who has no case, a report that was issued and of which the case is decided otherwise
/// since, a policy in shadow, and the viewer `di`.
class ViewerTest : public testing::Test {
 protected:
  ViewerTest() {
    std::string usage;
    for (int minute = 0; minute < 4; ++minute) {
      usage += usage_line("u" + std::to_string(minute),
                          "2026-10-05T10:0" + std::to_string(minute) + ":00Z", "zqcanary-a");
    }
    site_.write("usage.jsonl", usage);
    EXPECT_EQ(site_({"init", "--person", "Jo=officer", "--person", "Ada=approver", "--person",
                     "Li=liaison", "--person", "Di=viewer", "--person", "Pat=policy-writer"})
                  .status,
              0);
    site_.cycle();
    case_ = site_({"case", "list", "--json"}).json()["cases"][0]["id"];
    const auto finding = site_({"finding", "list", "--json"}).json()["findings"][0];
    finding_ = finding["id"];
    record_ = std::to_string(finding["evidence"][0].get<std::int64_t>());
    site_.write("zqcanary-file.txt", "zqcanary exhibit");
    done({"case", "comment", case_, "zqcanary wrote to us", "--as", "jo"});
    done({"case", "attach", case_, "zqcanary-file.txt", "--custodian", "zqcanary desk", "--origin",
          "zqcanary mail", "--as", "jo"});
    exhibit_ = std::to_string(site_({"case", "exhibit", case_, "--json"})
                                  .json()["exhibits"][0]["entry"]
                                  .get<std::int64_t>());
    done({"case", "action", case_, "zqcanary was called", "--as", "jo"});
    const std::string seen =
        std::to_string(site_({"case", "show", case_, "--json"}).json()["seen"].get<std::int64_t>());
    done({"case", "attribute", case_, "--to", "zqcanary Ltd", "--confidence", "low", "--evidence",
          exhibit_, "--seen", seen, "--reason", "zqcanary paid", "--as", "jo"});
    done({"lead", "add", "zqcanary shares a key", "--from", "zqcanary partner", "--subject",
          "zqcanary-unknown", "--subject", "zqcanary-a", "--as", "jo"});
    lead_ = site_({"lead", "list", "--json"}).json()["leads"][0]["id"];
    const auto drawn =
        site_({"report", "new", "partner-notice", "--case", case_, "--recipient", "zqcanary desk",
               "--say", "contact=zqcanary@partner.example", "--no-pdf", "--as", "li", "--json"});
    EXPECT_EQ(drawn.status, 0) << drawn.err;
    report_ = drawn.json()["report"]["id"];
    done({"report", "approve", report_, "--as", "ada", "--reason", "zqcanary read it"});
    done({"report", "issue", report_, "--to", "issued", "--as", "li", "--reason", "zqcanary"});
    done({"report", "hand-over", report_, "--folder", "issued", "--to", "zqcanary desk",
          "--channel", "mail", "--as", "li"});
    decide();
    add_shadow();
    std::filesystem::create_symlink(site_.path("usage.jsonl"), site_.path("linked.jsonl"));
  }

  /// What the report cites is none, by two people: its severity is high.
  void decide() const {
    const auto seen = [this] {
      return std::to_string(
          site_({"status", "--json"}).json()["ledger"]["size"].get<std::int64_t>());
    };
    done({"case", "decide", case_, "false-positive", "--seen", seen(), "--as", "jo", "--reason",
          "zqcanary tested"});
    done({"case", "approve", case_, "--seen", seen(), "--as", "ada", "--reason", "zqcanary"});
  }
  /// A policy in shadow.
  void add_shadow() const {
    std::string shadow = volume_policy("test.shadow", "2");
    const std::string_view status = "status: active";
    shadow.replace(shadow.find(status), status.size(), "status: shadow");
    site_.write("policies/shadow.yaml", shadow);
  }

  void done(const std::vector<std::string>& arguments) const {
    const Answer answer = site_(arguments);
    EXPECT_EQ(answer.status, 0) << answer.err;
  }
  /// As the viewer. The options stand before the verb, for that one may have a `--as` of its own.
  [[nodiscard]] Answer viewed(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all = {"--as", "di"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return site_(all);
  }
  [[nodiscard]] nlohmann::json viewed_json(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    const Answer answer = viewed(arguments);
    EXPECT_EQ(answer.status, 0) << answer.err;
    return answer.status == 0 ? answer.json() : nlohmann::json();
  }

  /// A command, and the exit status that the viewer has of it: 0 of what names nobody to them.
  struct Row {
    std::vector<std::string> words;
    int status = 0;
  };
  [[nodiscard]] std::vector<Row> rows() const;

  SmallSite site_;
  std::string case_;
  std::string exhibit_;  ///< its entry
  std::string lead_;
  std::string finding_;
  std::string report_;
  std::string record_;  ///< its number in the log
};

std::vector<ViewerTest::Row> ViewerTest::rows() const {
  const std::string subject = "account:gateway/zqcanary-a";
  return {{{"case", "list", "--state", "all"}},
          {{"case", "show", case_}},
          {{"case", "show", case_, "--all"}},
          {{"case", "show", case_, "--evidence"}, 4},
          {{"case", "show", lead_}},
          {{"case", "export", case_, "--to", "exported"}, 4},
          {{"case", "exhibit", case_}, 4},
          {{"case", "exhibit", case_, "--entry", exhibit_, "--out", "taken"}, 4},
          {{"case", "bulk", "comment", "x", "--case", case_, "--yes"}, 4},
          {{"finding", "list"}},
          {{"finding", "show", finding_}},
          {{"finding", "show", finding_, "--evidence"}, 4},
          {{"lead", "list"}},
          {{"lead", "show", lead_}},
          {{"report", "list"}},
          {{"report", "show", report_}, 4},
          {{"report", "check", report_}, 4},
          {{"request", "list"}, 4},
          {{"request", "check", "usage.jsonl"}, 4},
          {{"request", "show", "q-000000000000"}, 4},
          {{"clearance", "list"}, 4},
          {{"clearance", "show", "k-000000000000"}, 4},
          {{"cluster", "list"}, 4},
          {{"cluster", "show", "zqcanary"}, 4},
          {{"cluster", "rulings"}, 4},
          {{"link", "--on", "client.address:20"}, 4},
          {{"link", "--on", "client.address:20", "--input", "gateway"}, 4},
          {{"link", "--on", "client.address:20", "--why", subject, "gateway/zqcanary-b"}, 4},
          {{"records", "show", record_}, 4},
          {{"records", "verify"}, 4},
          {{"records", "views"}, 4},
          {{"policy", "activate", "test.shadow", "--yes"}, 4},
          {{"policy", "activate", "test.shadow", "--over", "gateway", "--yes"}, 4},
          {{"policy", "backtest"}, 4},
          {{"policy", "backtest", "--over", "gateway", "--top", "1000"}, 4},
          {{"policy", "backtest", "--over", "usage.jsonl"}, 4},
          {{"policy", "backtest", "--over", "usage*.jsonl"}, 4},
          {{"policy", "backtest", "--over", "linked.jsonl"}, 4},
          {{"policy", "diff", "policies", "policies/volume.yaml"}, 4},
          {{"policy", "diff", "policies", "policies/volume.yaml", "--over", "gateway"}, 4},
          {{"policy", "docs"}},
          {{"policy", "explain", finding_}, 4},
          {{"policy", "explain", finding_, "--records"}, 4},
          {{"policy", "explain", "test.volume", "--subject", subject}, 4},
          {{"policy", "explain", "test.volume", "--subject", subject, "--over", "gateway"}, 4},
          {{"policy", "list"}},
          {{"policy", "publish"}, 4},
          {{"policy", "shadow"}, 4},
          {{"policy", "show", "test.volume"}},
          {{"notify", "list"}, 4},
          {{"notify", "silence", "list"}, 4},
          {{"ledger", "hold", "list"}, 4},
          {{"ledger", "erase", "list"}, 4},
          {{"ledger", "erase", "plan", case_}, 4},
          {{"ledger", "log", "--limit", "1000"}},
          {{"ledger", "head"}},
          {{"ledger", "proof", "0"}},
          {{"ledger", "timestamp"}},
          {{"ledger", "verify"}},
          {{"source", "list"}},
          {{"source", "check"}},
          {{"source", "doctor", "gateway"}},
          {{"source", "fields"}},
          {{"config", "check"}},
          {{"config", "show"}},
          {{"status"}},
          {{"user", "list"}}};
}

TEST_F(ViewerTest, ReadsCasesWithoutWhomTheyAreAbout) {
  const Answer list = viewed({"case", "list", "--state", "all"});
  EXPECT_EQ(list.status, 0) << list.err;
  EXPECT_THAT(list.out, AllOf(HasSubstr(case_), HasSubstr("(withheld)"), HasSubstr("Withheld: ")));
  const Answer page = viewed({"case", "show", case_});
  EXPECT_EQ(page.status, 0) << page.err;
  EXPECT_THAT(page.out, AllOf(HasSubstr("subject   (withheld)"), HasSubstr("Policy "),
                              HasSubstr("Requests of the subject"), HasSubstr("jo commented"),
                              HasSubstr("its words are for"), HasSubstr("Withheld: "),
                              Not(HasSubstr("Next, with"))));
  const auto json = viewed_json({"case", "show", case_});
  EXPECT_TRUE(json["subject"].is_null());
  EXPECT_EQ(json["withheld"], (nlohmann::json{"subject", "figures of text", "confidential", "named",
                                              "named_without_findings"}));
  EXPECT_TRUE(json["all_findings"][0]["subject"].is_null());
  EXPECT_EQ(json["all_findings"][0]["figures"].size(), 1U);  // a number, which is shown
  EXPECT_EQ(json["acts"].size(), 6U);
  for (const auto& act : json["acts"]) {
    EXPECT_TRUE(act["confidential"].is_null());
    EXPECT_EQ(act["words_withheld"], true);
    EXPECT_EQ(act["words_missing"], false);
  }
}

TEST_F(ViewerTest, ReadsHowManyALeadNames) {
  const Answer page = viewed({"case", "show", lead_});
  EXPECT_THAT(page.out, AllOf(HasSubstr(case_), HasSubstr("1 subject, withheld")));
  const auto json = viewed_json({"case", "show", lead_});
  EXPECT_EQ(json["named"], (nlohmann::json::array({{{"case", case_}, {"subject", nullptr}}})));
  EXPECT_TRUE(json["named_without_findings"].is_null());
  EXPECT_EQ(json["named_without_findings_count"], 1);
}

TEST_F(ViewerTest, ReadsFindingsWithoutRecords) {
  const Answer page = viewed({"finding", "show", finding_.substr(0, 8)});
  EXPECT_EQ(page.status, 0) << page.err;
  EXPECT_THAT(page.out, AllOf(HasSubstr(" contributing records, withheld"),
                              HasSubstr("subject   (withheld)"), HasSubstr("requests")));
  const auto json = viewed_json({"finding", "show", finding_});
  EXPECT_TRUE(json["subject"].is_null());
  EXPECT_FALSE(json.contains("evidence_records"));
  EXPECT_EQ(json["withheld"][2], "evidence_records");
}

// Every command that reads what is stored, as a page and as JSON.
TEST_F(ViewerTest, IsShownNoNameByAnyCommand) {
  const CommandOutline tree = command_tree();
  for (const Row& row : rows()) {
    std::vector<std::string> command = row.words;
    for (const bool json : {false, true}) {
      if (json && !takes_json(tree, row.words)) continue;
      if (json) command.emplace_back("--json");
      const Answer answer = viewed(command);
      const std::string words = joined(command);
      EXPECT_EQ(answer.status, row.status) << words << answer.err;
      EXPECT_THAT(answer.out, Not(HasSubstr("zqcanary"))) << words;
      if (words.find("zqcanary") == std::string::npos) {
        EXPECT_THAT(answer.err, Not(HasSubstr("zqcanary"))) << words;
      }
    }
  }
  // The same pages have them for others: what is looked for is there to be found.
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"case", "list", "--state", "all"},
        {"case", "show", case_},
        {"case", "show", lead_},
        {"finding", "list"},
        {"finding", "show", finding_},
        {"policy", "backtest", "--over", "gateway"},
        {"policy", "backtest", "--over", "linked.jsonl"},
        {"records", "show", record_, "--as", "jo"}}) {
    EXPECT_THAT(site_(command).out, HasSubstr("zqcanary")) << joined(command);
  }
}

// A new command is in the rows above, or somebody has thought about why it need not be.
TEST_F(ViewerTest, IsTriedOnEveryCommand) {
  const CommandOutline tree = command_tree();
  std::vector<std::string> known(std::begin(kShowNothingStored), std::end(kShowNothingStored));
  std::ranges::sort(known);
  std::set<std::string> tried;
  for (const Row& row : rows()) tried.insert(verb_of(tree, row.words).second);
  for (const std::string& verb : tried) {
    EXPECT_FALSE(std::ranges::binary_search(known, verb)) << verb;
  }
  known.insert(known.end(), tried.begin(), tried.end());
  EXPECT_THAT(known, testing::UnorderedElementsAreArray(all_verbs(tree)));
}

// Where what was issued no longer says what is so: whoever it is about stays unsaid.
TEST_F(ViewerTest, ReadsWhatHasChangedSinceAReport) {
  const auto reports = viewed_json({"case", "show", case_})["reports"];
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0]["state"], "issued");
  ASSERT_EQ(reports[0]["changes"].size(), 1U);
  EXPECT_EQ(reports[0]["changes"][0]["finding"], finding_);
  EXPECT_THAT(viewed({"case", "show", case_}).out, HasSubstr("1 finding has changed since"));
}

TEST_F(ViewerTest, IsRefusedWhatShowsAllAndThatIsAnAttempt) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"records", "show", record_},
        {"report", "show", report_},
        {"policy", "backtest"},
        {"cluster", "list"}}) {
    const Answer answer = viewed(command);
    EXPECT_EQ(answer.status, 4) << command[0] << ": " << answer.out;
    EXPECT_THAT(answer.err, HasSubstr("`di` is enrolled as viewer")) << command[0];
  }
  const auto attempts = site_.entries("case.refused");
  ASSERT_EQ(attempts.size(), 4U);
  EXPECT_EQ(attempts[0]["attempt"]["type"], "evidence.viewed");
  EXPECT_EQ(attempts[1]["attempt"]["type"], "read");
  EXPECT_EQ(attempts[0]["attempt"]["by"], "di");
  EXPECT_EQ(site_({"ledger", "verify"}).status, 0);
}

// Else whoever guesses a name learns whether somebody of that name was found.
TEST_F(ViewerTest, CannotAskForASubject) {
  for (const char* what : {"case", "finding"}) {
    const Answer answer = viewed({what, "list", "--subject", "account:gateway/zqcanary-a"});
    EXPECT_EQ(answer.status, 4) << what;
    EXPECT_THAT(answer.err, HasSubstr("is not for viewers")) << what;
  }
  const auto tried = site_.entries("case.refused");
  ASSERT_EQ(tried.size(), 2U);
  for (const auto& one : tried) {
    EXPECT_EQ(one["attempt"]["type"], "read");
    EXPECT_EQ(one["attempt"]["by"], "di");
    EXPECT_THAT(one.dump(),
                Not(HasSubstr("zqcanary")));  // whom they asked about is nobody's matter
  }
}

TEST_F(ViewerTest, IsWhoeverDoesNotSayWhoReadsWherePasswordsAreUsed) {
  ASSERT_TRUE(set_password(site_.path("state/people"), "jo",
                           Password("eleven green houses by the quay"), kLeastPasswordCost));
  site_.write("jo.txt", "eleven green houses by the quay\n");
  std::filesystem::permissions(site_.path("jo.txt"), std::filesystem::perms::owner_read);
  EXPECT_THAT(site_({"case", "show", case_}).out,
              AllOf(HasSubstr("(withheld)"), Not(HasSubstr("zqcanary"))));
  const Answer records = site_({"records", "show", record_});
  EXPECT_EQ(records.status, 2);
  EXPECT_THAT(records.err, HasSubstr("say who acts, with `--as HANDLE`"));
  EXPECT_TRUE(site_.entries("case.refused").empty());  // nobody has claimed to be anybody
  const Answer whole = site_({"case", "show", case_, "--as", "jo", "--password-file", "jo.txt"});
  EXPECT_EQ(whole.status, 0) << whole.err;
  EXPECT_THAT(whole.out, HasSubstr("zqcanary"));
  const Answer after =
      site_({"records", "show", record_, "--as", "jo", "--password-file", "jo.txt"});
  EXPECT_EQ(after.status, 0) << after.err;
  EXPECT_THAT(after.out, HasSubstr("zqcanary"));
}

TEST(MaskedCase, WithholdsFiguresThatAreTexts) {
  FindingState finding;
  finding.subject = "account:gateway/a";
  finding.figures = {
      {"requests", ValueType::kInt64, std::int64_t{4}, true},
      {"template", ValueType::kString, std::string("zqcanary"), true},
      {"addresses", ValueType::kStringList, std::vector<std::string>{"zqcanary"}, true}};
  const FindingState seen = masked(finding);
  EXPECT_EQ(seen.subject, "(withheld)");
  ASSERT_EQ(seen.figures.size(), 1U);
  EXPECT_EQ(seen.figures[0].name, "requests");
  finding.subject.clear();  // erased: that is no name, and stays told
  EXPECT_EQ(masked(finding).subject, "");
}

}  // namespace
}  // namespace tidewaiter
