#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/acts.h"
#include "daemon/app/signatory.h"
#include "storage/review/case_book.h"
#include "storage/verify/verify.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A site with two findings, about accounts a and c, and the people who decide.
class CaseTest : public testing::Test {
 protected:
  CaseTest() {
    const Answer made =
        site_({"init", "--person", "Jo=officer", "--person", "Kim=officer", "--person",
               "Ada=approver", "--person", "Cy=counsel", "--person", "Di=viewer"});
    EXPECT_EQ(made.status, 0) << made.err;
    site_.cycle();
  }

  [[nodiscard]] nlohmann::json of(const std::string& account) const {
    const auto cases = site_({"case", "list", "--state", "all", "--json"}).json()["cases"];
    for (const auto& one : cases) {
      if (one["subject"] == "account:gateway/" + account) return one;
    }
    return {};
  }
  [[nodiscard]] std::string id_of(const std::string& account) const { return of(account)["id"]; }
  /// With --seen, all that the ledger has, where it has to be and is not said.
  [[nodiscard]] std::vector<std::string> having_seen(std::vector<std::string> arguments) const {
    const bool rests_on = arguments[1] == "decide" || arguments[1] == "approve" ||
                          arguments[1] == "merge" || arguments[1] == "split";
    if (!rests_on || std::ranges::find(arguments, "--seen") != arguments.end()) return arguments;
    const auto size = site_({"status", "--json"}).json()["ledger"]["size"].get<std::int64_t>();
    arguments.insert(arguments.end(), {"--seen", std::to_string(size)});
    return arguments;
  }
  /// The act must be recorded.
  nlohmann::json done(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    const Answer answer = site_(having_seen(arguments));
    EXPECT_EQ(answer.status, 0) << answer.err;
    return answer.status == 0 ? answer.json()["case"] : nlohmann::json();
  }
  [[nodiscard]] std::string refused(const std::vector<std::string>& arguments) const {
    const Answer answer = site_(having_seen(arguments));
    EXPECT_EQ(answer.status, 4) << answer.out;
    return answer.err;
  }
  [[nodiscard]] VerifyReport verified() const {
    return verify_ledger({site_.ledger_paths().database, site_.ledger_paths().lock, {}});
  }
  /// All bytes of the state but of the acts and people.
  [[nodiscard]] bool elsewhere_in_state(const std::string& text) const {
    for (const auto& file : std::filesystem::recursive_directory_iterator(site_.path("state"))) {
      if (!file.is_regular_file() || file.path().string().find("/acts/") != std::string::npos) {
        continue;
      }
      std::ifstream in(file.path(), std::ios::binary);
      const std::string bytes(std::istreambuf_iterator<char>(in), {});
      if (bytes.find(text) != std::string::npos) return true;
    }
    return false;
  }

  SmallSite site_;
};

TEST_F(CaseTest, GoesFromAFindingToADecisionOfTwo) {
  const std::string id = id_of("c");
  EXPECT_EQ(of("c")["state"], "open");
  EXPECT_EQ(done({"case", "assign", id, "--to", "kim", "--as", "jo"})["owner"], "kim");
  const auto proposed =
      done({"case", "decide", id, "referred", "--as", "kim", "--reason", "To the agency"});
  EXPECT_EQ(proposed["state"], "proposed");
  EXPECT_EQ(proposed["decision"]["second_needed"], true);
  const auto closed = done({"case", "approve", id, "--as", "ada", "--reason", "Agreed"});
  EXPECT_EQ(closed["state"], "closed");
  EXPECT_EQ(closed["decision"]["approved_by"], "ada");

  const Answer shown = site_({"case", "show", id});
  EXPECT_THAT(shown.out, AllOf(HasSubstr("closed: referred"), HasSubstr("account:gateway/c"),
                               HasSubstr("kim decided: referred; reason: To the agency"),
                               HasSubstr("ada approved the decision of entry")));
  const auto findings = site_({"finding", "list", "--json"}).json()["findings"];
  for (const auto& finding : findings) {
    const Answer one = site_({"finding", "show", finding["id"].get<std::string>()});
    const bool decided = finding["subject"] == "account:gateway/c";
    EXPECT_THAT(one.out, HasSubstr(decided ? "Decided: referred, by kim, approved by ada"
                                           : "Potential violation: a person decides"));
  }
  EXPECT_EQ(site_({"status", "--json"}).json()["cases"],
            nlohmann::json({{"open", 1}, {"proposed", 0}, {"closed", 1}}));
  const VerifyReport report = verified();
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
  EXPECT_EQ(report.signed_size, report.head.size);
}

TEST_F(CaseTest, ListsAndCountsTellWhatPeopleDecided) {
  const std::string id = id_of("c");
  const auto lists = [this] {
    return site_({"finding", "list"}).out + site_({"status"}).out + site_({"run", "--once"}).out;
  };
  done({"case", "decide", id, "false-positive", "--as", "kim", "--reason", "One test"});
  EXPECT_THAT(lists(), AllOf(HasSubstr("2 potential violations, until a person decides\n"),
                             Not(HasSubstr("decided: "))))
      << "it waits for a second person";
  done({"case", "approve", id, "--as", "ada", "--reason", "Agreed"});
  const std::string summary =
      "1 potential violation, until a person decides; decided: 1 false-positive\n";
  EXPECT_THAT(site_({"finding", "list"}).out,
              AllOf(HasSubstr(summary), HasSubstr("  false-positive"), HasSubstr("  potential")));
  EXPECT_THAT(site_({"run", "--once"}).out, HasSubstr(summary));
  EXPECT_THAT(site_({"status"}).out,
              HasSubstr("findings  potential: 0 critical, 1 high, 0 medium, 0 low; decided: 1 "
                        "false-positive; withdrawn: 0\n"));
  const auto counts = site_({"status", "--json"}).json()["findings"];
  EXPECT_EQ(counts["potential"]["high"], 1);
  EXPECT_EQ(counts["decided"]["false-positive"], 1);
  EXPECT_EQ(counts["decided"]["confirmed"], 0);
  for (const auto& finding : site_({"finding", "list", "--json"}).json()["findings"]) {
    const bool decided = finding["subject"] == "account:gateway/c";
    EXPECT_EQ(finding["outcome"], decided ? nlohmann::json("false-positive") : nullptr);
    if (!decided) continue;
    EXPECT_THAT(site_({"finding", "show", finding["id"].get<std::string>()}).out,
                AllOf(HasSubstr("  state     false-positive"), Not(HasSubstr("potential"))));
  }
  EXPECT_THAT(site_({"case", "show", id}).out, Not(HasSubstr("  potential")));
  done({"case", "appeal", id, "--as", "cy", "--reason", "They wrote"});
  EXPECT_THAT(site_({"finding", "list"}).out,
              HasSubstr("2 potential violations, until a person decides\n"));
}

TEST_F(CaseTest, RefusesWhatTheRulesForbidAndRecordsTheAttempt) {
  const std::string id = id_of("c");
  done({"case", "decide", id, "referred", "--as", "ada", "--reason", "x"});
  EXPECT_THAT(refused({"case", "approve", id, "--as", "ada", "--reason", "x"}),
              HasSubstr("another person has to approve it"));
  EXPECT_THAT(refused({"case", "comment", id, "x", "--as", "di"}), HasSubstr("enrolled as viewer"));
  EXPECT_THAT(refused({"case", "show", id, "--evidence", "--as", "di"}),
              HasSubstr("enrolled as viewer"));
  EXPECT_THAT(refused({"case", "comment", id, "x", "--privileged", "--as", "jo"}),
              HasSubstr("only counsel"));
  const auto attempts = site_.entries("case.refused");
  ASSERT_EQ(attempts.size(), 4U);
  EXPECT_EQ(attempts[0]["attempt"]["by"], "ada");
  EXPECT_EQ(attempts[0]["attempt"]["type"], "case.approved");
  EXPECT_EQ(attempts[0]["attempt"]["case"], id);
  EXPECT_TRUE(verified().ok());
}

TEST_F(CaseTest, RefusesADecisionAboutMoreThanWasSeen) {
  const std::string id = id_of("c");
  const std::string seen = std::to_string(of("c")["seen"].get<std::int64_t>());
  done({"case", "comment", id, "Look at the other key", "--as", "kim"});
  EXPECT_THAT(
      refused({"case", "decide", id, "confirmed", "--seen", seen, "--as", "jo", "--reason", "x"}),
      HasSubstr("look at it again"));
}

TEST_F(CaseTest, KeepsWordsOutOfTheLedger) {
  const std::string id = id_of("a");
  done({"case", "comment", id, "canary-7f3a9c", "--as", "jo"});
  done({"lead", "add", "canary-7f3a9c told", "--from", "canary-7f3a9c", "--subject",
        "canary-7f3a9c", "--as", "jo"});
  EXPECT_FALSE(elsewhere_in_state("canary-7f3a9c"));
  EXPECT_THAT(site_({"case", "show", id}).out, HasSubstr("jo commented; text: canary-7f3a9c"));
  // Whoever erases the words removes their file; the ledger still holds.
  std::filesystem::remove_all(site_.path("state/acts"));
  EXPECT_THAT(site_({"case", "show", id}).out,
              AllOf(HasSubstr("its words are erased"), Not(HasSubstr("canary"))));
  EXPECT_TRUE(verified().ok());
}

TEST_F(CaseTest, RefusesWordsThatAreNotThoseThatWereSigned) {
  const std::string id = id_of("a");
  done({"case", "comment", id, "As it was", "--as", "jo"});
  for (const auto& file : std::filesystem::directory_iterator(site_.path("state/acts"))) {
    if (file.path().extension() != ".json") continue;
    std::ifstream in(file.path());
    std::string text(std::istreambuf_iterator<char>(in), {});
    text.replace(text.find("As it was"), 9, "As it is!");
    std::ofstream(file.path()) << text;
  }
  const Answer shown = site_({"case", "show", id});
  EXPECT_NE(shown.status, 0);
  EXPECT_THAT(shown.err, HasSubstr("does not hold the act that the ledger has"));
}

TEST_F(CaseTest, TakesInOnceWhatWasHandedInAndNotPutAway) {
  done({"case", "comment", id_of("a"), "Once", "--as", "jo"});
  // As a process leaves it that is killed between the ledger and the file.
  for (const auto& file : std::filesystem::directory_iterator(site_.path("state/acts"))) {
    if (file.path().extension() != ".json") continue;
    std::filesystem::rename(file.path(),
                            site_.path("state/acts/incoming") / file.path().filename());
  }
  EXPECT_THAT(site_({"case", "show", id_of("a")}).out, HasSubstr("text: Once"));
  site_.cycle();
  EXPECT_EQ(site_.entries("case.commented").size(), 1U);
  EXPECT_TRUE(std::filesystem::is_empty(site_.path("state/acts/incoming")));
}

TEST_F(CaseTest, RefusesAFileThatIsNoActAndGoesOn) {
  std::filesystem::create_directories(site_.path("state/acts/incoming"));
  site_.write("state/acts/incoming/zz.json", "{\"entry\": 5}");
  site_.cycle();
  const auto attempts = site_.entries("case.refused");
  ASSERT_EQ(attempts.size(), 1U);
  // Under the digest of its name, whatever that is; what was handed in is kept.
  const std::string name = to_hex(sha256("zz"));
  EXPECT_EQ(attempts[0]["attempt"]["file"], name);
  EXPECT_TRUE(std::filesystem::exists(site_.path("state/acts/refused/" + name + ".json")));
  EXPECT_TRUE(std::filesystem::exists(site_.path("state/acts/refused/" + name + ".given")));
}

// Names that are no UTF-8, folders with something in them, links to nowhere and to themselves, a
// file that nobody may take for an act, and members of any length: each is refused once, and what
// is good is taken in beside it.
TEST_F(CaseTest, TakesWhatIsGoodBesideWhatIsHostile) {
  namespace fs = std::filesystem;
  const fs::path incoming = site_.path("state/acts/incoming");
  fs::create_directories(incoming / "folder.json");
  site_.write("state/acts/incoming/folder.json/inside", "x");
  site_.write("state/acts/incoming/\xff.json", "[]");
  site_.write("state/acts/incoming/" + std::string(250, 'n') + ".json", "{}");
  fs::create_symlink("nowhere", incoming / "dangling.json");
  fs::create_symlink("circle.json", incoming / "circle.json");
  const std::string by = std::string(79, 'a') + "\u00e9" + std::string(20'000, 'b');
  site_.write(
      "state/acts/incoming/long.json",
      R"({"typ":"case.commented","entry":{"act":{"privileged":false},"at":"2026-10-05T08:00:00Z","by":")" +
          by + R"(","case":"c-0","seen":0,"signer":"x","note":"y"}})");
  done({"case", "comment", id_of("a"), "Good", "--as", "jo"});
  EXPECT_EQ(site_.entries("case.refused").size(), 6U);
  site_.cycle();
  EXPECT_EQ(site_.entries("case.refused").size(), 6U);
  EXPECT_EQ(site_.entries("case.commented").size(), 1U);
  EXPECT_TRUE(fs::is_empty(incoming));
  EXPECT_TRUE(verified().ok());
}

TEST_F(CaseTest, KeepsAnActUnderItsDigestOnly) {
  done({"case", "comment", id_of("a"), "First", "--as", "jo"});
  std::filesystem::path first;
  for (const auto& file : std::filesystem::directory_iterator(site_.path("state/acts"))) {
    if (file.path().extension() == ".json") first = file.path();
  }
  done({"case", "comment", id_of("c"), "Second", "--as", "jo"});
  for (const auto& file : std::filesystem::directory_iterator(site_.path("state/acts"))) {
    if (file.path().extension() != ".json" || file.path() == first) continue;
    std::filesystem::copy_file(file.path(), site_.path("state/acts/incoming") / first.filename());
  }
  site_.cycle();
  EXPECT_EQ(site_.entries("case.refused").size(), 1U);
  EXPECT_THAT(site_({"case", "show", id_of("a")}).out, HasSubstr("text: First"));
}

TEST_F(CaseTest, RefusesAnActThatWasRefusedBefore) {
  const std::string id = id_of("a");
  (void)refused({"case", "appeal", id, "--as", "jo", "--reason", "x"});  // nothing is closed yet
  done({"case", "decide", id, "referred", "--as", "jo", "--reason", "x"});
  done({"case", "approve", id, "--as", "ada", "--reason", "x"});
  const auto folder = site_.path("state/acts/refused");
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".given") continue;
    std::filesystem::copy_file(
        file.path(), site_.path("state/acts/incoming") / (file.path().stem().string() + ".json"));
  }
  site_.cycle();
  EXPECT_EQ(of("a")["state"], "closed");
  EXPECT_EQ(site_.entries("case.refused").size(), 2U);
}

TEST_F(CaseTest, WantsAReasonInWords) {
  EXPECT_THAT(refused({"case", "decide", id_of("a"), "confirmed", "--as", "jo", "--reason", "  "}),
              HasSubstr("gives no reason"));
}

// The configuration of whoever acts does not say what rests on law: the set in force does.
TEST_F(CaseTest, AsksThePoliciesInForceWhetherTheyRestOnLaw) {
  const auto low = [](const std::string& basis) {
    std::string text = volume_policy("test.volume", "4");
    text.replace(text.find("severity: high"), 14, "severity: low");
    text.replace(text.find("basis: [{terms: no more than that}]"), 35, "basis: [" + basis + "]");
    return text.replace(text.find("version: 1"), 10, "version: 2");
  };
  site_.write("policies/volume.yaml",
              low("{law: A statute, jurisdiction: US, citation: 1 CFR 1, settled: yes}"));
  site_.cycle();
  site_.write("policies/volume.yaml", low("{terms: no more than that}"));
  done({"case", "decide", id_of("c"), "confirmed", "--as", "jo", "--reason", "x"});
  const auto decisions = site_.entries("case.decided");
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0]["second_because"], "a legal basis");
}

TEST_F(CaseTest, ComesBackWhenAnAcceptedRiskEnds) {
  const std::string id = id_of("a");
  const auto c = done({"case", "decide", id, "accepted-risk", "--until", "2026-11-01", "--as", "jo",
                       "--reason", "x"});
  if (c["state"] == "proposed") done({"case", "approve", id, "--as", "ada", "--reason", "x"});
  EXPECT_THAT(site_({"case", "list"}).out, Not(HasSubstr(id)));
  site_.now = *parse_time("2026-11-01");
  EXPECT_THAT(site_({"case", "list"}).out, HasSubstr(id));
  done({"case", "decide", id, "referred", "--as", "jo", "--reason", "x"});
}

TEST_F(CaseTest, ShowsPrivilegedWordsToWhoLooksAtEvidence) {
  const std::string id = id_of("a");
  done({"case", "comment", id, "advice-5d", "--privileged", "--as", "cy"});
  EXPECT_THAT(site_({"case", "show", id}).out,
              AllOf(Not(HasSubstr("advice-5d")), HasSubstr("commented, privileged")));
  EXPECT_THAT(site_({"case", "show", id, "--evidence", "--as", "cy"}).out, HasSubstr("advice-5d"));
}

TEST_F(CaseTest, ShowsWhoLookedAtTheEvidence) {
  const std::string id = id_of("c");
  const Answer shown = site_({"case", "show", id, "--evidence", "--as", "jo"});
  EXPECT_EQ(shown.status, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("Evidence: 3 records"));
  const auto views = site_.entries("evidence.viewed");
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views[0]["by"], "jo");
  EXPECT_THAT(site_({"case", "show", id}).out, Not(HasSubstr("Evidence: ")));
}

TEST_F(CaseTest, CountsDownAClock) {
  const std::string id = id_of("c");
  const auto c = done({"case", "clock", id, "ofac-report", "--from", "2026-10-02", "--event",
                       "Payment rejected", "--as", "jo"});
  // 5, 6, 7, 8, 9, (12: Columbus Day) 13, 14, 15, 16, 19 October; the site's day is the 5th.
  EXPECT_EQ(c["clocks"][0]["due"], "2026-10-19");
  EXPECT_EQ(c["clocks"][0]["days_left"], 9);
  EXPECT_THAT(site_({"case", "list"}).out,
              HasSubstr("ofac-report: due 2026-10-19, 9 business days left"));
}

TEST_F(CaseTest, MergesAndOpensAgain) {
  const std::string a = id_of("a");
  const std::string c = id_of("c");
  done({"case", "merge", a, "--into", c, "--reason", "One operator", "--as", "jo"});
  EXPECT_EQ(of("c")["findings"], 2);
  EXPECT_EQ(of("a")["state"], "merged");
  EXPECT_THAT(refused({"case", "comment", a, "x", "--as", "jo"}), HasSubstr("goes on in"));
  done({"case", "decide", c, "referred", "--as", "jo", "--reason", "x"});
  done({"case", "approve", c, "--as", "ada", "--reason", "x"});
  EXPECT_EQ(done({"case", "appeal", c, "--as", "cy", "--reason", "They wrote"})["state"], "open");
}

TEST_F(CaseTest, AMergeWantsToHaveSeenBothCases) {
  done({"case", "comment", id_of("c"), "x", "--as", "jo"});  // the last entry is c's
  const auto a = of("a");
  const auto c = of("c");
  const auto merge = [&](const nlohmann::json& seen) {
    return std::vector<std::string>{"case", "merge",  a["id"],     "--into", c["id"], "--reason",
                                    "x",    "--seen", seen.dump(), "--as",   "jo"};
  };
  ASSERT_LT(a["seen"], c["seen"]);
  EXPECT_THAT(
      refused(merge(a["seen"])),
      AllOf(HasSubstr("entries up to " + std::to_string(c["seen"].get<std::int64_t>() - 1) + ","),
            HasSubstr("the greater of the numbers that `tidewaiter case show` gives")));
  EXPECT_EQ(done(merge(c["seen"]))["state"], "merged");
}

TEST_F(CaseTest, NamesTheNextStepsOfWhoeverReads) {
  const std::string id = id_of("c");
  const auto steps = [&](const std::string& as) {
    const std::string page = site_({"case", "show", id, "--as", as}).out;
    const std::size_t from = page.find("tidewaiter case ", page.find("What happened"));
    return from == std::string::npos ? std::string() : page.substr(from);
  };
  EXPECT_THAT(steps("jo"), AllOf(HasSubstr("case decide " + id), HasSubstr("OUTCOME is confirmed"),
                                 HasSubstr("case merge " + id), HasSubstr("case assign " + id),
                                 HasSubstr("--evidence"), Not(HasSubstr("case approve"))));
  EXPECT_THAT(steps("cy"), AllOf(HasSubstr("--evidence"), Not(HasSubstr("case decide")),
                                 Not(HasSubstr("case assign"))))
      << "counsel may look, and decides nothing";
  done({"case", "decide", id, "confirmed", "--as", "jo", "--reason", "x"});
  EXPECT_THAT(steps("ada"), AllOf(HasSubstr("case approve " + id), Not(HasSubstr("case decide"))));
  EXPECT_THAT(steps("jo"), Not(HasSubstr("case approve")));
  done({"case", "approve", id, "--as", "ada", "--reason", "x"});
  EXPECT_THAT(steps("cy"), HasSubstr("case appeal " + id));
  done({"case", "merge", id, "--into", id_of("a"), "--as", "jo", "--reason", "x"});
  EXPECT_THAT(steps("jo"), HasSubstr("case show " + id_of("a")));
}

TEST_F(CaseTest, FindsASubjectByTheIdThatItEndsIn) {
  const std::string id = id_of("c");
  for (const char* const word : {"account:gateway/c", "gateway/c", "c"}) {
    const auto cases = site_({"case", "list", "--subject", word, "--json"}).json()["cases"];
    ASSERT_EQ(cases.size(), 1U) << word;
    EXPECT_EQ(cases[0]["id"], id);
  }
  EXPECT_THAT(site_({"case", "list", "--subject", "ateway/c"}).out, HasSubstr("no cases match"));
  const auto lead = done({"lead", "add", "Twice", "--from", "Partner", "--subject", "c",
                          "--subject", "account:gateway/c", "--as", "jo"});
  const auto shown = site_({"lead", "show", lead["id"], "--json"}).json();
  ASSERT_EQ(shown["named"].size(), 1U) << "one case, by two names";
}

TEST_F(CaseTest, SplitsWhatWasMergedByMistake) {
  const std::string a = id_of("a");
  const std::string c = id_of("c");
  const std::vector<std::string> split{
      "case", "split", c, "--subject", "account:gateway/a", "--reason", "Two people", "--as", "jo"};
  EXPECT_THAT(site_(having_seen(split)).err, HasSubstr("that stands is about"));
  done({"case", "merge", a, "--into", c, "--reason", "One operator", "--as", "jo"});
  done({"case", "assign", c, "--to", "kim", "--as", "jo"});
  done({"case", "clock", c, "days:30", "--from", "2026-10-02", "--event", "x", "--as", "jo"});
  const Answer told = site_(having_seen(split));
  ASSERT_EQ(told.status, 0) << told.err;
  EXPECT_THAT(told.out, AllOf(HasSubstr("split 1 finding off, into p-"), HasSubstr("new case  p-"),
                              HasSubstr("open, owner kim")));
  EXPECT_EQ(of("c")["findings"], 1);
  const auto all = site_({"case", "list", "--state", "open", "--json"}).json()["cases"];
  const auto part = std::ranges::find_if(
      all, [](const auto& one) { return one["id"].template get<std::string>()[0] == 'p'; });
  ASSERT_NE(part, all.end());
  EXPECT_EQ((*part)["subject"], "account:gateway/a");
  EXPECT_EQ((*part)["split_from"], c);
  EXPECT_EQ((*part)["owner"], "kim");
  EXPECT_EQ((*part)["clocks"][0]["due"], "2026-11-01");
  EXPECT_THAT(site_({"case", "show", (*part)["id"].get<std::string>()}).out,
              AllOf(HasSubstr("split off " + c), HasSubstr("reason: Two people")));
  EXPECT_TRUE(verified().ok());
}

TEST_F(CaseTest, RecordsASplitThatTheRulesForbidAsAnAttempt) {
  const std::string a = id_of("a");
  const std::string c = id_of("c");
  const auto finding_of = [this](const std::string& id) {
    return site_({"case", "show", id, "--json"}).json()["all_findings"][0]["id"].get<std::string>();
  };
  const auto split = [](const std::string& id, const std::string& finding) {
    return std::vector<std::string>{"case",     "split", id,     "--finding", finding,
                                    "--reason", "x",     "--as", "jo"};
  };
  EXPECT_THAT(refused(split(c, finding_of(c))), HasSubstr("nothing that stands would stay"));
  EXPECT_THAT(refused(split(c, finding_of(a))), HasSubstr("there is no finding"));
  done({"case", "decide", c, "confirmed", "--as", "jo", "--reason", "x"});
  EXPECT_THAT(refused(split(c, finding_of(c))), HasSubstr("waits for a second person"));
  done({"case", "approve", c, "--as", "ada", "--reason", "x"});
  EXPECT_THAT(refused(split(c, finding_of(c))), HasSubstr("the case is closed"));
  const auto attempts = site_.entries("case.refused");
  ASSERT_EQ(attempts.size(), 4U);
  EXPECT_EQ(attempts[0]["attempt"]["type"], "case.split");
  EXPECT_THAT(site_(having_seen(split(c, "zz"))).err, HasSubstr("no finding begins with `zz`"));
  EXPECT_THAT(site_(having_seen({"case", "split", c, "--reason", "x", "--as", "jo"})).err,
              HasSubstr("--finding or --subject"));
  EXPECT_EQ(site_.entries("case.refused").size(), 4U);
}

// By hand: the policy is of severity high, so that each decision waits for a second person.
TEST_F(CaseTest, DoesTheSameToManyCasesEachByAnActOfItsOwn) {
  const Answer asked = site_({"case", "bulk", "decide", "confirmed", "--policy", "test.*",
                              "--reason", "one operator", "--as", "jo"});
  EXPECT_EQ(asked.status, 1);
  EXPECT_THAT(asked.out,
              AllOf(HasSubstr("2 cases about 2 subjects, 2 accounts as they are linked now"),
                    HasSubstr("0 critical, 2 high")));
  EXPECT_THAT(asked.err, HasSubstr("say --yes"));
  EXPECT_THAT(site_.entries("case.decided"), testing::IsEmpty());
  const std::vector<std::string> decide{"case",     "bulk",   "decide",   "confirmed",
                                        "--policy", "test.*", "--reason", "one operator",
                                        "--as",     "jo",     "--yes"};
  EXPECT_THAT(site_(decide).err, HasSubstr("rests on what was looked at"));
  auto with_seen = decide;
  const auto size = site_({"status", "--json"}).json()["ledger"]["size"].get<std::int64_t>();
  with_seen.insert(with_seen.end(), {"--seen", std::to_string(size), "--json"});
  const Answer done_all = site_(with_seen);
  ASSERT_EQ(done_all.status, 0) << done_all.err;
  EXPECT_EQ(done_all.json()["subjects"], 2);
  EXPECT_EQ(done_all.json()["accounts"], 2);
  EXPECT_EQ(done_all.json()["acts"][0]["state"], "proposed");
  EXPECT_EQ(done_all.json()["severities"]["high"], 2);
  ASSERT_EQ(done_all.json()["acts"].size(), 2U);
  EXPECT_EQ(site_.entries("case.decided").size(), 2U);
  for (const char* const account : {"a", "c"}) EXPECT_EQ(of(account)["state"], "proposed");
  EXPECT_TRUE(verified().ok());
}

TEST_F(CaseTest, TellsEachOfManyThatTheRulesRefuse) {
  const std::string a = id_of("a");
  const std::string c = id_of("c");
  done({"case", "decide", a, "confirmed", "--as", "kim", "--reason", "seen"});
  const auto size = site_({"status", "--json"}).json()["ledger"]["size"].get<std::int64_t>();
  const Answer answer =
      site_({"case", "bulk", "decide", "false-positive", "--case", a, "--case", c, "--yes",
             "--seen", std::to_string(size), "--reason", "no", "--as", "jo"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.err, AllOf(HasSubstr(a + ": refused: `kim` has decided"), Not(HasSubstr(c))));
  EXPECT_THAT(answer.out, AllOf(HasSubstr("1 recorded, 1 refused"),
                                HasSubstr("1 of these waits for a second person: `tidewaiter case "
                                          "list --state proposed`")));
  EXPECT_EQ(site_.entries("case.refused").size(), 1U);
  EXPECT_EQ(of("c")["state"], "proposed");
}

TEST_F(CaseTest, ChoosesManyCasesByWhatAllTheirFindingsAre) {
  const auto chosen = [this](std::vector<std::string> options) {
    std::vector<std::string> all{"case", "bulk", "assign", "--to", "kim",
                                 "--as", "jo",   "--json", "--yes"};
    all.insert(all.end(), options.begin(), options.end());
    const Answer answer = site_(all);
    return answer.status == 0 ? std::to_string(answer.json()["cases"].size()) : answer.err;
  };
  EXPECT_EQ(chosen({"--severity", "low,medium"}), "0");
  EXPECT_EQ(chosen({"--policy", "other.*"}), "0");
  EXPECT_EQ(chosen({"--owner", "kim"}), "0");
  EXPECT_THAT(chosen({}), HasSubstr("say which cases"));
  EXPECT_EQ(chosen({"--severity", "high", "--policy", "test.volume"}), "2");
  EXPECT_EQ(chosen({"--owner", "kim"}), "2");
  EXPECT_EQ(of("a")["owner"], "kim");
  // What is named has to agree, too.
  EXPECT_EQ(chosen({"--case", id_of("a"), "--severity", "low"}), "0");
  EXPECT_EQ(chosen({"--case", id_of("a"), "--owner", "jo"}), "0");
  EXPECT_EQ(chosen({"--case", id_of("a"), "--state", "closed"}), "0");
  EXPECT_EQ(chosen({"--case", id_of("a"), "--severity", "high", "--owner", "kim"}), "1");
  EXPECT_EQ(chosen({"--case", id_of("a")}), "1");
}

TEST_F(CaseTest, AnErrorAmongManyActsSaysHowManyAreHandedIn) {
  const std::filesystem::path key = site_.ledger_paths().key;
  std::filesystem::rename(key, key.string() + ".away");
  const Answer answer =
      site_({"case", "bulk", "assign", "--severity", "high", "--to", "kim", "--as", "jo", "--yes"});
  std::filesystem::rename(key.string() + ".away", key);
  EXPECT_NE(answer.status, 0);
  EXPECT_THAT(answer.err, HasSubstr("2 of 2 acts are handed in"));
  EXPECT_THAT(site_.entries("case.assigned"), testing::IsEmpty());
}

TEST_F(CaseTest, BeginsWithALeadThatMatchesOrDoesNot) {
  site_.write("accounts.csv", "c,first\nnobody,second\n\"a\"\n");
  const auto lead = done({"lead", "add", "Many keys", "--from", "Partner", "--subjects",
                          "accounts.csv", "--handling", "TLP:RED", "--as", "jo"});
  EXPECT_EQ(lead["lead"], true);
  const auto shown = site_({"case", "show", lead["id"].get<std::string>(), "--json"}).json();
  ASSERT_EQ(shown["named"].size(), 2U);
  EXPECT_EQ(shown["named_without_findings"], nlohmann::json({"nobody"}));
  EXPECT_THAT(site_({"lead", "list"}).out, HasSubstr(lead["id"].get<std::string>()));
}

TEST_F(CaseTest, BeginsWithALeadInStix) {
  site_.write("bundle.json", R"({"type": "bundle", "id": "bundle--1", "objects": [
      {"type": "user-account", "id": "user-account--1", "user_id": "c", "object_marking_refs":
       ["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"]},
      {"type": "ipv4-addr", "id": "ipv4-addr--1", "value": "203.0.113.9"},
      {"type": "malware", "id": "malware--1"}]})");
  const std::vector<std::string> verb{"lead", "add", "See it", "--from",     "Partner",
                                      "--as", "jo",  "--file", "bundle.json"};
  std::vector<std::string> in_json = verb;
  in_json.emplace_back("--json");
  const auto told = site_(in_json).json();
  EXPECT_EQ(told["file_read"], (nlohmann::json{{"user-account", 1}, {"ipv4-addr", 1}}));
  EXPECT_EQ(told["file_passed_over"], (nlohmann::json{{"malware", 1}}));
  const auto entries = site_.entries("lead.received");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0]["act"]["handling"], "TLP:RED");
  EXPECT_EQ(entries[0]["act"]["subjects"], 2);
  EXPECT_TRUE(entries[0]["act"].contains("file"));
  const Answer shown = site_({"lead", "show", told["case"]["id"].get<std::string>()});
  EXPECT_THAT(shown.out, HasSubstr("file_passed_over: 1 malware"));
  EXPECT_THAT(shown.out, HasSubstr("203.0.113.9"));
  EXPECT_THAT(site_(verb).out, HasSubstr("file_read: 1 ipv4-addr, 1 user-account\n"
                                         "file_passed_over: 1 malware\n"));
}

TEST_F(CaseTest, BeginsWithALeadInCsv) {
  site_.write("lead.csv", "account,ip,note,tlp\nc,203.0.113.9,x,red\nnobody,,y,amber\n");
  const Answer added =
      site_({"lead", "add", "tip", "--from", "Partner", "--as", "jo", "--file", "lead.csv"});
  EXPECT_EQ(added.status, 0) << added.err;
  EXPECT_THAT(added.out,
              HasSubstr("file_read: 2 account, 1 ip-addr\nfile_passed_over: 1 column note\n"));
  const auto entries = site_.entries("lead.received");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0]["act"]["handling"], "TLP:RED");
  EXPECT_EQ(entries[0]["act"]["subjects"], 3);
  const auto shown =
      site_({"lead", "show", entries[0]["case"].get<std::string>(), "--json"}).json();
  ASSERT_EQ(shown["named"].size(), 1U);
  EXPECT_EQ(shown["named_without_findings"], nlohmann::json({"203.0.113.9", "nobody"}));
  site_.write("open.csv", "account\n\"c\n");
  const Answer open =
      site_({"lead", "add", "tip", "--from", "Partner", "--as", "jo", "--file", "open.csv"});
  EXPECT_EQ(open.status, 3);
  EXPECT_THAT(open.err, HasSubstr("open.csv:2"));
  EXPECT_EQ(site_.entries("lead.received").size(), 1U);
}

TEST_F(CaseTest, RefusesALeadInStixThatIsBrokenOrMarkedMoreStrictly) {
  site_.write("broken.stix", "{\"type\": \"bundle\",\n \"objects\": [}");
  const Answer broken =
      site_({"lead", "add", "See it", "--from", "Partner", "--as", "jo", "--file", "broken.stix"});
  EXPECT_EQ(broken.status, 3);
  EXPECT_THAT(broken.err, HasSubstr("broken.stix:2:14"));
  site_.write("red.stix", R"({"type": "note", "id": "note--1", "object_marking_refs":
      ["marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"]})");
  const Answer laxer = site_({"lead", "add", "See it", "--from", "Partner", "--as", "jo", "--file",
                              "red.stix", "--handling", "TLP:AMBER+STRICT"});
  EXPECT_NE(laxer.status, 0);
  EXPECT_THAT(laxer.err, HasSubstr("the file is marked `TLP:RED`"));
  EXPECT_TRUE(site_.entries("lead.received").empty());
}

TEST_F(CaseTest, ReadsALeadOfUsualMarkingWhereNotAllOfTheFileIsMarked) {
  const std::string clear = R"("marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487")";
  const auto bundle = [this](const std::string& name, const std::string& report,
                             const std::string& account) {
    site_.write(name, R"({"type": "bundle", "id": "bundle--1", "objects": [
        {"type": "report", "id": "report--1", "object_marking_refs": [)" +
                          report + R"(]},
        {"type": "user-account", "id": "user-account--1", "user_id": "c",
         "object_marking_refs": [)" +
                          account + "]}]}");
  };
  bundle("part.json", clear, "");
  bundle("all.json", clear, clear);
  bundle("other.json", clear, clear + R"(, "marking-definition--7")");
  const auto add = [this](const std::vector<std::string>& more) {
    std::vector<std::string> verb{"lead", "add", "See it", "--from", "Partner", "--as", "jo"};
    verb.insert(verb.end(), more.begin(), more.end());
    return site_(verb);
  };
  EXPECT_EQ(add({"--file", "part.json"}).status, 0);
  EXPECT_EQ(add({"--file", "all.json"}).status, 0);
  const Answer unknown = add({"--file", "other.json"});
  EXPECT_EQ(unknown.status, 4);
  EXPECT_THAT(unknown.err, HasSubstr("1 marking of which it is not known who may read"));
  EXPECT_EQ(add({"--file", "other.json", "--handling", "TLP:RED"}).status, 0);
  const auto entries = site_.entries("lead.received");
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0]["act"]["handling"], "TLP:AMBER");
  EXPECT_EQ(entries[1]["act"]["handling"], "TLP:CLEAR");
  EXPECT_EQ(entries[2]["act"]["handling"], "TLP:RED");
}

TEST_F(CaseTest, HashesOtherJsonOfALeadAndSaysThatItIsNotRead) {
  site_.write("export.json", R"({"rows": [{"user_id": "c"}]})");
  const Answer added =
      site_({"lead", "add", "See it", "--from", "Partner", "--as", "jo", "--file", "export.json"});
  EXPECT_EQ(added.status, 0) << added.err;
  EXPECT_THAT(added.out, HasSubstr("file_passed_over: 1 file that is no bundle of STIX"));
  const auto entries = site_.entries("lead.received");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_TRUE(entries[0]["act"].contains("file"));
  EXPECT_EQ(entries[0]["act"]["subjects"], 0);
  EXPECT_EQ(entries[0]["act"]["handling"], "TLP:AMBER");
}

// Of two findings one is decided; Wilson's interval of one in one is 0.207 to 1.
TEST_F(CaseTest, TellsThePolicyHowOftenItWasRight) {
  EXPECT_THAT(site_({"policy", "show", "test.volume"}).out,
              HasSubstr("version 1: 0 confirmed, 0 false positives, 2 undecided"));
  const std::string id = id_of("a");
  if (done({"case", "decide", id, "confirmed", "--as", "jo", "--reason", "x"})["state"] ==
      "proposed") {  // the one in ten
    done({"case", "approve", id, "--as", "ada", "--reason", "x"});
  }
  EXPECT_THAT(site_({"policy", "show", "test.volume"}).out,
              HasSubstr("1 confirmed, 0 false positives, 1 undecided; precision 100 %, with 95 % "
                        "confidence from 21 % to 100 %"));
  EXPECT_EQ(site_({"policy", "show", "test.volume", "--json"}).json()["decided"][0]["confirmed"],
            1);
  EXPECT_THAT(site_({"policy", "show", "test.volume"}).out, Not(HasSubstr("decided ones")));
}

// By hand: both findings come to be of one case, and so are decided at once.
TEST_F(CaseTest, SaysOfHowManyCasesTheDecidedFindingsAre) {
  const std::string c = id_of("c");
  done({"case", "merge", id_of("a"), "--into", c, "--as", "jo", "--reason", "x"});
  done({"case", "decide", c, "confirmed", "--as", "jo", "--reason", "x"});
  done({"case", "approve", c, "--as", "ada", "--reason", "x"});
  std::string told = site_({"policy", "show", "test.volume"}).out;
  told = std::regex_replace(told, std::regex("\\s+"), " ");
  EXPECT_THAT(told, HasSubstr("2 confirmed, 0 false positives, 0 undecided; the 2 decided ones are "
                              "of 1 case; precision 100 %, with 95 % confidence from 34 % to 100 % "
                              "if each had been judged by itself"));
  EXPECT_EQ(
      site_({"policy", "show", "test.volume", "--json"}).json()["decided"][0]["cases_decided"], 1);
}

// Account a has three requests and c has four: `n > 3` tells them apart, and a backtest with it
// finds c alone. What `n` comes to is known at the window's end, for it must not be above 1,000.
TEST(CaseTuning, ProposesAThresholdThatLosesNothingThatWasConfirmed) {
  const SmallSite site;
  site.write("policies/volume.yaml", volume_policy("test.volume", "3 and n <= 1000"));
  // What is known begins before the hour.
  std::string usage = usage_line("z0", "2026-10-05T08:00:00Z", "z");
  for (const char* id : {"a1", "a2", "a3", "c1", "c2", "c3", "c4"}) {
    usage += usage_line(id, "2026-10-05T10:0" + std::string(id + 1) + ":00Z", {id, 1});
  }
  // The hour has ended, and so has the wait for what is late.
  site.write("usage.jsonl", usage + usage_line("z1", "2026-10-05T13:30:00Z", "z"));
  ASSERT_EQ(site({"init", "--person", "Jo=officer", "--person", "Ada=approver"}).status, 0);
  site.cycle();
  const auto decide = [&site](const std::string& account, const char* outcome) {
    const auto cases =
        site({"case", "list", "--subject", "account:gateway/" + account, "--json"}).json()["cases"];
    ASSERT_EQ(cases.size(), 1U);
    const std::string id = cases[0]["id"];
    const auto seen = [&site] {
      return std::to_string(
          site({"status", "--json"}).json()["ledger"]["size"].get<std::int64_t>());
    };
    EXPECT_EQ(site({"case", "decide", id, outcome, "--seen", seen(), "--as", "jo", "--reason", "x"})
                  .status,
              0);
    EXPECT_EQ(
        site({"case", "approve", id, "--seen", seen(), "--as", "ada", "--reason", "x"}).status, 0);
  };
  decide("a", "false-positive");
  EXPECT_EQ(site({"policy", "show", "test.volume", "--json"}).json()["tuning"],
            nlohmann::json::array());  // nothing stands yet that could be lost
  decide("c", "confirmed");
  EXPECT_THAT(site({"policy", "show", "test.volume"}).out,
              HasSubstr("`n > 3` in the place of `>= 3` leaves out 1 of 1 false positive, and none "
                        "of 1 that somebody confirmed, accepted or referred (the nearest has 4)"));
  const auto tuning = site({"policy", "show", "test.volume", "--json"}).json()["tuning"];
  ASSERT_EQ(tuning.size(), 1U);
  EXPECT_EQ(tuning[0]["measure"], "n");
  EXPECT_EQ(tuning[0]["tighter"], 3);
  EXPECT_EQ(tuning[0]["left_out"], 1);
  site.write("policies/volume.yaml", volume_policy("test.volume", "4 and n <= 1000"));
  const std::string tried = site({"policy", "backtest", "--json"}).json().dump();
  EXPECT_THAT(tried, HasSubstr("account:gateway/c"));
  EXPECT_THAT(tried, Not(HasSubstr("account:gateway/a")));
}

TEST_F(CaseTest, ShowsALeadByItsOwnVerb) {
  const auto lead =
      done({"lead", "add", "Many keys", "--from", "Partner", "--subject", "c", "--as", "jo"});
  const std::string id = lead["id"];
  const Answer shown = site_({"lead", "show", id});
  EXPECT_EQ(shown.status, 0) << shown.err;
  EXPECT_EQ(shown.out, site_({"case", "show", id}).out);
  const Answer other = site_({"lead", "show", id_of("a")});
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.err, HasSubstr("is no lead"));
}

TEST_F(CaseTest, NamesNobodyWhoIsNotEnrolled) {
  const Answer answer = site_({"case", "comment", id_of("a"), "x", "--as", "joe"});
  EXPECT_EQ(answer.status, 2);
  EXPECT_THAT(answer.err, HasSubstr("did you mean `jo`?"));
  EXPECT_EQ(site_({"case", "show", "c-ffffffffffff"}).status, 2);
}

TEST_F(CaseTest, GoesIntoABackup) {
  done({"case", "comment", id_of("a"), "Kept", "--as", "jo"});
  const Answer made = site_({"ledger", "backup", site_.path("copy").string()});
  ASSERT_EQ(made.status, 0) << made.err;
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(site_.path("copy/acts"))) {
    if (file.path().extension() == ".json") ++files;
  }
  EXPECT_EQ(files, 1U);
}

}  // namespace
}  // namespace tidewaiter
