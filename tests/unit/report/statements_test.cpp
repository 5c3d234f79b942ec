// Who is behind a case, counsel's conclusion, into whose hands a report went, and the draft of a
// custodian's certificate: from the command line to the verifier, on a real ledger.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/model/digest.h"
#include "storage/verify/bag_manifest.h"
#include "storage/verify/bundle_check.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put_bytes(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

/// A site with two findings; the case about account c has an exhibit.
class StatementsTest : public testing::Test {
 protected:
  StatementsTest() {
    const Answer made = site_({"init", "--person", "Li=liaison", "--person", "Jo=officer",
                               "--person", "Ada=approver", "--person", "Ben=approver", "--person",
                               "Cy=counsel", "--person", "Di=viewer"});
    EXPECT_EQ(made.status, 0) << made.err;
    site_.cycle();
    const auto cases = site_({"case", "list", "--json"}).json()["cases"];
    for (const auto& one : cases) {
      if (one["subject"] == "account:gateway/c") case_ = one["id"];
    }
    site_.write("invoice.txt", "paid by one card");
    act({"attach", case_, "invoice.txt", "--custodian", "Billing", "--origin", "Bank"}, "jo");
    exhibit_ = text(site_({"case", "exhibit", case_, "--json"}).json()["exhibits"][0]["entry"]);
    finding_ = shown()["all_findings"][0]["id"];
  }

  static std::string text(const nlohmann::json& number) {
    return std::to_string(number.get<std::int64_t>());
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
  void act(std::vector<std::string> words, const std::string& by) const {
    words.insert(words.begin(), "case");
    words.insert(words.end(), {"--as", by});
    static_cast<void>(done(std::move(words)));
  }
  [[nodiscard]] nlohmann::json shown() const { return done({"case", "show", case_}); }
  [[nodiscard]] std::string seen() const { return text(shown()["seen"]); }
  [[nodiscard]] std::vector<std::string> attribute(const std::string& by) const {
    return {"case",
            "attribute",
            case_,
            "--to",
            "Example Trading Ltd",
            "--confidence",
            "moderate",
            "--evidence",
            exhibit_,
            "--evidence",
            finding_.substr(0, 8),
            "--seen",
            seen(),
            "--reason",
            "One card paid for all",
            "--as",
            by};
  }
  void state_and_approve() const {
    static_cast<void>(done(attribute("jo")));
    act({"attribution", "approve", case_, "--seen", seen(), "--reason", "Agreed"}, "ada");
  }
  /// Draws a report; gives its id.
  [[nodiscard]] std::string drawn(const std::string& kind, const std::string& profile) const {
    return done({"report", "new", kind, "--case", case_, "--profile", profile, "--recipient",
                 "Agency", "--no-pdf", "--as", "li"})["report"]["id"];
  }
  [[nodiscard]] nlohmann::json report(const std::string& id) const {
    return done({"report", "show", id});
  }
  [[nodiscard]] std::string page(const std::string& id) const {
    return bytes_of(site_.path("state/reports/" + id + "/data/report.html"));
  }
  void issue(const std::string& id, const std::string& folder, bool counsel = true) const {
    static_cast<void>(done({"report", "approve", id, "--as", "ada", "--reason", "Read it"}));
    if (counsel) {
      static_cast<void>(done({"report", "approve", id, "--as", "cy", "--reason", "Read it"}));
    }
    static_cast<void>(done({"report", "issue", id, "--to", folder, "--as", "li", "--reason",
                            "The rest is not known"}));
  }
  [[nodiscard]] BundleReport verified(const std::string& folder) const {
    std::string line = bytes_of(site_.path("state/ledger.vkey"));
    line.erase(line.find_last_not_of(" \r\n") + 1);
    return verify_bundle(site_.path(folder), line);
  }

  SmallSite site_;
  std::string case_;
  std::string exhibit_;  ///< its entry
  std::string finding_;  ///< of the case
};

TEST_F(StatementsTest, WhoIsBehindItIsStatedByOneAndApprovedByAnother) {
  EXPECT_THAT(shown()["attributions"], IsEmpty());
  const auto stated = done(attribute("jo"));
  EXPECT_EQ(stated["case"]["attributions"][0]["state"], "proposed");
  EXPECT_EQ(stated["case"]["attributions"][0]["confidence"], "moderate");
  EXPECT_EQ(stated["case"]["attributions"][0]["findings"], nlohmann::json({finding_}));
  EXPECT_EQ(text(stated["case"]["attributions"][0]["exhibits"][0]), exhibit_);
  EXPECT_THAT(site_({"case", "list"}).out, HasSubstr("who is behind it awaits"));
  EXPECT_THAT(refused({"case", "attribution", "approve", case_, "--seen", seen(), "--reason", "x",
                       "--as", "jo"}),
              HasSubstr("is for approver"));
  act({"attribution", "approve", case_, "--seen", seen(), "--reason", "Agreed"}, "ada");
  EXPECT_EQ(shown()["attributions"][0]["state"], "approved");
  EXPECT_EQ(shown()["attributions"][0]["judged_by"], "ada");
  const std::string out = site_({"case", "show", case_}).out;
  EXPECT_THAT(out, AllOf(HasSubstr("Who is behind it, as people state it"),
                         HasSubstr("Example Trading Ltd: moderate confidence, stated by jo")));
  act({"attribution", "withdraw", case_, "--reason", "Another company"}, "ben");
  EXPECT_EQ(shown()["attributions"][0]["state"], "withdrawn");
}

TEST_F(StatementsTest, NobodyApprovesTheirOwnStatementAndTheAttemptIsRecorded) {
  static_cast<void>(done(attribute("ada")));
  EXPECT_THAT(refused({"case", "attribution", "approve", case_, "--seen", seen(), "--reason", "x",
                       "--as", "ada"}),
              HasSubstr("another person has to approve it"));
  ASSERT_THAT(site_.entries("case.refused"), SizeIs(1));
  EXPECT_EQ(site_.entries("case.refused")[0]["attempt"]["type"], "attribution.approved");
  EXPECT_EQ(shown()["attributions"][0]["state"], "proposed");
}

TEST_F(StatementsTest, ANameIsInNoEntryAndNotForViewers) {
  state_and_approve();
  for (const char* const type : {"attribution.stated", "attribution.approved"}) {
    ASSERT_THAT(site_.entries(type), SizeIs(1)) << type;
    EXPECT_THAT(site_.entries(type)[0].dump(), Not(HasSubstr("Example"))) << type;
  }
  const Answer viewed = site_({"case", "show", case_, "--as", "di"});
  EXPECT_EQ(viewed.status, 0) << viewed.err;
  EXPECT_THAT(viewed.out, AllOf(HasSubstr("(withheld): moderate confidence"),
                                Not(HasSubstr("Example Trading"))));
  EXPECT_THAT(site_({"case", "list", "--json"}).out, Not(HasSubstr("Example Trading")));
}

TEST_F(StatementsTest, EvidenceIsOfTheCase) {
  const auto with = [this](const std::string& evidence) {
    auto words = attribute("jo");
    words[8] = evidence;
    return site_(words);
  };
  EXPECT_EQ(with("zzzz").status, 2);
  EXPECT_THAT(with("zzzz").err, HasSubstr("no exhibit and no finding"));
  EXPECT_THAT(with("0").err, HasSubstr("`0` names"));
  EXPECT_THAT(site_.entries("attribution.stated"), IsEmpty());
}

TEST_F(StatementsTest, AReferralSaysThatNobodyHasStatedIt) {
  const std::string id = drawn("referral", "subjects");
  EXPECT_EQ(report(id)["attributions"], nlohmann::json::array());
  EXPECT_THAT(page(id), HasSubstr("Nobody has stated who is behind it so that it holds."));
  // What waits is no statement yet, and is counted.
  static_cast<void>(done(attribute("jo")));
  const std::string later = drawn("referral", "subjects");
  EXPECT_EQ(report(later)["attributions"], nlohmann::json::array());
  EXPECT_THAT(page(later), AllOf(HasSubstr("Nobody has stated who is behind it so that it holds."),
                                 HasSubstr("Acts about who is behind it (1)"),
                                 Not(HasSubstr("Example Trading"))));
}

TEST_F(StatementsTest, AReferralHasAStatementAsOneOfAPersonWithItsConfidence) {
  state_and_approve();
  const std::string named = drawn("referral", "subjects");
  const auto one = report(named)["attributions"][0];
  EXPECT_EQ(one["name"], "Example Trading Ltd");
  EXPECT_EQ(one["confidence"], "moderate");
  EXPECT_EQ(one["by"], "jo");
  EXPECT_EQ(one["approved_by"], "ada");
  EXPECT_EQ(one["sealed"], site_.entries("attribution.stated")[0]["confidential"]);
  EXPECT_THAT(page(named), AllOf(HasSubstr("No policy says who is behind it"),
                                 HasSubstr("Example Trading Ltd"), HasSubstr("moderate")));
  const std::string facts = drawn("referral", "facts");
  EXPECT_EQ(report(facts)["attributions"][0]["name"], nullptr);
  EXPECT_EQ(report(facts)["attributions"][0]["withheld"], true);
  EXPECT_THAT(page(facts), AllOf(Not(HasSubstr("Example Trading")),
                                 HasSubstr("Names in statements of who is behind it (1)")));
  const std::string notice = drawn("partner-notice", "subjects");
  EXPECT_EQ(report(notice)["attributions"], nullptr);
  EXPECT_THAT(page(notice), AllOf(Not(HasSubstr("Example Trading")),
                                  HasSubstr("Acts about who is behind it (2)")));
  act({"attribution", "withdraw", case_, "--reason", "Another company"}, "jo");
  EXPECT_EQ(report(drawn("referral", "subjects"))["attributions"], nlohmann::json::array());
}

TEST_F(StatementsTest, AConclusionIsCounselsAndPrivileged) {
  EXPECT_THAT(
      refused({"case", "conclude", case_, "--text", "It applies", "--seen", seen(), "--as", "jo"}),
      HasSubstr("is for counsel"));
  act({"conclude", case_, "--text", "Section 744.23 applies", "--seen", seen()}, "cy");
  EXPECT_THAT(site_.entries("conclusion.stated")[0].dump(), Not(HasSubstr("744")));
  const std::string out = site_({"case", "show", case_}).out;
  EXPECT_THAT(out, AllOf(HasSubstr("Legal conclusion of counsel: cy"),
                         HasSubstr("privileged: in no report"), Not(HasSubstr("744.23"))));
  EXPECT_THAT(site_({"case", "show", case_, "--evidence", "--as", "jo"}).out, HasSubstr("744.23"));
  EXPECT_EQ(report(drawn("referral", "subjects"))["conclusion"], nullptr);
  EXPECT_THAT(page(drawn("referral", "subjects")), Not(HasSubstr("744.23")));
}

TEST_F(StatementsTest, AConclusionGoesIntoReportsOfTheKindThatCounselReleasesItTo) {
  act({"conclude", case_, "--text", "Section 744.23 applies", "--seen", seen()}, "cy");
  EXPECT_THAT(
      refused({"case", "release", case_, "--kind", "referral", "--reason", "x", "--as", "ada"}),
      HasSubstr("is for counsel"));
  act({"release", case_, "--kind", "referral", "--reason", "They asked"}, "cy");
  const std::string id = drawn("referral", "facts");
  EXPECT_EQ(report(id)["conclusion"]["text"], "Section 744.23 applies");
  EXPECT_EQ(report(id)["conclusion"]["released_by"], "cy");
  EXPECT_THAT(page(id), AllOf(HasSubstr("What counsel concludes"), HasSubstr("744.23")));
  EXPECT_EQ(report(drawn("vsd-notification", "facts"))["conclusion"], nullptr);
  act({"conclude", case_, "--text", "It does not apply", "--seen", seen()}, "cy");
  EXPECT_EQ(report(drawn("referral", "facts"))["conclusion"], nullptr);
}

TEST_F(StatementsTest, AFolderSaysWhoHadItAndASuccessorHasTheWholeChain) {
  const std::string first = drawn("partner-notice", "facts");
  issue(first, "first", false);
  EXPECT_TRUE(verified("first").ok()) << bundle_text(verified("first"));
  const auto acts = nlohmann::json::parse(bytes_of(site_.path("first/custody.json")))["acts"];
  ASSERT_THAT(acts, SizeIs(3));
  EXPECT_EQ(acts[0]["what"], "drawn");
  EXPECT_EQ(acts[1]["what"], "approved");
  EXPECT_EQ(acts[1]["by"], "ada");
  EXPECT_EQ(acts[2]["what"], "issued");
  const auto handed = done({"report", "hand-over", first, "--folder", "first", "--to",
                            "Example Partner", "--by", "portal", "--as", "li"});
  const auto& given = handed["report"]["hand_overs"][0];
  EXPECT_EQ(given["sha256"], to_hex(sha256(bytes_of(site_.path("first/tagmanifest-sha256.txt")))));
  EXPECT_EQ(given["received"], nullptr);
  EXPECT_THAT(site_.entries("report.handed-over")[0].dump(), Not(HasSubstr("Partner")));
  static_cast<void>(done({"report", "received", first, "--note", "They wrote", "--as", "li"}));
  EXPECT_THAT(site_({"report", "show", first}).out,
              AllOf(HasSubstr("given     to Example Partner, by portal"), HasSubstr("received")));
  const std::string second = done({"report", "supplement", first, "--reason", "More is known",
                                   "--no-pdf", "--as", "li"})["report"]["id"];
  issue(second, "second", false);
  EXPECT_TRUE(verified("second").ok()) << bundle_text(verified("second"));
  std::vector<std::string> chain;
  const auto all = nlohmann::json::parse(bytes_of(site_.path("second/custody.json")));
  for (const auto& act : all["acts"]) {
    chain.push_back(act["what"]);
  }
  EXPECT_THAT(chain, testing::ElementsAre("drawn", "approved", "issued", "handed-over", "received",
                                          "drawn", "approved", "issued"));
  const std::string page_of_second = bytes_of(site_.path("second/custody.txt"));
  EXPECT_THAT(page_of_second, AllOf(HasSubstr("handed-over by li"), Not(HasSubstr("Partner"))));
}

TEST_F(StatementsTest, AHandOverIsOfAnIssuedReportAndItsOwnFolder) {
  const std::string id = drawn("partner-notice", "facts");
  const std::vector<std::string> words{"report", "hand-over", id,     "--archive", "invoice.txt",
                                       "--to",   "Partner",   "--by", "mail",      "--as"};
  const auto by = [&words](const std::string& who) {
    auto all = words;
    all.push_back(who);
    return all;
  };
  EXPECT_THAT(refused(by("li")), HasSubstr("only what was issued is handed over"));
  issue(id, "first", false);
  EXPECT_THAT(refused(by("ada")), HasSubstr("is for liaison, officer"));
  const std::string other = drawn("partner-notice", "subjects");
  issue(other, "other", false);
  EXPECT_THAT(refused({"report", "hand-over", id, "--folder", "other", "--to", "Partner", "--by",
                       "mail", "--as", "li"}),
              HasSubstr("is not the folder of"));
  const auto handed = done(by("li"));
  EXPECT_EQ(handed["report"]["hand_overs"][0]["sha256"], to_hex(sha256("paid by one card")));
  EXPECT_EQ(handed["report"]["hand_overs"][0]["form"], "archive");
}

TEST_F(StatementsTest, ACustodyThatSaysSomethingElseThanTheLogIsNamed) {
  issue(drawn("partner-notice", "facts"), "bundle", false);
  for (const char* const name : {"custody.json", "custody.txt"}) {
    const fs::path file = site_.path(std::string("bundle/") + name);
    const fs::path tags = site_.path("bundle/tagmanifest-sha256.txt");
    const std::string bytes = bytes_of(file);
    const std::string manifest = bytes_of(tags);
    std::string changed = bytes;
    changed.replace(changed.find("ada"), 3, "eva");
    put_bytes(file, changed);
    // Whoever changes it changes the list of digests, too.
    BagManifest digests = *parse_manifest(manifest);
    digests[name] = sha256(changed);
    put_bytes(tags, format_manifest(digests));
    const BundleReport report = verified("bundle");
    EXPECT_FALSE(report.ok()) << name;
    EXPECT_THAT(report.faults,
                Contains(AllOf(Field(&BundleFault::file, name),
                               Field(&BundleFault::why, HasSubstr("not what the log says")))));
    EXPECT_EQ(bundle_exit_code(report), 21);
    put_bytes(file, bytes);
    put_bytes(tags, manifest);
  }
  EXPECT_TRUE(verified("bundle").ok());
}

TEST_F(StatementsTest, AReferralHasADraftOfACertificateThatNobodySigned) {
  const std::string id = drawn("referral", "facts");
  const fs::path folder = site_.path("state/reports/" + id);
  const std::string draft = bytes_of(folder / "data/CERTIFICATE-DRAFT.html");
  EXPECT_THAT(draft, AllOf(HasSubstr("DRAFT, UNSIGNED"), HasSubstr("902(11)"), HasSubstr("902(13)"),
                           HasSubstr("902(14)"), HasSubstr("28 U.S.C. 1746"),
                           HasSubstr("small.example/ledger"), HasSubstr("I, [name], am [title]")));
  // Each other file of the report, by its digest.
  const BagManifest manifest = *parse_manifest(bytes_of(folder / "manifest-sha256.txt"));
  EXPECT_GE(manifest.size(), 8U);
  for (const auto& [path, digest] : manifest) {
    if (path == "data/CERTIFICATE-DRAFT.html") continue;
    EXPECT_THAT(draft, HasSubstr(to_hex(digest))) << path;
  }
  issue(id, "bundle");
  EXPECT_TRUE(verified("bundle").ok()) << bundle_text(verified("bundle"));
  const std::string notice = drawn("partner-notice", "facts");
  EXPECT_FALSE(fs::exists(site_.path("state/reports/" + notice + "/data/CERTIFICATE-DRAFT.html")));
}

TEST_F(StatementsTest, ASiteHasItsOwnWordsInTheCertificate) {
  site_.write("report-templates/referral/certificate.mustache",
              "I speak for Small Inc about {{report}} & nothing else.");
  const std::string id = drawn("referral", "facts");
  const std::string draft =
      bytes_of(site_.path("state/reports/" + id + "/data/CERTIFICATE-DRAFT.html"));
  EXPECT_THAT(draft, AllOf(HasSubstr("I speak for Small Inc about"), HasSubstr("&amp; nothing"),
                           HasSubstr(id), HasSubstr("DRAFT, UNSIGNED"),
                           Not(HasSubstr("I, [name], am [title]"))));
  EXPECT_TRUE(
      fs::exists(site_.path("state/reports/" + id + "/data/templates/certificate.mustache")));
  site_.write("report-templates/partner-notice/certificate.mustache", "x");
  const Answer checked = site_({"config", "check"});
  EXPECT_NE(checked.status, 0);
  EXPECT_THAT(checked.out + checked.err, HasSubstr("have no certificate"));
}

TEST_F(StatementsTest, AnErasureTakesTheNameAndTheEntryStillHolds) {
  state_and_approve();
  static_cast<void>(done({"ledger", "erase", "request", "account:gateway/c", "--despite-retention",
                          "--reason", "Asked", "--as", "jo"}));
  const std::string erasure = done({"ledger", "erase", "list"})["erasures"][0]["id"];
  static_cast<void>(
      done({"ledger", "erase", "approve", erasure, "--reason", "Agreed", "--as", "ada"}));
  const std::string out = site_({"case", "show", case_}).out;
  EXPECT_THAT(out, AllOf(HasSubstr("(its words are erased, or not on this machine): moderate"),
                         Not(HasSubstr("Example Trading"))));
  for (const auto& one : fs::recursive_directory_iterator(site_.path("state"))) {
    if (!one.is_regular_file()) continue;
    EXPECT_THAT(bytes_of(one.path()), Not(HasSubstr("Example Trading"))) << one.path();
  }
  EXPECT_EQ(site_({"ledger", "verify"}).status, 0);
}

}  // namespace
}  // namespace tidewaiter
