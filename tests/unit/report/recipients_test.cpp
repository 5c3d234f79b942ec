// What a site gives which recipient, from its file to the folder that is issued.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/report_recipients.h"
#include "daemon/cli/report_material.h"
#include "policies/model/base64.h"
#include "storage/verify/bundle_check.h"
#include "tests/unit/cli/small_site.h"
#include "tests/unit/report/small_report.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kRecipients = R"(recipients:
  - id: agency-4
    name: The agency, unit 4
    authority: own right
    legal_basis: 18 USC 2702(c)(6)
    kinds: [referral]
    profile: subjects
    withholds: [figures, usage, models, names]
    handling: TLP:AMBER+STRICT
    handling_at_most: TLP:AMBER+STRICT
  - id: partner
    name: Partner, trust team
    handling: TLP:GREEN
    handling_at_most: TLP:GREEN
)";

/// A site with findings about the accounts a and c; the case is that of c.
class ReportRecipients : public testing::Test {
 protected:
  ReportRecipients() {
    site_.write("report-recipients.yaml", kRecipients);
    const Answer made =
        site_({"init", "--person", "Li=liaison", "--person", "Jo=officer", "--person",
               "Ada=approver", "--person", "Cy=counsel", "--person", "Pat=policy-writer"});
    EXPECT_EQ(made.status, 0) << made.err;
    site_.cycle();
    const auto cases = site_({"case", "list", "--subject", "account:gateway/c", "--json"}).json();
    case_ = cases["cases"][0]["id"];
  }

  [[nodiscard]] Answer draw(const std::vector<std::string>& more) const {
    std::vector<std::string> all{"report", "new"};
    all.insert(all.end(), more.begin(), more.end());
    all.insert(all.end(), {"--as", "li", "--no-pdf", "--json"});
    return site_(all);
  }
  /// Draws a notice to the partner and issues it; gives its id.
  [[nodiscard]] std::string issued_notice() const {
    const std::string id =
        draw({"partner-notice", "--case", case_, "--for", "partner"}).json()["report"]["id"];
    EXPECT_EQ(site_({"report", "approve", id, "--as", "ada", "--reason", "Read it"}).status, 0);
    EXPECT_EQ(
        site_({"report", "issue", id, "--to", "out", "--as", "li", "--reason", "Gaps"}).status, 0);
    return id;
  }
  [[nodiscard]] Answer correct(const std::string& id, const std::vector<std::string>& more) const {
    std::vector<std::string> all{"report", "correct", id, "--reason", "Two more"};
    all.insert(all.end(), more.begin(), more.end());
    all.insert(all.end(), {"--as", "li", "--no-pdf", "--json"});
    return site_(all);
  }
  [[nodiscard]] nlohmann::json report_of(const std::string& id) const {
    return nlohmann::json::parse(text_of(site_.path("state/reports/" + id + "/data/report.json")));
  }
  static std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  SmallSite site_;
  std::string case_;
};

TEST_F(ReportRecipients, AreGivenWhatTheSiteSays) {
  const Answer drawn = draw({"referral", "--case", case_, "--for", "agency-4"});
  ASSERT_EQ(drawn.status, 0) << drawn.err;
  const auto report = report_of(drawn.json()["report"]["id"]);
  EXPECT_EQ(report["profile"], "subjects");
  EXPECT_EQ(report["handling"], "TLP:AMBER+STRICT");
  EXPECT_EQ(report["recipient"],
            (nlohmann::json{{"id", "agency-4"},
                            {"profile", "subjects"},
                            {"withholds", {"figures", "models", "names", "usage"}},
                            {"handling_at_most", "TLP:AMBER+STRICT"}}));
  EXPECT_EQ(report["statements"]["recipient"], "The agency, unit 4");
  EXPECT_EQ(report["statements"]["authority"], "own right");
  EXPECT_EQ(report["statements"]["legal_basis"], "18 USC 2702(c)(6)");
  EXPECT_EQ(report["subjects"][0]["name"], "account:gateway/c");
  std::map<std::string, std::string> by;
  for (const auto& one : report["withheld"]) by[one["what"]] = one["by"];
  EXPECT_EQ(by["picture of usage over time"], "recipient agency-4");
  EXPECT_EQ(by["records of the first window of each finding"], "every report");
  const std::string page =
      text_of(site_.path("state/reports/" + report["id"].get<std::string>() + "/data/report.html"));
  EXPECT_THAT(page, HasSubstr("the house gives the recipient `agency-4` no usage over time (by "
                              "recipient agency-4)"));
  EXPECT_TRUE(report["series"].empty());
}

TEST_F(ReportRecipients, GetNoWithheldValueInAnyFileAndAVerifierTakesTheFolder) {
  const Answer drawn = draw({"partner-notice", "--case", case_, "--for", "partner"});
  ASSERT_EQ(drawn.status, 0) << drawn.err;
  const std::string id = drawn.json()["report"]["id"];
  ASSERT_EQ(site_({"report", "approve", id, "--as", "ada", "--reason", "Read it"}).status, 0);
  const Answer out =
      site_({"report", "issue", id, "--to", "out", "--as", "li", "--reason", "Gaps"});
  ASSERT_EQ(out.status, 0) << out.err;
  std::string key = text_of(site_.path("state/ledger.vkey"));
  key.erase(key.find_last_not_of(" \r\n") + 1);
  const BundleReport verdict = verify_bundle(site_.path("out"), key);
  EXPECT_TRUE(verdict.ok()) << bundle_text(verdict);
  EXPECT_EQ(verdict.disclosures, 0);
  for (const auto& one : fs::recursive_directory_iterator(site_.path("out"))) {
    if (!one.is_regular_file()) continue;
    EXPECT_THAT(text_of(one.path()), Not(HasSubstr("gateway/c"))) << one.path();
  }
  // The check finds what is let through to another.
  const auto named = draw({"referral", "--case", case_, "--for", "agency-4"}).json();
  EXPECT_THAT(report_of(named["report"]["id"]).dump(), HasSubstr("gateway/c"));
}

constexpr std::string_view kWithheldText = "canary-figure";

/// Adds a finding with a figure that is a text, which no policy measures yet; gives its entry.
std::int64_t add_text_figure(Ledger& ledger) {
  const auto at = ledger.position();
  EXPECT_TRUE(at);
  Step step;
  step.seq = at->offset.seq + 1;
  step.kind = StepKind::kOpened;
  step.policy = "test.volume";
  step.policy_version = 1;
  step.policy_hash = sha256("policy");
  step.finding = finding_id(at->log_id, step.policy, step.seq, 0);
  step.severity = Severity::kHigh;
  step.subject = {{*find_field("account")}, {"d"}, "gateway"};
  step.run = {UtcTime{0}, UtcTime{0} + kHour};
  step.windows = 1;
  step.figures = {{"tag", ValueType::kString, Value(std::string(kWithheldText)), true}};
  step.evidence = {step.seq};
  step.evidence_total = 1;
  LedgerCommit commit;
  commit.steps = {step};
  commit.offset = LogOffset{step.seq, sha256("log")};
  commit.log_id = at->log_id;
  const auto receipt = ledger.commit(commit, UtcTime{1'791'208'800'000'000});
  EXPECT_TRUE(receipt) << receipt.error().message;
  return receipt ? receipt->first_index : 0;
}

/// Whether bytes have the text, as it is or anywhere in base64url.
bool has_text(const std::string& bytes, std::string_view text) {
  if (bytes.find(text) != std::string::npos) return true;
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string coded = to_base64(std::string(before, 'x') + std::string(text), Base64::kUrl);
    // The characters that no bit of other bytes is in.
    const std::size_t from = (before * 8 + 5) / 6;
    const std::size_t to = (before + text.size()) * 8 / 6;
    if (bytes.find(coded.substr(from, to - from)) != std::string::npos) return true;
  }
  return false;
}

TEST_F(ReportRecipients, GetNoDisclosureOfAFigureThatIsWithheld) {
  auto ledger = Ledger::open(site_.ledger_paths(), Ledger::Mode::kReadWrite);
  ASSERT_TRUE(ledger) << ledger.error().message;
  Stores stores;
  Report report = small_report();
  report.findings[0].entries = {add_text_figure(**ledger)};
  stores.ledger = std::move(*ledger);
  ReportRequest request;
  request.profile = redaction_profile("subjects");
  const auto files_with_it = [&] {
    const auto disclosures = report_disclosures(stores, report, request);
    EXPECT_TRUE(disclosures);
    int found = 0;
    for (const auto& [name, bytes] : report_files(report, *disclosures)) {
      found += has_text(bytes, kWithheldText) ? 1 : 0;
    }
    return found;
  };
  EXPECT_EQ(files_with_it(), 1) << "who is given all has it";
  request.recipient.emplace();
  EXPECT_EQ(files_with_it(), 1);
  request.recipient->withholds = {"figures"};
  EXPECT_EQ(files_with_it(), 0);
  const auto left = report_disclosures(stores, report, request);
  ASSERT_TRUE(left);
  ASSERT_EQ(left->size(), 1U);
  EXPECT_EQ(left->front().name, "subject");
}

TEST_F(ReportRecipients, AreMeantByTheirNameAndGetNoMore) {
  const Answer more = draw({"referral", "--case", case_, "--recipient", " partner, TRUST team ",
                            "--profile", "subjects"});
  EXPECT_EQ(more.status, 4);
  EXPECT_THAT(more.err, HasSubstr("the recipient `partner` is given the redaction profile `facts`, "
                                  "and `subjects` discloses more"));
  const Answer less =
      draw({"referral", "--case", case_, "--for", "agency-4", "--profile", "facts"});
  ASSERT_EQ(less.status, 0) << less.err;
  EXPECT_EQ(report_of(less.json()["report"]["id"])["withheld"][0]["by"], "profile facts");
}

TEST_F(ReportRecipients, AreTheSameInACorrectionWhateverTheyAreCalled) {
  const std::string id = issued_notice();
  site_.write("report-recipients.yaml",
              "recipients: [{id: partner, name: Partner and Sons, withholds: [usage]}]\n");
  const Answer renamed = correct(id, {});
  ASSERT_EQ(renamed.status, 0) << renamed.err;
  const auto report = report_of(renamed.json()["report"]["id"]);
  EXPECT_EQ(report["recipient"]["id"], "partner");
  EXPECT_EQ(report["recipient"]["withholds"], nlohmann::json{"usage"});
  EXPECT_EQ(report["statements"]["recipient"], "Partner and Sons");
}

TEST_F(ReportRecipients, AreSaidAnewWhereTheFileHasThemNoMore) {
  const std::string id = issued_notice();
  site_.write("report-recipients.yaml",
              "recipients: [{id: other, name: \"Partner, trust team of old\"}]\n");
  const Answer gone = correct(id, {});
  EXPECT_EQ(gone.status, 4);
  EXPECT_THAT(gone.err, AllOf(HasSubstr("was drawn for the recipient `partner`"),
                              HasSubstr("--for or --recipient")));
  const Answer other = correct(id, {"--for", "other"});
  ASSERT_EQ(other.status, 0) << other.err;
  EXPECT_EQ(report_of(other.json()["report"]["id"])["recipient"]["id"], "other");
  const Answer typed = correct(id, {"--recipient", "Partner, trust team"});
  ASSERT_EQ(typed.status, 0) << typed.err;
  EXPECT_TRUE(report_of(typed.json()["report"]["id"])["recipient"].is_null());
}

TEST_F(ReportRecipients, AreRefusedACorrectionThatTheyAreNotGivenAnyMore) {
  const std::string id = issued_notice();
  site_.write("report-recipients.yaml",
              "recipients: [{id: partner, name: P, handling: TLP:CLEAR, "
              "handling_at_most: TLP:CLEAR}]\n");
  EXPECT_EQ(correct(id, {}).status, 4);
  const Answer laxer = correct(id, {"--handling", "TLP:CLEAR"});
  EXPECT_EQ(laxer.status, 0) << laxer.err;
}

TEST_F(ReportRecipients, AreRefusedWhatTheirKindOrMarkingDoesNotAllow) {
  const Answer kind = draw({"partner-notice", "--case", case_, "--for", "agency-4"});
  EXPECT_EQ(kind.status, 4);
  EXPECT_THAT(kind.err, HasSubstr("is given no report of kind `partner-notice`"));
  const Answer marking =
      draw({"partner-notice", "--case", case_, "--for", "partner", "--handling", "TLP:RED"});
  EXPECT_EQ(marking.status, 4);
  EXPECT_THAT(marking.err, HasSubstr("is given what is marked `TLP:GREEN` at most"));
  const Answer little = draw({"account-holder-notice", "--case", case_, "--for", "partner"});
  EXPECT_EQ(little.status, 4);
  EXPECT_THAT(little.err, HasSubstr("lets through too little for a report of kind "
                                    "`account-holder-notice`"));
  site_.write("report-recipients.yaml",
              "recipients: [{id: board, name: Board, profile: subjects}]\n");
  const Answer profile =
      draw({"period-summary", "--period", "2026-10-01..2026-11-01", "--for", "board"});
  EXPECT_EQ(profile.status, 4);
  EXPECT_THAT(profile.err, HasSubstr("`subjects` would disclose more than a report of kind "
                                     "`period-summary`"));
  const Answer nobody = draw({"referral", "--case", case_, "--for", "agency-9"});
  EXPECT_EQ(nobody.status, 2);
  EXPECT_THAT(nobody.err, HasSubstr("which has `board`"));
  EXPECT_TRUE(site_.entries("report.drafted").empty());
}

TEST_F(ReportRecipients, AreTakenFromAFileWithoutFaults) {
  EXPECT_EQ(site_({"config", "check"}).status, 0);
  site_.write("report-recipients.yaml",
              "recipients:\n"
              "  - {id: a, name: A, profile: subjects, kinds: [period-summary]}\n"
              "  - {id: b, name: a}\n"
              "  - {id: c, name: C, handling: TLP:RED, handling_at_most: TLP:GREEN}\n"
              "  - {id: d, name: D, withhold: [figures]}\n"
              "  - {id: e}\n"
              "  - {id: f, name: F, withholds: [all]}\n"
              "  - {id: g, name: G, handling_at_most: TLP:GREEN}\n"
              "  - {id: h, name: H, handling_at_most: TLP:AMBER+STRICT}\n");
  const Answer checked = site_({"config", "check"});
  EXPECT_NE(checked.status, 0);
  EXPECT_THAT(
      checked.out,
      AllOf(HasSubstr("report-recipients.yaml:2:31"), HasSubstr("would disclose more than"),
            HasSubstr("report-recipients.yaml:3:5: error TW0604"),
            HasSubstr("`handling` is stricter than `handling_at_most`"),
            HasSubstr("did you mean `withholds`?"), HasSubstr("a recipient needs `name`"),
            HasSubstr("report-recipients.yaml:7:34"), HasSubstr("report-recipients.yaml:8:40"),
            HasSubstr("`handling` is left out, which is `TLP:AMBER`"),
            Not(HasSubstr("report-recipients.yaml:9:"))));
  EXPECT_EQ(draw({"referral", "--case", case_, "--recipient", "X"}).status, checked.status);
  std::vector<Diagnostic> faults;
  EXPECT_TRUE(read_report_recipients(site_.path("none.yaml"), faults).empty());
  EXPECT_TRUE(faults.empty());
}

// White_Space of Unicode 15.0 (PropList.txt), all of it, and three characters without width.
TEST(ReportRecipient, IsFoundByItsNameWhateverItsBlanksAre) {
  std::vector<ReportRecipient> all(2);
  all[0].id = "agency-4";
  all[0].name = "The  agency,\u00A0unit 4";
  all[1].id = "other";
  all[1].name = "Theagency";
  for (const char* const blank :
       {" ",      "  ",     "\t",     "\n",     "\v",     "\f",        "\r",
        "\u0085", "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002",    "\u2003",
        "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009",    "\u200A",
        "\u2028", "\u2029", "\u202F", "\u205F", "\u3000", " \u3000\t", "\u200B \uFEFF\u2060"}) {
    const std::string b = blank;
    EXPECT_EQ(recipient_named(all, b + "THE" + b + "agency," + b + "unit" + b + "4" + b),
              all.data())
        << testing::PrintToString(b);
    EXPECT_EQ(recipient_named(all, b + "Agency-4" + b), all.data()) << testing::PrintToString(b);
  }
  EXPECT_EQ(recipient_named(all, "The\u200Bagency"), &all[1]);
  EXPECT_EQ(recipient_named(all, "agency - 4"), nullptr);
  EXPECT_EQ(recipient_named(all, "\u00A0"), nullptr);
  EXPECT_EQ(recipient_named(all, "Theagency\xA0"), nullptr) << "which is no UTF-8";
}

}  // namespace
}  // namespace tidewaiter
