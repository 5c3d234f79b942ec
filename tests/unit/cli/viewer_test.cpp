#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/cli/masked_case.h"
#include "storage/people/password_table.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A case about the account `zqcanary-a`, with a comment, an exhibit and an action, a lead about
/// somebody who has no case, a report that was issued, and the viewer `di`.
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
                     "Li=liaison", "--person", "Di=viewer"})
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
    done({"case", "action", case_, "zqcanary was called", "--as", "jo"});
    done({"lead", "add", "zqcanary shares a key", "--from", "zqcanary partner", "--subject",
          "zqcanary-unknown", "--subject", "zqcanary-a", "--as", "jo"});
    lead_ = site_({"lead", "list", "--json"}).json()["leads"][0]["id"];
    const auto drawn =
        site_({"report", "new", "partner-notice", "--case", case_, "--recipient", "zqcanary desk",
               "--say", "contact=zqcanary@partner.example", "--no-pdf", "--as", "li", "--json"});
    EXPECT_EQ(drawn.status, 0) << drawn.err;
    report_ = drawn.json()["report"]["id"];
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

  SmallSite site_;
  std::string case_;
  std::string lead_;
  std::string finding_;
  std::string report_;
  std::string record_;  ///< its number in the log
};

TEST_F(ViewerTest, ReadsCasesWithoutWhomTheyAreAbout) {
  const Answer list = viewed({"case", "list"});
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
  EXPECT_EQ(json["acts"].size(), 3U);
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

// Every command that reads what is stored, as a page and as JSON. Some of them show a viewer what
// names nobody, others nothing.
TEST_F(ViewerTest, IsShownNoNameByAnyCommand) {
  const std::vector<std::vector<std::string>> commands = {
      {"case", "list", "--state", "all"},
      {"case", "show", case_},
      {"case", "show", case_, "--all"},
      {"case", "show", case_, "--evidence"},
      {"case", "show", lead_},
      {"case", "export", case_, "--to", "exported"},
      {"case", "bulk", "comment", "x", "--case", case_, "--yes"},
      {"finding", "list"},
      {"finding", "show", finding_},
      {"finding", "show", finding_, "--evidence"},
      {"lead", "list"},
      {"report", "list"},
      {"report", "show", report_},
      {"report", "check", report_},
      {"request", "list"},
      {"clearance", "list"},
      {"cluster", "list"},
      {"cluster", "show", "zqcanary"},
      {"cluster", "rulings"},
      {"link", "account:gateway/zqcanary-a"},
      {"records", "show", record_},
      {"records", "views"},
      {"policy", "explain", finding_},
      {"policy", "explain", finding_, "--records"},
      {"policy", "backtest"},
      {"policy", "list"},
      {"notify", "list"},
      {"notify", "silence", "list"},
      {"ledger", "hold", "list"},
      {"ledger", "erase", "list"},
      {"ledger", "log", "--limit", "1000"},
      {"ledger", "head"},
      {"source", "list"},
      {"status"},
      {"user", "list"},
  };
  for (const bool json : {false, true}) {
    for (std::vector<std::string> command : commands) {
      if (json) command.emplace_back("--json");
      const Answer answer = viewed(command);
      std::string words;
      for (const std::string& word : command) words += word + " ";
      const bool asked_by_name = words.find("zqcanary") != std::string::npos;
      EXPECT_THAT(answer.out, Not(HasSubstr("zqcanary"))) << words;
      if (!asked_by_name) {
        EXPECT_THAT(answer.err, Not(HasSubstr("zqcanary"))) << words;
      }
    }
  }
  // The same pages have them for others: what is looked for is there to be found.
  for (const std::vector<std::string>& command : {std::vector<std::string>{"case", "list"},
                                                  {"case", "show", case_},
                                                  {"case", "show", lead_},
                                                  {"finding", "list"},
                                                  {"finding", "show", finding_},
                                                  {"records", "show", record_, "--as", "jo"}}) {
    EXPECT_THAT(site_(command).out, HasSubstr("zqcanary")) << command[0] << command[1];
  }
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
