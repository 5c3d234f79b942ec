// Reports from the command line to the verifier, on a real ledger.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/ledger/dsse_envelope.h"
#include "storage/ledger/key_file.h"
#include "storage/verify/bag_manifest.h"
#include "storage/verify/bundle_check.h"
#include "storage/verify/report_statement.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put_bytes(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

/// The state in which a report says that it has the element.
std::string coverage_of(const nlohmann::json& report) {
  for (const auto& element : report["elements"]) {
    if (element["name"] == "coverage") return element["state"];
  }
  return {};
}

/// A site with two findings, about accounts a and c.
class ReportBundle : public testing::Test {
 protected:
  ReportBundle() {
    const Answer made =
        site_({"init", "--person", "Li=liaison", "--person", "Jo=officer", "--person",
               "Ada=approver", "--person", "Cy=counsel", "--person", "Pat=policy-writer"});
    EXPECT_EQ(made.status, 0) << made.err;
    site_.cycle();
    const auto cases = site_({"case", "list", "--json"}).json()["cases"];
    for (const auto& one : cases) {
      if (one["subject"] == "account:gateway/c") case_ = one["id"];
    }
  }

  [[nodiscard]] nlohmann::json done(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all = arguments;
    all.emplace_back("--json");
    const Answer answer = site_(all);
    EXPECT_EQ(answer.status, 0) << answer.err;
    return answer.status == 0 ? answer.json() : nlohmann::json();
  }
  [[nodiscard]] std::string refused(const std::vector<std::string>& arguments) const {
    const Answer answer = site_(arguments);
    EXPECT_EQ(answer.status, 4) << answer.out;
    return answer.err;
  }
  [[nodiscard]] std::string drawn(const std::string& kind, const std::string& profile) const {
    return done({"report", "new", kind, "--case", case_, "--profile", profile, "--recipient",
                 "Agency", "--as", "li"})["report"]["id"];
  }
  void approve(const std::string& id, const std::string& by) const {
    static_cast<void>(done({"report", "approve", id, "--as", by, "--reason", "Read it"}));
  }
  /// An issued referral at `folder`.
  std::string issued(const std::string& folder, const std::string& profile) const {
    const std::string id = drawn("referral", profile);
    approve(id, "ada");
    approve(id, "cy");
    static_cast<void>(done({"report", "issue", id, "--to", folder, "--as", "li", "--reason",
                            "The rest is not known"}));
    return id;
  }
  [[nodiscard]] std::string key() const { return bytes_of(site_.path("state/ledger.vkey")); }
  [[nodiscard]] BundleReport verified(const std::string& folder) const {
    std::string line = key();
    line.erase(line.find_last_not_of(" \r\n") + 1);
    return verify_bundle(site_.path(folder), line);
  }
  [[nodiscard]] std::map<std::string, std::string> files_of(const std::string& folder) const {
    std::map<std::string, std::string> files;
    const fs::path root = site_.path(folder);
    for (const auto& one : fs::recursive_directory_iterator(root)) {
      if (!one.is_regular_file()) continue;
      files[one.path().lexically_relative(root).generic_string()] = bytes_of(one.path());
    }
    return files;
  }

  SmallSite site_;
  std::string case_;
};

TEST_F(ReportBundle, GoesFromACaseToAFolderThatProvesItself) {
  const std::string id = issued("referral", "subjects");
  const BundleReport report = verified("referral");
  EXPECT_TRUE(report.ok()) << bundle_text(report);
  ASSERT_TRUE(report.issued);
  EXPECT_EQ(report.issued->opinions.size(), 2U);
  EXPECT_GT(report.disclosures, 0);
  EXPECT_EQ(bundle_exit_code(report), 0);
  EXPECT_THAT(bundle_text(report), AllOf(HasSubstr(id), HasSubstr("as counsel")));
  EXPECT_EQ(nlohmann::json::parse(bundle_json(report))["report"]["id"], id);
  EXPECT_EQ(done({"report", "list"})["reports"][0]["state"], "issued");
  // Written out again, nothing is recorded.
  EXPECT_EQ(site_({"report", "issue", id, "--to", "again", "--as", "li"}).status, 0);
  EXPECT_EQ(site_.entries("report.issued").size(), 1U);
  EXPECT_TRUE(verified("again").ok());
  // Only by those who may issue it: else nothing is written, and the attempt is recorded.
  EXPECT_THAT(refused({"report", "issue", id, "--to", "theirs", "--as", "ada"}),
              HasSubstr("`report.issued` is for liaison, officer"));
  EXPECT_FALSE(fs::exists(site_.path("theirs")));
  ASSERT_EQ(site_.entries("case.refused").size(), 1U);
  EXPECT_EQ(site_.entries("case.refused")[0]["attempt"]["type"], "report.issued");
  EXPECT_EQ(site_.entries("report.issued").size(), 1U);
}

TEST_F(ReportBundle, NamesEachFileOfWhichAByteWasChanged) {
  static_cast<void>(issued("bundle", "subjects"));
  const auto files = files_of("bundle");
  EXPECT_GE(files.size(), 12U);
  for (const auto& [name, bytes] : files) {
    ASSERT_FALSE(bytes.empty()) << name;
    // Every byte of the short files, and a few hundred of each long one.
    const std::size_t step = std::max<std::size_t>(bytes.size() / 200, 1);
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      put_bytes(site_.path("bundle/" + name), changed);
      const BundleReport report = verified("bundle");
      ASSERT_FALSE(report.ok()) << name << " at " << at;
      const std::string told = bundle_text(report);
      ASSERT_THAT(told, HasSubstr(name)) << " at " << at;
      ASSERT_EQ(bundle_exit_code(report), 21) << name << " at " << at;
    }
    put_bytes(site_.path("bundle/" + name), bytes);
  }
  EXPECT_TRUE(verified("bundle").ok());
}

TEST_F(ReportBundle, NamesAFileThatIsMissingOrWasAdded) {
  static_cast<void>(issued("bundle", "facts"));
  for (const auto& [name, bytes] : files_of("bundle")) {
    fs::remove(site_.path("bundle/" + name));
    EXPECT_THAT(verified("bundle").faults, Contains(Field(&BundleFault::file, name)));
    put_bytes(site_.path("bundle/" + name), bytes);
  }
  for (const char* const name : {"data/more.csv", "more.txt", "log/tile/0/001", "log/more"}) {
    put_bytes(site_.path(std::string("bundle/") + name), "x");
    EXPECT_THAT(verified("bundle").faults, Contains(Field(&BundleFault::file, name)));
    fs::remove(site_.path(std::string("bundle/") + name));
  }
  // A folder without a file is no byte of it: docs/ledger-format.md, 15.
  fs::create_directory(site_.path("bundle/data/empty"));
  EXPECT_TRUE(verified("bundle").ok());
  EXPECT_TRUE(verified("bundle").ok());
}

// Each link leads to what has to be there: whoever follows it finds that all holds.
TEST_F(ReportBundle, ReadsNothingWhereALinkLeadsOutOfTheFolder) {
  static_cast<void>(issued("bundle", "subjects"));
  for (const char* const name : {"log", "log/checkpoint", "bagit.txt", "data",
                                 "data/disclosures.json", "manifest-sha256.txt"}) {
    const fs::path place = site_.path(std::string("bundle/") + name);
    const fs::path outside = site_.path("outside");
    fs::rename(place, outside);
    fs::create_symlink(outside, place);
    const BundleReport report = verified("bundle");
    EXPECT_THAT(report.faults, ElementsAre(Field(&BundleFault::file, name)));
    EXPECT_EQ(bundle_exit_code(report), 21);
    EXPECT_FALSE(report.issued || report.files > 0 || report.log.ok()) << bundle_text(report);
    fs::remove(place);
    fs::rename(outside, place);
  }
  EXPECT_TRUE(verified("bundle").ok());
}

/// tagmanifest-sha256.txt as it has to be for the files of `folder`, however they came there.
void make_tag_manifest_anew(const fs::path& folder) {
  BagManifest tags;
  for (const auto& one : fs::recursive_directory_iterator(folder)) {
    const std::string name = one.path().lexically_relative(folder).generic_string();
    if (!one.is_regular_file() || name.starts_with("data/") || name == kTagManifestFile) continue;
    tags.emplace(name, sha256(bytes_of(one.path())));
  }
  put_bytes(folder / kTagManifestFile, format_manifest(tags));
}

// Whoever has the folder can write the manifest of all that is not below `data/` anew: it is
// covered by nothing. What is left to them are the attestation, and what it covers.
TEST_F(ReportBundle, HasAnAttestationOfEachFileByTheLogsKey) {
  const std::string id = issued("bundle", "subjects");
  const fs::path folder = site_.path("bundle");
  const fs::path file = folder / kAttestationFile;
  const std::string whole = bytes_of(file);
  // All files but the attestation itself and the manifest that lists it.
  EXPECT_EQ(verified("bundle").attested, static_cast<std::int64_t>(files_of("bundle").size()) - 2);
  const ReportStatement statement = *parse_report_statement(parse_dsse(whole).value().payload);
  EXPECT_EQ(statement.report.id, id);
  EXPECT_EQ(statement.report.about, case_);
  EXPECT_EQ(statement.origin, "small.example/ledger");
  EXPECT_EQ(statement.head, verified("bundle").log.head);

  const auto faults = [&] {
    make_tag_manifest_anew(folder);
    return verified("bundle").faults;
  };
  const SigningKey key = *read_key_file(site_.path("state/ledger.key"));
  const auto put = [&](const ReportStatement& other, const SigningKey& by) {
    put_bytes(file, *format_dsse(sign_dsse(kInTotoPayloadType, *format_report_statement(other),
                                           parse_dsse(whole).value().key_id, by)));
  };
  const auto named = [](const std::string& name, const std::string& why) {
    return Contains(
        AllOf(Field(&BundleFault::file, name), Field(&BundleFault::why, HasSubstr(why))));
  };
  const std::string attestation(kAttestationFile);
  put(statement, key);
  EXPECT_THAT(faults(), testing::IsEmpty());  // Ed25519 gives the same bytes again
  put(statement, *SigningKey::generate());
  EXPECT_THAT(faults(), named(attestation, "the log's key has not signed it"));
  put_bytes(file, whole + "\n");
  EXPECT_THAT(faults(), named(attestation, "the one form that envelopes have"));
  fs::remove(file);
  EXPECT_THAT(faults(), named(attestation, "is missing"));

  ReportStatement other = statement;
  other.report.kind = "partner-notice";
  put(other, key);
  EXPECT_THAT(faults(), named(attestation, "states another report than the log"));
  other = statement;
  --other.head.size;
  put(other, key);
  EXPECT_THAT(faults(), named(attestation, "states another head of the log"));
  other = statement;
  other.origin = "other.example/ledger";
  put(other, key);
  EXPECT_THAT(faults(), named(attestation, "is about a report of another log"));
  other = statement;
  other.subjects.erase("data/report.json");
  put(other, key);
  EXPECT_THAT(faults(), named("data/report.json", "was added"));
  other = statement;
  other.subjects["data/report.json"] = sha256("x");
  put(other, key);
  EXPECT_THAT(faults(), named("data/report.json", "was changed"));
  other = statement;
  other.subjects["data/more.json"] = sha256("x");
  put(other, key);
  EXPECT_THAT(faults(), named("data/more.json", "is missing"));
  // By that key, and about something else: an envelope of another type of payload.
  put_bytes(file, *format_dsse(sign_dsse("text/plain", *format_report_statement(statement),
                                         parse_dsse(whole).value().key_id, key)));
  EXPECT_THAT(faults(), named(attestation, "the log's key has not signed it"));

  // What lies beside the log, and only the manifest that anybody can write had.
  put_bytes(file, whole);
  fs::create_directories(folder / "log/timestamps");
  put_bytes(folder / "log/timestamps/1.checkpoint", "x");
  EXPECT_THAT(faults(), named("log/timestamps/1.checkpoint", "was added"));
  fs::remove_all(folder / "log/timestamps");
  EXPECT_THAT(faults(), testing::IsEmpty());
}

TEST_F(ReportBundle, IsNotIssuedWithoutTheLogsKey) {
  const std::string id = drawn("partner-notice", "facts");
  approve(id, "ada");
  const fs::path key = site_.path("state/ledger.key");
  fs::rename(key, site_.path("elsewhere.key"));
  const std::vector<std::string> issue = {"report", "issue", id,         "--to", "out",
                                          "--as",   "li",    "--reason", "Gaps"};
  const Answer without = site_(issue);
  EXPECT_NE(without.status, 0);
  EXPECT_THAT(without.err, HasSubstr("ledger.key"));
  EXPECT_FALSE(fs::exists(site_.path("out")));
  ASSERT_TRUE(create_key_file(key, *SigningKey::generate()));
  EXPECT_THAT(refused(issue), HasSubstr("is not the key of this ledger"));
  EXPECT_TRUE(site_.entries("report.issued").empty());
  fs::rename(site_.path("elsewhere.key"), key);
  EXPECT_EQ(site_(issue).status, 0);
  EXPECT_TRUE(verified("out").ok());
}

TEST_F(ReportBundle, IsNotTakenInByManifestsThatWereMadeAnew) {
  static_cast<void>(issued("bundle", "facts"));
  const fs::path page = site_.path("bundle/data/report.html");
  const std::string text = bytes_of(page);
  const std::string changed = text + "<!-- -->";
  put_bytes(page, changed);
  for (const char* const name : {"manifest-sha256.txt", "tagmanifest-sha256.txt"}) {
    const fs::path file = site_.path(std::string("bundle/") + name);
    std::string manifest = bytes_of(file);
    const bool tags = std::string(name).starts_with("tag");
    const std::string old = tags ? manifest.substr(manifest.find("  manifest-sha256.txt") - 64, 64)
                                 : to_hex(sha256(text));
    const std::string now =
        to_hex(sha256(tags ? bytes_of(site_.path("bundle/manifest-sha256.txt")) : changed));
    manifest.replace(manifest.find(old), old.size(), now);
    put_bytes(file, manifest);
  }
  const BundleReport report = verified("bundle");
  // No entry has such a manifest, and the attestation still names the page.
  ASSERT_EQ(report.faults.size(), 2U) << bundle_text(report);
  EXPECT_EQ(report.faults[0].file, "manifest-sha256.txt");
  EXPECT_THAT(report.faults[0].why, HasSubstr("never issued"));
  EXPECT_EQ(report.faults[1].file, "data/report.html");
  EXPECT_THAT(report.faults[1].why, HasSubstr("is not the one in `attestation.dsse.json`"));
}

TEST_F(ReportBundle, HasNoValueThatIsWithheldInAnyFile) {
  static_cast<void>(done({"case", "comment", case_, "canary-comment-71", "--as", "jo"}));
  static_cast<void>(issued("facts", "facts"));
  for (const auto& [name, bytes] : files_of("facts")) {
    EXPECT_EQ(bytes.find("gateway/c"), std::string::npos) << name;
    EXPECT_EQ(bytes.find("canary-comment-71"), std::string::npos) << name;
    EXPECT_EQ(bytes.find("The rest is not known"), std::string::npos) << name;
  }
  EXPECT_THAT(bytes_of(site_.path("facts/data/report.json")),
              AllOf(HasSubstr("subject 1"), HasSubstr("redaction profile `facts`")));
}

TEST_F(ReportBundle, RefusesWhatTheRulesForbidAndRecordsTheAttempt) {
  const std::string id = drawn("referral", "facts");
  EXPECT_THAT(refused({"report", "issue", id, "--to", "x", "--as", "li"}),
              HasSubstr("waits for an approver and counsel"));
  EXPECT_THAT(refused({"report", "approve", id, "--as", "li", "--reason", "x"}),
              HasSubstr("enrolled as liaison"));
  approve(id, "ada");
  EXPECT_THAT(refused({"report", "approve", id, "--as", "ada", "--reason", "x"}),
              HasSubstr("there already"));
  EXPECT_THAT(refused({"report", "issue", id, "--to", "x", "--as", "li"}),
              HasSubstr("waits for counsel"));
  approve(id, "cy");
  EXPECT_EQ(site_({"report", "check", id}).status, 1);
  const Answer without = site_({"report", "issue", id, "--to", "x", "--as", "li"});
  EXPECT_EQ(without.status, 4);
  EXPECT_THAT(without.err, HasSubstr("gives no reason"));
  static_cast<void>(done({"case", "comment", case_, "more", "--as", "jo"}));
  EXPECT_THAT(refused({"report", "issue", id, "--to", "x", "--as", "li", "--reason", "y"}),
              HasSubstr("draw it again"));
  EXPECT_FALSE(fs::exists(site_.path("x")));
  EXPECT_EQ(site_.entries("case.refused").size(), 6U);
  EXPECT_TRUE(site_({"ledger", "verify"}).status == 0);
}

// The site's day is Monday, 5 October 2026; ten business days from Friday, the 2nd, leave out
// Columbus Day, the 12th: the 19th.
TEST_F(ReportBundle, TellsOfAReportToOfacByWhichDayItIsDue) {
  const std::string before = drawn("ofac-rejected", "subjects");
  const Answer none = site_({"report", "check", before});
  EXPECT_EQ(none.status, 1);
  EXPECT_THAT(none.out, AllOf(HasSubstr("clock     none by which it is due"),
                              HasSubstr("case clock CASE ofac-report --from DAY --event TEXT`")));
  EXPECT_EQ(nlohmann::json::parse(site_({"report", "check", before, "--json"}).out)["deadline"],
            nullptr);
  static_cast<void>(done({"case", "clock", case_, "ofac-report", "--from", "2026-10-02", "--event",
                          "Payment rejected", "--as", "jo"}));
  std::vector<std::string> draw{"report",        "new", "ofac-rejected", "--case", case_,
                                "--as",          "li",  "--recipient",   "OFAC",   "--legal-basis",
                                "31 CFR 501.604"};
  for (const char* const said :
       {"contact=Li", "documents=The instructions", "filer=Small Inc, 1 Way",
        "sanctions_authority=31 CFR 510", "sanctions_target=unknown", "transaction=A card payment",
        "value=USD 20"}) {
    draw.insert(draw.end(), {"--say", said});
  }
  const std::string id = done(draw)["report"]["id"];
  const Answer checked = site_({"report", "check", id});
  EXPECT_THAT(checked.out, HasSubstr("ofac-report: due 2026-10-19, 9 business days left"));
  const auto json = nlohmann::json::parse(site_({"report", "check", id, "--json"}).out);
  EXPECT_EQ(json["deadline"]["due"], "2026-10-19");
  EXPECT_EQ(json["deadline"]["days_left"], 9);
  std::map<std::string, std::string> states;
  for (const auto& one : json["elements"]) states[one["name"]] = one["state"];
  EXPECT_EQ(states["deadline"], "present");
  EXPECT_EQ(states["value"], "present");
  EXPECT_EQ(states["subject"], "present");
  EXPECT_EQ(states["sanctions_target"], "unknown");
  EXPECT_EQ(json["gaps"], 1);
  approve(id, "ada");
  EXPECT_THAT(refused({"report", "issue", id, "--to", "ofac", "--as", "li", "--reason", "x"}),
              HasSubstr("counsel"));
  approve(id, "cy");
  static_cast<void>(
      done({"report", "issue", id, "--to", "ofac", "--as", "li", "--reason", "Not known yet"}));
  EXPECT_TRUE(verified("ofac").ok()) << bundle_text(verified("ofac"));
}

// Two payments, on Friday the 2nd and on Monday the 5th of October: 19 and 20 October, by hand as
// above.
TEST_F(ReportBundle, IsDueByTheClockThatItsDraftNames) {
  const auto start = [this](const char* day) {
    static_cast<void>(done({"case", "clock", case_, "ofac-report", "--from", day, "--event",
                            "Payment rejected", "--as", "jo"}));
    return site_.entries("case.clock").size();
  };
  start("2026-10-02");
  const auto clocks = [this] { return site_({"case", "show", case_, "--json"}).json()["clocks"]; };
  const std::string first = std::to_string(clocks()[0]["entry"].get<int>());
  std::vector<std::string> draw{"report", "new", "ofac-rejected", "--case", case_,
                                "--as",   "li",  "--recipient",   "OFAC",   "--no-pdf"};
  const auto due_of = [this](const std::string& id) {
    return site_({"report", "check", id, "--json"}).json()["deadline"]["due"];
  };
  const auto listed = [this] { return site_({"case", "list"}).out; };
  EXPECT_THAT(listed(), HasSubstr("2026-10-19"));
  const std::string one = done(draw)["report"]["id"];
  EXPECT_EQ(due_of(one), "2026-10-19");
  approve(one, "ada");
  approve(one, "cy");
  static_cast<void>(done({"report", "issue", one, "--to", "one", "--as", "li", "--reason", "x"}));
  EXPECT_THAT(listed(), Not(HasSubstr("2026-10-19"))) << "its report went out";
  start("2026-10-05");
  EXPECT_THAT(listed(), AllOf(HasSubstr("2026-10-20"), Not(HasSubstr("2026-10-19"))));
  const std::string second = std::to_string(clocks()[1]["entry"].get<int>());
  // The first clock was answered: one that fits is left.
  EXPECT_EQ(due_of(done(draw)["report"]["id"]), "2026-10-20");
  start("2026-10-05");
  const std::string third = std::to_string(clocks()[2]["entry"].get<int>());
  const Answer several = site_(draw);
  EXPECT_EQ(several.status, 2);
  EXPECT_THAT(several.err,
              AllOf(HasSubstr("--clock"), HasSubstr(" " + second + " (ofac-report from 2026-10-05"),
                    HasSubstr(" " + third + " ("), Not(HasSubstr(" " + first + " ("))));
  draw.insert(draw.end(), {"--clock", first});
  EXPECT_EQ(due_of(done(draw)["report"]["id"]), "2026-10-19");
  draw.back() = third;
  const std::string other = done(draw)["report"]["id"];
  EXPECT_EQ(site_.entries("report.drafted").back()["act"]["clock"], std::stoi(third));
  const auto shown = nlohmann::json::parse(site_({"report", "show", other, "--json"}).out);
  EXPECT_EQ(shown["deadline"]["entry"], std::stoi(third));
  draw.back() = "days:30";
  EXPECT_THAT(site_(draw).err, HasSubstr("expected the entry or the rule of a clock"));
  draw[2] = "referral";
  EXPECT_THAT(site_(draw).err, HasSubstr("has no time limit"));
  // A correction is due by the clock of what it corrects.
  const std::string corrected =
      done({"report", "correct", one, "--reason", "x", "--as", "li", "--no-pdf"})["report"]["id"];
  EXPECT_EQ(due_of(corrected), "2026-10-19");
  EXPECT_TRUE(verified("one").ok()) << bundle_text(verified("one"));
  EXPECT_THAT(bundle_text(verified("one")),
              HasSubstr("due       by the clock that entry " + first + " started"));
  EXPECT_EQ(nlohmann::json::parse(bundle_json(verified("one")))["report"]["clock"],
            std::stoi(first));
  EXPECT_EQ(site_({"ledger", "verify"}).status, 0);
}

// The site's day is 5 October 2026.
TEST_F(ReportBundle, HasTheLicencesOfItsCase) {
  std::vector<std::string> draw{"report", "new", "vsd-narrative", "--case", case_,
                                "--as",   "li",  "--recipient",   "BIS",    "--no-pdf"};
  const auto licences_state = [this](const std::string& id) -> std::string {
    const auto checked = nlohmann::json::parse(site_({"report", "check", id, "--json"}).out);
    for (const auto& one : checked["elements"]) {
      if (one["name"] == "licences") return one["state"];
    }
    return "not asked for";
  };
  EXPECT_EQ(licences_state(done(draw)["report"]["id"]), "absent");
  put_bytes(site_.path("D1.pdf"), "the document");
  static_cast<void>(
      done({"case", "licence", case_, "licence", "--authority", "BIS", "--number", "D1 <i>",
            "--from", "2025-01-01", "--until", "2026-10-04", "--file", "D1.pdf", "--as", "jo"}));
  static_cast<void>(done({"case", "licence", case_, "exemption", "--authority", "OFAC", "--number",
                          "31 CFR 560.210", "--from", "2026-10-05", "--as", "cy"}));
  const auto entry = site_.entries("case.licence").front();
  EXPECT_EQ(entry["act"]["file"], to_hex(sha256("the document")));
  EXPECT_EQ(entry.dump().find("D1.pdf"), std::string::npos);
  const Answer shown = site_({"case", "show", case_});
  EXPECT_THAT(shown.out,
              AllOf(HasSubstr("licence   licence D1 <i> of BIS, from 2025-01-01, until 2026-10-04, "
                              "ended, entry "),
                    HasSubstr("licence   exemption 31 CFR 560.210 of OFAC, from 2026-10-05, entry"),
                    HasSubstr("name: D1.pdf")));
  const auto of_case = site_({"case", "show", case_, "--json"}).json()["licences"];
  EXPECT_EQ(of_case[0]["ended"], true);
  EXPECT_EQ(of_case[1]["until"], nullptr);
  const std::string id = done(draw)["report"]["id"];
  EXPECT_EQ(licences_state(id), "present");
  const auto report = nlohmann::json::parse(site_({"report", "show", id, "--json"}).out);
  ASSERT_EQ(report["licences"].size(), 2U);
  EXPECT_EQ(report["licences"][0]["number"], "D1 <i>");
  EXPECT_EQ(report["licences"][0]["ended"], true);
  EXPECT_EQ(report["licences"][1]["kind"], "exemption");
  EXPECT_EQ(report["licences"][1]["by"], "cy");
  const std::string page = bytes_of(site_.path("state/reports/" + id + "/data/report.html"));
  EXPECT_THAT(page, AllOf(HasSubstr("Licences and exemptions"), HasSubstr("D1 &lt;i&gt;"),
                          HasSubstr("until 2026-10-04: ended when the report was drawn")));
  const Answer wrong = site_({"case", "licence", case_, "licence", "--authority", "BIS", "--number",
                              "1", "--from", "2026-10-05", "--until", "2026-10-04", "--as", "jo"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("--until"));
  EXPECT_EQ(site_({"ledger", "verify"}).status, 0);
}

TEST_F(ReportBundle, TellsWhenTheNarrativeOfASelfDisclosureBegins) {
  const std::string id = drawn("vsd-notification", "facts");
  approve(id, "ada");
  approve(id, "cy");
  const Answer issued =
      site_({"report", "issue", id, "--to", "vsd", "--as", "li", "--reason", "Gaps"});
  EXPECT_EQ(issued.status, 0) << issued.err;
  EXPECT_THAT(issued.out, AllOf(HasSubstr("180 days begin (15 CFR 764.5)"),
                                HasSubstr("case clock " + case_ + " vsd-narrative --from DAY")));
}

TEST_F(ReportBundle, HasTheWordsOfTheSiteAndTheirTemplates) {
  const fs::path folder = site_.path("report-templates/referral");
  fs::create_directories(folder);
  put_bytes(folder / "footer.mustache", "Small Inc to {{recipent}}");
  const Answer checked = site_({"config", "check"});
  EXPECT_EQ(checked.status, 3);
  EXPECT_THAT(checked.out, HasSubstr("footer.mustache:1:16: error TW0614: unknown placeholder "
                                     "`recipent`"));
  const Answer refused_draft = site_({"report", "new", "referral", "--case", case_, "--as", "li"});
  EXPECT_EQ(refused_draft.status, 3);
  EXPECT_THAT(refused_draft.err, HasSubstr("footer.mustache:1:16"));
  put_bytes(folder / "footer.mustache", "Small Inc to {{recipient}}");
  EXPECT_EQ(site_({"config", "check"}).status, 0);
  issued("worded", "facts");
  const auto files = files_of("worded");
  EXPECT_THAT(files.at("data/report.html"),
              HasSubstr("<footer><p>Small Inc to <bdi dir=\"auto\">Agency</bdi></p>"));
  EXPECT_EQ(files.at("data/templates/footer.mustache"), "Small Inc to {{recipient}}");
  EXPECT_TRUE(verified("worded").ok()) << bundle_text(verified("worded"));
  // Another kind has none of it.
  const std::string other = drawn("partner-notice", "facts");
  EXPECT_FALSE(fs::exists(site_.path("state/reports/" + other + "/data/templates")));
}

TEST_F(ReportBundle, SummarisesAPeriod) {
  const std::string id =
      done({"report", "new", "period-summary", "--period", "2026-10-05..2026-10-06", "--recipient",
            "Board", "--as", "li"})["report"]["id"];
  const auto json = nlohmann::json::parse(site_({"report", "show", id, "--json"}).out);
  EXPECT_EQ(json["findings"].size(), 2U);
  EXPECT_EQ(json["subjects"].size(), 2U);
  EXPECT_EQ(json["series"][0]["unit"], "findings");
  // The file has four minutes of the day; what lies before and behind them is told of by nobody.
  ASSERT_EQ(json["sources"].size(), 1U);
  EXPECT_EQ(json["sources"][0]["source"], "gateway");
  ASSERT_EQ(json["sources"][0]["missing"].size(), 2U);
  EXPECT_EQ(json["sources"][0]["missing"][0]["from"], "2026-10-05T00:00:00Z");
  EXPECT_EQ(json["sources"][0]["missing"][1]["to"], "2026-10-06T00:00:00Z");
  EXPECT_EQ(coverage_of(json), "unknown");
  const std::string later = done({"report", "new", "period-summary", "--period",
                                  "2030-01-01..2030-02-01", "--as", "li"})["report"]["id"];
  EXPECT_EQ(coverage_of(nlohmann::json::parse(site_({"report", "show", later, "--json"}).out)),
            "absent");
  approve(id, "ada");
  static_cast<void>(done(
      {"report", "issue", id, "--to", "october", "--as", "li", "--reason", "No decision yet"}));
  EXPECT_TRUE(verified("october").ok()) << bundle_text(verified("october"));
}

TEST_F(ReportBundle, IsNotApprovedWhenItsFilesWereChanged) {
  const std::string id = drawn("partner-notice", "facts");
  const fs::path page = site_.path("state/reports/" + id + "/data/report.html");
  put_bytes(page, bytes_of(page) + " ");
  const Answer answer = site_({"report", "approve", id, "--as", "ada", "--reason", "x"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.err, HasSubstr("report.html` is not what was drawn"));
}

}  // namespace
}  // namespace tidewaiter
