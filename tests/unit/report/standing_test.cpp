// What happens to a report after it was issued, from the command line to the verifier.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/verify/bundle_check.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string whole_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A site with findings about accounts a and c, and a partner's notice about c that went out.
class ReportStandingCli : public testing::Test {
 protected:
  ReportStandingCli() {
    const Answer made =
        site_({"init", "--person", "Li=liaison", "--person", "Jo=officer", "--person",
               "Ada=approver", "--person", "Ben=approver", "--person", "Cy=counsel"});
    EXPECT_EQ(made.status, 0) << made.err;
    site_.cycle();
    const auto cases = site_({"case", "list", "--json"}).json()["cases"];
    for (const auto& one : cases) {
      if (one["subject"] == "account:gateway/c") case_ = one["id"];
    }
    first_ = done({"report", "new", "partner-notice", "--case", case_, "--recipient", "Partner",
                   "--handling", "TLP:GREEN", "--say", "contact=desk@small.example", "--no-pdf",
                   "--as", "li"})["report"]["id"];
    approve(first_);
    issue(first_, "first");
  }

  [[nodiscard]] nlohmann::json done(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    const Answer answer = site_(arguments);
    EXPECT_EQ(answer.status, 0) << answer.err;
    return answer.status == 0 ? answer.json() : nlohmann::json();
  }
  [[nodiscard]] std::string refused(const std::vector<std::string>& arguments) const {
    const Answer answer = site_(arguments);
    EXPECT_EQ(answer.status, 4) << answer.out;
    return answer.err;
  }
  void approve(const std::string& id, const std::string& by = "ada") const {
    static_cast<void>(done({"report", "approve", id, "--as", by, "--reason", "Read it"}));
  }
  void issue(const std::string& id, const std::string& folder) const {
    static_cast<void>(done({"report", "issue", id, "--to", folder, "--as", "li", "--reason",
                            "The rest is not known"}));
  }
  [[nodiscard]] std::string follow(const std::string& how, const std::string& id) const {
    return done({"report", how, id, "--reason", "It was another tenant", "--no-pdf", "--as",
                 "li"})["report"]["id"];
  }
  /// The case is no violation, by two people.
  void decide() const {
    const auto seen = [this] {
      return std::to_string(done({"status"})["ledger"]["size"].get<std::int64_t>());
    };
    static_cast<void>(done({"case", "decide", case_, "false-positive", "--seen", seen(), "--as",
                            "jo", "--reason", "A load test"}));
    static_cast<void>(
        done({"case", "approve", case_, "--seen", seen(), "--as", "ada", "--reason", "Agreed"}));
  }
  [[nodiscard]] nlohmann::json listed(const std::string& id) const {
    const auto reports = done({"report", "list"})["reports"];
    for (const auto& one : reports) {
      if (one["id"] == id) return one;
    }
    return {};
  }
  [[nodiscard]] BundleReport verified(const std::string& folder) const {
    std::string line = whole_file(site_.path("state/ledger.vkey"));
    line.erase(line.find_last_not_of(" \r\n") + 1);
    return verify_bundle(site_.path(folder), line);
  }
  [[nodiscard]] fs::path drawn(const std::string& id) const {
    return site_.path("state/reports/" + id + "/data");
  }

  SmallSite site_;
  std::string case_;
  std::string first_;
};

TEST_F(ReportStandingCli, SaysWhichFindingsHaveChangedSince) {
  EXPECT_EQ(listed(first_)["changes"], nlohmann::json::array());
  EXPECT_EQ(done({"status"})["reports"], (nlohmann::json{{"issued", 1},
                                                         {"withdrawn", 0},
                                                         {"changed", nlohmann::json::array()},
                                                         {"unread", nlohmann::json::array()}}));
  decide();
  const auto changes = listed(first_)["changes"];
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0]["what"], "decided");
  EXPECT_EQ(changes[0]["was"], "potential violation");
  EXPECT_EQ(changes[0]["is"], "false positive");
  EXPECT_EQ(done({"status"})["reports"]["changed"],
            (nlohmann::json::array({{{"report", first_}, {"findings", 1}}})));
  const std::string note = "1 finding has changed since";
  EXPECT_THAT(site_({"status"}).out, AllOf(HasSubstr("1 issued, 0 withdrawn"), HasSubstr(note)));
  EXPECT_THAT(site_({"report", "list"}, 120).out, HasSubstr("1 issued report asks for an answer"));
  EXPECT_THAT(site_({"report", "show", first_}).out,
              AllOf(HasSubstr("was potential violation, is false positive"),
                    HasSubstr("tidewaiter report withdraw " + first_)));
  EXPECT_THAT(site_({"case", "show", case_}).out,
              AllOf(HasSubstr("partner-notice: issued"), HasSubstr(note)));
}

TEST_F(ReportStandingCli, SaysSoWhereItsFilesAreGone) {
  fs::rename(drawn(first_), site_.path("elsewhere"));
  EXPECT_TRUE(listed(first_)["changes"].is_null());
  EXPECT_EQ(done({"status"})["reports"]["unread"], nlohmann::json::array({first_}));
  EXPECT_THAT(site_({"report", "show", first_}).out, HasSubstr("cannot be told"));
  // What went out has them.
  fs::copy(site_.path("first/data"), drawn(first_));
  EXPECT_EQ(listed(first_)["changes"], nlohmann::json::array());
}

// Two people decide while the correction is being drawn, after the first report was read and before
// the clock is: what the page says of changes and what it says of decisions are of one moment.
TEST_F(ReportStandingCli, ACorrectionIsDrawnFromOneReading) {
  std::ostringstream out;
  std::ostringstream err;
  Environment environment;
  environment.working_folder = site_.path("");
  environment.host_name = "gate1";
  bool decided = false;
  const auto now = [&] {
    if (!std::exchange(decided, true)) decide();
    return site_.now;
  };
  const std::vector<std::string> arguments = {"--config", site_.path("tidewaiter.yaml").string(),
                                              "report",   "correct",
                                              first_,     "--reason",
                                              "A look",   "--no-pdf",
                                              "--as",     "li",
                                              "--json"};
  const int status = run_command_line(arguments, out, err, environment, now,
                                      [](ColorChoice) { return Terminal{}; });
  ASSERT_EQ(status, 0) << err.str();
  ASSERT_TRUE(decided);
  const std::string id = nlohmann::json::parse(out.str())["report"]["id"];
  const auto json = nlohmann::json::parse(whole_file(drawn(id) / "report.json"));
  ASSERT_EQ(json["follows"]["changes"].size(), 1U);
  EXPECT_EQ(json["follows"]["changes"][0]["is"], "false positive");
  EXPECT_EQ(json["findings"][0]["standing"], "false positive");
}

TEST_F(ReportStandingCli, ACorrectionTakesItsPlace) {
  decide();
  const std::string second = follow("correct", first_);
  EXPECT_EQ(listed(first_)["state"], "issued");
  EXPECT_EQ(listed(first_)["changes"].size(), 1U);  // a draft answers nothing
  approve(second);
  issue(second, "second");
  EXPECT_TRUE(listed(first_)["changes"].is_null());
  EXPECT_EQ(
      listed(first_)["followers"],
      (nlohmann::json::array({{{"as", "corrects"}, {"report", second}, {"withdrawn", false}}})));
  EXPECT_THAT(site_({"report", "show", first_}).out, HasSubstr("issued, corrected by " + second));
  EXPECT_THAT(site_({"case", "show", case_}).out, HasSubstr("corrected by " + second));

  const auto json = nlohmann::json::parse(whole_file(drawn(second) / "report.json"));
  EXPECT_EQ(json["follows"]["as"], "corrects");
  EXPECT_EQ(json["follows"]["report"], first_);
  EXPECT_EQ(json["follows"]["why"], "It was another tenant");
  EXPECT_EQ(json["follows"]["changes"][0]["is"], "false positive");
  EXPECT_EQ(json["handling"], "TLP:GREEN");
  EXPECT_EQ(json["statements"]["contact"], "desk@small.example");
  EXPECT_EQ(json["follows"]["manifest"],
            to_hex(sha256(whole_file(site_.path("first/manifest-sha256.txt")))));
  EXPECT_THAT(whole_file(drawn(second) / "report.html"),
              AllOf(HasSubstr("What it corrects, and why"), HasSubstr(first_)));

  const BundleReport bundle = verified("second");
  EXPECT_TRUE(bundle.ok()) << bundle_text(bundle);
  EXPECT_THAT(bundle_text(bundle), HasSubstr("corrects  report " + first_));
  // What went out first does not know it; written out again it does.
  EXPECT_THAT(bundle_text(verified("first")), Not(HasSubstr("CORRECTED")));
  const Answer again =
      site_({"report", "issue", first_, "--to", "again", "--as", "li", "--reason", "A friend"});
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.err, AllOf(HasSubstr("is corrected by `" + second + "`"),
                               HasSubstr("no reason is recorded")));
  EXPECT_THAT(bundle_text(verified("again")),
              AllOf(HasSubstr("The bundle holds"), HasSubstr("CORRECTED since")));
}

TEST_F(ReportStandingCli, ASupplementAnswersWhatItHadSeen) {
  const std::string early = follow("supplement", first_);
  approve(early);
  issue(early, "early");
  decide();
  // Neither of the two has seen the decision.
  EXPECT_EQ(listed(first_)["changes"].size(), 1U);
  EXPECT_EQ(listed(early)["changes"].size(), 1U);
  const std::string late = follow("supplement", first_);
  approve(late);
  issue(late, "late");
  EXPECT_EQ(listed(first_)["changes"].size(), 0U);
  EXPECT_EQ(listed(early)["changes"].size(), 1U);
  EXPECT_TRUE(verified("late").ok());
}

TEST_F(ReportStandingCli, AWithdrawalTakesTwoPeople) {
  const auto asked = done({"report", "withdraw", first_, "--reason", "Not theirs", "--as", "li"});
  EXPECT_EQ(asked["report"]["state"], "issued");
  EXPECT_EQ(asked["report"]["withdrawal"]["holds"], false);
  approve(first_, "ben");
  EXPECT_EQ(listed(first_)["state"], "withdrawn");
  EXPECT_EQ(listed(first_)["withdrawal"]["holds"], true);
  EXPECT_THAT(site_({"report", "show", first_}).out,
              AllOf(HasSubstr("state     withdrawn"), HasSubstr("asked for by li"),
                    HasSubstr("Not theirs"), HasSubstr("by ben")));
  EXPECT_THAT(site_({"case", "show", case_}).out, HasSubstr("partner-notice: withdrawn"));
  EXPECT_THAT(site_({"status"}).out, HasSubstr("0 issued, 1 withdrawn"));
  const Answer again = site_({"report", "issue", first_, "--to", "again", "--as", "li"});
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.err, AllOf(HasSubstr("warning: the report was withdrawn"),
                               Not(HasSubstr("no reason is recorded"))));
  const BundleReport bundle = verified("again");
  EXPECT_TRUE(bundle.ok()) << bundle_text(bundle);
  EXPECT_THAT(bundle_text(bundle), HasSubstr("WITHDRAWN since"));
  EXPECT_EQ(nlohmann::json::parse(bundle_json(bundle))["report"]["withdrawn"]["by"], "li");
}

TEST_F(ReportStandingCli, RefusesWhatTheRulesForbidAndRecordsTheAttempt) {
  const std::string draft = follow("correct", first_);
  EXPECT_THAT(refused({"report", "correct", draft, "--reason", "x", "--no-pdf", "--as", "li"}),
              HasSubstr("is draft: only what was issued"));
  EXPECT_THAT(refused({"report", "withdraw", draft, "--reason", "x", "--as", "li"}),
              HasSubstr("only what was issued is withdrawn"));
  EXPECT_THAT(refused({"report", "withdraw", first_, "--reason", " ", "--as", "li"}),
              HasSubstr("it gives no reason"));
  EXPECT_THAT(refused({"report", "withdraw", first_, "--reason", "x", "--as", "ada"}),
              HasSubstr("is for liaison, officer"));
  static_cast<void>(done({"report", "withdraw", first_, "--reason", "x", "--as", "li"}));
  EXPECT_THAT(refused({"report", "withdraw", first_, "--reason", "y", "--as", "jo"}),
              HasSubstr("`li` has asked for that"));
  EXPECT_THAT(refused({"report", "approve", first_, "--reason", "x", "--as", "li"}),
              HasSubstr("enrolled as liaison"));
  approve(first_);
  EXPECT_THAT(refused({"report", "withdraw", first_, "--reason", "y", "--as", "li"}),
              HasSubstr("is withdrawn"));
  EXPECT_THAT(refused({"report", "supplement", first_, "--reason", "x", "--no-pdf", "--as", "li"}),
              HasSubstr("is withdrawn"));
  const auto attempts = site_.entries("case.refused");
  ASSERT_EQ(attempts.size(), 8U);
  EXPECT_EQ(attempts[0]["attempt"]["type"], "report.drafted");
  EXPECT_EQ(attempts[1]["attempt"]["type"], "report.withdrawn");
  EXPECT_EQ(attempts[1]["attempt"]["case"], draft);
}

TEST_F(ReportStandingCli, ARequestIsAnsweredByTheReportThatIsDrawnForIt) {
  // It is Monday, 5 October; ten business days on, without Columbus Day, is Tuesday, 20 October.
  const auto entered =
      done({"request", "add", "--from", "Agency, unit 4", "--authority", "court order",
            "--reference", "26-117", "--legal-basis", "Law 12", "--rule", "business-days:10",
            "--case", case_, "--as", "li"})["request"];
  const std::string id = entered["id"];
  EXPECT_EQ(entered["state"], "open");
  EXPECT_EQ(entered["received"], "2026-10-05");
  EXPECT_EQ(entered["due"], "2026-10-20");
  EXPECT_EQ(entered["from"], "Agency, unit 4");
  EXPECT_EQ(site_.entries("request.received")[0].dump().find("unit 4"), std::string::npos);

  const std::string report = done({"report", "new", "partner-notice", "--request", id, "--no-pdf",
                                   "--as", "li"})["report"]["id"];
  const auto json = nlohmann::json::parse(whole_file(drawn(report) / "report.json"));
  EXPECT_EQ(json["request"], id);
  EXPECT_EQ(json["case"], case_);
  EXPECT_EQ(json["statements"]["recipient"], "Agency, unit 4");
  EXPECT_EQ(json["statements"]["authority"], "court order, reference 26-117");
  EXPECT_EQ(json["statements"]["legal_basis"], "Law 12");
  EXPECT_THAT(whole_file(drawn(report) / "report.html"), HasSubstr("Answers the request"));

  site_.now = site_.now + Duration{16 * kDay.us};  // the 21st
  EXPECT_EQ(done({"status"})["requests"],
            (nlohmann::json{{"open", 1}, {"overdue", nlohmann::json::array({id})}}));
  EXPECT_THAT(site_({"status"}).out, HasSubstr("due 2026-10-20, 1 business day late"));
  approve(report);
  issue(report, "answer");
  EXPECT_TRUE(verified("answer").ok());
  const auto answered = done({"request", "show", id})["request"];
  EXPECT_EQ(answered["state"], "answered");
  EXPECT_EQ(answered["answers"], nlohmann::json::array({report}));
  EXPECT_EQ(done({"status"})["requests"]["open"], 0);
  EXPECT_THAT(site_({"request", "show", id}).out,
              AllOf(HasSubstr("answered by " + report), HasSubstr("26-117"),
                    HasSubstr("2026-10-20, by business-days:10")));
  EXPECT_THAT(refused({"request", "close", id, "--refuse", "--reason", "x", "--as", "li"}),
              HasSubstr("is answered already"));
  EXPECT_THAT(site_({"request", "list"}, 120).out, HasSubstr("Agency, unit 4"));
}

// The digest is sha256sum's of the eleven bytes.
TEST_F(ReportStandingCli, ARequestHasTheDocumentByWhichItWasMade) {
  site_.write("desk/order-26-117.pdf", "hello world");
  site_.write("other.pdf", "hello World");
  const std::string digest = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
  const nlohmann::json document = {{"name", "order-26-117.pdf"}, {"bytes", 11}, {"sha256", digest}};
  const auto entered = done({"request", "add", "--from", "Agency", "--authority", "court order",
                             "--document", "desk/order-26-117.pdf", "--case", case_, "--as", "li"});
  EXPECT_EQ(entered["request"]["document"], document);
  const std::string id = entered["request"]["id"];
  // All of it is sealed: who has a copy of the order cannot tell from the log that it came here.
  const std::string entry = site_.entries("request.received")[0].dump();
  EXPECT_EQ(entry.find(digest), std::string::npos);
  EXPECT_EQ(entry.find("order-26"), std::string::npos);
  EXPECT_THAT(site_({"request", "show", id}).out,
              HasSubstr("document  order-26-117.pdf, 11 bytes\n            SHA-256 " + digest));

  EXPECT_EQ(done({"request", "check", "desk/order-26-117.pdf"}),
            (nlohmann::json{
                {"document", document}, {"requests", nlohmann::json::array({id})}, {"untold", 0}}));
  const Answer no = site_({"request", "check", "other.pdf"});
  EXPECT_EQ(no.status, 1);
  EXPECT_THAT(no.out, HasSubstr("is the document of no request"));
  EXPECT_EQ(site_({"request", "check", "absent.pdf"}).status, 2);
  // Nothing of the state is looked at for whoever may only run the program.
  EXPECT_EQ(site_({"request", "check", "state/ledger.key"}).status, 4);
  EXPECT_EQ(site_({"request", "add", "--from", "A", "--authority", "order", "--document",
                   "state/ledger.key", "--as", "li"})
                .status,
            4);

  const auto drawn_as = [this, &id](const std::string& profile) {
    const std::string report =
        done({"report", "new", "partner-notice", "--request", id, "--profile", profile, "--no-pdf",
              "--as", "li"})["report"]["id"];
    return drawn(report);
  };
  const fs::path named = drawn_as("subjects");
  EXPECT_EQ(nlohmann::json::parse(whole_file(named / "report.json"))["request_document"], document);
  EXPECT_THAT(whole_file(named / "report.html"),
              AllOf(HasSubstr("Document of the request"), HasSubstr("order-26-117.pdf"),
                    HasSubstr("11 bytes, SHA-256 " + digest)));
  // The name of a file may name somebody.
  const fs::path facts = drawn_as("facts");
  const auto withheld = nlohmann::json::parse(whole_file(facts / "report.json"));
  EXPECT_EQ(withheld["request_document"]["name"], nullptr);
  EXPECT_EQ(withheld["request_document"]["sha256"], digest);
  EXPECT_THAT(withheld["withheld"].dump(), HasSubstr("name of the file by which the request"));
  for (const auto& file : fs::recursive_directory_iterator(facts)) {
    if (!file.is_regular_file()) continue;
    EXPECT_THAT(whole_file(file.path()), Not(HasSubstr("order-26-117")));
  }

  // Where the words are gone nobody can tell.
  fs::remove_all(site_.path("state/acts"));
  EXPECT_EQ(done({"request", "show", id})["request"]["document"], nullptr);
  const Answer untold = site_({"request", "check", "desk/order-26-117.pdf"});
  EXPECT_EQ(untold.status, 1);
  EXPECT_THAT(untold.out, HasSubstr("cannot be told of 1 request"));
}

TEST_F(ReportStandingCli, ARequestIsClosedWithAReason) {
  const auto enter = [this](const std::string& due) {
    return done({"request", "add", "--from", "Agency", "--authority", "subpoena", "--due", due,
                 "--as", "cy"})["request"]["id"]
        .get<std::string>();
  };
  const std::string first = enter("2026-10-06");
  const std::string second = enter("2026-10-07");
  EXPECT_THAT(refused({"request", "close", first, "--refuse", "--reason", " ", "--as", "li"}),
              HasSubstr("it gives no reason"));
  const auto closed = done(
      {"request", "close", first, "--refuse", "--reason", "No signature", "--as", "li"})["request"];
  EXPECT_EQ(closed["state"], "refused");
  EXPECT_THAT(site_({"request", "show", first}).out, HasSubstr("refused, No signature"));
  EXPECT_THAT(refused({"report", "new", "partner-notice", "--request", first, "--case", case_,
                       "--no-pdf", "--as", "li"}),
              HasSubstr("is refused, and closed"));
  EXPECT_EQ(done({"request", "close", second, "--report", first_, "--reason", "Sent before", "--as",
                  "li"})["request"]["answers"],
            nlohmann::json::array({first_}));
  EXPECT_EQ(site_({"request", "close", second, "--reason", "x", "--as", "li"}).status, 2);
  EXPECT_EQ(site_.entries("request.closed").size(), 2U);
}

// One approver signs policies, and nobody else.
TEST(ReportPolicyModeCli, OfASiteWhereOnePersonSignsPoliciesIsDrawnAndNotIssued) {
  const SmallSite site;
  ASSERT_EQ(site({"init", "--person", "Li=liaison", "--person", "Ada=approver"}).status, 0);
  site.cycle();
  const std::string about = site({"case", "list", "--json"}).json()["cases"][0]["id"];
  const Answer drawn = site({"report", "new", "partner-notice", "--case", about, "--recipient",
                             "Agency", "--no-pdf", "--as", "li", "--json"});
  ASSERT_EQ(drawn.status, 0) << drawn.err;
  EXPECT_THAT(drawn.err, HasSubstr("warning: the site is in unsigned policy mode"));
  const std::string id = drawn.json()["report"]["id"];
  const fs::path data = site.path("state/reports/" + id + "/data");
  EXPECT_EQ(nlohmann::json::parse(whole_file(data / "report.json"))["policy_mode"],
            "unsigned policy mode");
  const std::string page = whole_file(data / "report.html");
  EXPECT_LT(page.find("Unsigned policy mode."), page.find("<dl>"));
  ASSERT_EQ(site({"report", "approve", id, "--as", "ada", "--reason", "Read it"}).status, 0);
  const std::vector<std::string> issue = {"report", "issue", id,         "--to", "out",
                                          "--as",   "li",    "--reason", "Gaps"};
  const Answer refused = site(issue);
  EXPECT_EQ(refused.status, 4);
  EXPECT_THAT(refused.err, HasSubstr("unsigned policy mode: one person alone may sign"));
  EXPECT_FALSE(fs::exists(site.path("out")));
  ASSERT_EQ(site.entries("case.refused").size(), 1U);
  EXPECT_EQ(site.entries("case.refused")[0]["attempt"]["type"], "report.issued");
  EXPECT_THAT(site.entries("case.refused")[0]["attempt"]["reason"].get<std::string>(),
              HasSubstr("unsigned policy mode"));
  EXPECT_TRUE(site.entries("report.issued").empty());
  ASSERT_EQ(site({"user", "add", "Pat=policy-writer"}).status, 0);
  EXPECT_EQ(site(issue).status, 0);
  EXPECT_EQ(site.entries("report.issued").size(), 1U);
}

/// Four accounts that one fingerprint links, of which a policy reports the cluster, by the name of
/// the first.
TEST(ReportClusterCli, DrawsTheClusterAndNamesNoValue) {
  const SmallSite site;
  site.write("policies/volume.yaml",
             "policy: test.ring\nversion: 1\ntitle: Four at once\nstatus: active\nowner: trust\n"
             "basis: [{terms: no more than that}]\nkind: coordination\nseverity: medium\n"
             "description: A test.\nfalse_positives: [a test]\nreads: usage\nfor_each: cluster\n"
             "window: {length: 1h, wait_for_late: 2h}\nmeasure: {accounts: distinct(account)}\n"
             "report_when: accounts >= 4\n---\nlinkage: means\ntitle: Fingerprints\nlinks:\n"
             "  - {field: tls.ja4, at_most: 5}\n");
  std::string usage;
  for (const std::string account : {"1", "2", "3", "4"}) {
    usage += R"({"kind":"usage","id":"r)" + account + R"(","time":"2026-10-05T10:0)" + account +
             R"(:00Z","account":"zq-canary-)" + account + R"(","tls.ja4":"zq-print"})" + "\n";
  }
  usage += R"({"kind":"usage","id":"z","time":"2026-10-05T12:30:00Z","account":"z"})"
           "\n";
  site.write("usage.jsonl", usage);
  ASSERT_EQ(site({"init", "--person", "Li=liaison", "--person", "Ada=approver", "--person",
                  "Pat=policy-writer"})
                .status,
            0);
  site.cycle();
  const auto cases = site({"case", "list", "--json"}).json()["cases"];
  ASSERT_EQ(cases.size(), 1U);
  const auto files = [&](const std::string& kind, const std::string& profile,
                         const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {
        "report",   "new",  kind, "--case", cases[0]["id"].get<std::string>(), "--profile", profile,
        "--no-pdf", "--as", "li", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    const Answer answer = site(words);
    EXPECT_EQ(answer.status, 0) << answer.err;
    const std::string id = answer.json()["report"]["id"];
    std::string bytes;
    for (const auto& one :
         fs::recursive_directory_iterator(site.path("state/reports/" + id + "/data"))) {
      bytes += whole_file(one.path());
    }
    return bytes;
  };
  EXPECT_THAT(files("partner-notice", "facts"),
              AllOf(HasSubstr("The cluster: 4 accounts, and what they have in common"),
                    HasSubstr("tls.ja4 value 1"), HasSubstr("account 4"), Not(HasSubstr("zq-"))));
  // The draft is sealed with the four, so that the recipient can check them; of what links them it
  // has the type.
  EXPECT_THAT(files("partner-notice", "subjects"),
              AllOf(HasSubstr("gateway/zq-canary-1"), HasSubstr("gateway/zq-canary-4"),
                    HasSubstr("account:gateway/zq-canary-2"), Not(HasSubstr("account 4")),
                    Not(HasSubstr("zq-print"))));
  EXPECT_THAT(files("account-holder-notice", "subjects"),
              AllOf(HasSubstr("gateway/zq-canary-1"), HasSubstr("have none: it is about others"),
                    Not(HasSubstr("The cluster: 4 accounts")), Not(HasSubstr("zq-canary-2")),
                    Not(HasSubstr("zq-canary-4")), Not(HasSubstr("zq-print"))));
  // To whom they are not given: the finding names one of the four.
  site.write("report-recipients.yaml",
             "recipients: [{id: p, name: Partner, profile: subjects, withholds: [members]}]\n");
  EXPECT_THAT(files("partner-notice", "subjects", {"--for", "p"}),
              AllOf(HasSubstr("gateway/zq-canary-1"), HasSubstr("account 4"),
                    HasSubstr("4 accounts; which they are is withheld"),
                    Not(HasSubstr("zq-canary-2")), Not(HasSubstr("zq-canary-3")),
                    Not(HasSubstr("zq-canary-4")), Not(HasSubstr("zq-print"))));
}

// Names in records are for who may see evidence, and each view of them is an entry.
TEST(ReportOfListedParties, HasNamesThatItsAuthorMaySee) {
  SmallSite site;
  site.write("tidewaiter.yaml",
             "state: state\npolicies: [policies]\n"
             "sources: [{name: crm, kind: file, record: account, path: accounts.jsonl, "
             "format: jsonl}]\nledger: {origin: small.example/ledger}\n");
  site.write("policies/volume.yaml",
             "policy: test.listed\nversion: 1\ntitle: t\nstatus: active\n"
             "basis: [{control: c}]\nkind: sanctions\nseverity: low\nreads: account\n"
             "screen: {fields: [name], lists: [own], score: 0.93}\n"
             "---\nlist: own\ntitle: Parties\nvalues: [Queen Bee Imports]\n");
  site.write("accounts.jsonl",
             R"({"kind":"account","id":"1","time":"2026-10-05T10:00:00Z","account":"bee",)"
             R"("name":"Queen Zq Bee Imports"})"
             "\n");
  ASSERT_EQ(site({"init", "--person", "Li=liaison", "--person", "Jo=officer"}).status, 0);
  site.cycle();
  const auto cases = site({"case", "list", "--json"}).json()["cases"];
  ASSERT_EQ(cases.size(), 1U);
  const std::string id = cases[0]["id"];
  const auto report = [&](const std::string& by) {
    const Answer answer = site({"report", "new", "partner-notice", "--case", id, "--profile",
                                "subjects", "--no-pdf", "--as", by, "--json"});
    EXPECT_EQ(answer.status, 0) << answer.err;
    const std::string drawn = answer.json()["report"]["id"];
    return whole_file(site.path("state/reports/" + drawn + "/data/report.json"));
  };
  const std::string of_liaison = report("li");
  EXPECT_THAT(of_liaison, AllOf(HasSubstr("Queen Bee Imports"), HasSubstr("may not see evidence"),
                                Not(HasSubstr("Zq"))));
  EXPECT_TRUE(site.entries("evidence.viewed").empty());
  EXPECT_THAT(report("jo"), HasSubstr("Queen Zq Bee Imports"));
  const auto views = site.entries("evidence.viewed");
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views[0]["case"], id);
  EXPECT_EQ(views[0]["by"], "jo");
  EXPECT_TRUE(site.entries("case.refused").empty());
}

}  // namespace
}  // namespace tidewaiter
