#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/act_intake.h"
#include "daemon/app/acts.h"
#include "daemon/app/erasures.h"
#include "daemon/app/exhibits.h"
#include "daemon/app/signatory.h"
#include "storage/verify/tile_log.h"
#include "storage/verify/verify.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kCanaryAccount = "zq-canary-account";
constexpr const char* kErased = "account:gateway/zq-canary-account";

/// A request of the account with everything in it that tells who it was.
std::string personal_line(const std::string& id, const std::string& time) {
  return R"({"kind":"usage","id":")" + id + R"(","time":")" + time + R"(","account":")" +
         kCanaryAccount +
         R"(","api_key":"canary-key","end_user":"canary-user","client.address":"203.0.113.77",)"
         R"("client.network":"203.0.113.0/24","user_agent":"shared-agent/1",)"
         R"("request.session":"canary-session","model":"m-large"})"
         "\n";
}

/// A site where one account, whose name sorts last, is one of two with many requests in an hour,
/// and one of three with few in another; and the people who decide.
class ErasureTest : public testing::Test {
 protected:
  ErasureTest() {
    site_.write("policies/few.yaml", few_policy());
    std::string usage;
    for (const char* const minute : {"1", "2", "3"}) {
      usage += usage_line(std::string("a") + minute,
                          "2026-10-05T10:0" + std::string(minute) + ":00Z", "a");
      usage += personal_line(std::string("z") + minute,
                             "2026-10-05T10:0" + std::string(minute) + ":30Z");
    }
    usage += usage_line("b1", "2026-10-05T11:01:00Z", "b");
    usage += R"({"kind":"usage","id":"k1","time":"2026-10-05T11:02:00Z","account":"k",)"
             R"("user_agent":"shared-agent/1"})"
             "\n";
    usage += personal_line("z9", "2026-10-05T11:03:00Z");
    usage += usage_line("l1", "2026-10-05T13:00:00Z", "late");
    site_.write("usage.jsonl", usage);
    site_.now = UtcTime{1'791'237'600'000'000};  // 2026-10-05T22:00:00Z
    const Answer made = site_({"init", "--person", "Jo=officer", "--person", "Kim=officer",
                               "--person", "Ada=approver", "--person", "Cy=counsel"});
    EXPECT_EQ(made.status, 0) << made.err;
    site_.cycle();
  }

  static std::string few_policy() {
    std::string text = volume_policy("test.few");
    text.replace(text.find("n >= 3"), 6, "n <= 1");
    return text;
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
  /// Asked for; its id.
  [[nodiscard]] std::string requested() const {
    return done({"ledger", "erase", "request", kErased, "--despite-retention", "--as", "jo",
                 "--reason", "Letter"})["erasure"]["id"];
  }
  /// Approved, and not carried out yet: as by a daemon that is killed just then.
  void approve_alone(const std::string& id) const {
    const fs::path state = site_.path("state");
    const auto ledger = Ledger::open(site_.ledger_paths(), Ledger::Mode::kReadWrite);
    ASSERT_TRUE(ledger) << ledger.error().message;
    const auto book = ErasureBook::read(**ledger);
    ASSERT_TRUE(book && book->erasure(id) != nullptr);
    const auto who = signatory(state, "ada", std::nullopt);
    ASSERT_TRUE(who) << who.error().message;
    Act act;
    act.origin = (*ledger)->origin();
    act.case_id = id;
    act.by = "ada";
    act.at = site_.now;
    act.seen = 1;
    act.body = ErasureApproved{book->erasure(id)->request.index, true};
    ASSERT_TRUE(hand_in_act(state, act, {{"reason", "zq-canary-account it is"}}, who->key));
    const auto taken = take_acts(state, **ledger, site_.ledger_paths(),
                                 {[](const FindingState&) { return false; }, {}}, site_.now);
    ASSERT_TRUE(taken) << taken.error().message;
    ASSERT_EQ(taken->taken, 1);
  }

  [[nodiscard]] StatePaths paths_of(const std::string& state) const {
    Config config;
    config.state = site_.path(state);
    config.ledger.lock = site_.path(state + "/lock.db");
    config.ledger.key = site_.path(state + "/ledger.key");
    config.ledger.vault = site_.path(state + "/vault.db");
    return state_paths(config);
  }
  void copy_state(const std::string& to) const {
    fs::copy(site_.path("state"), site_.path(to), fs::copy_options::recursive);
  }

  [[nodiscard]] VerifyReport verified(const std::string& state = "state") const {
    const LedgerPaths paths = paths_of(state).ledger;
    return verify_ledger({paths.database, paths.lock, {}});
  }

  /// The files below a folder that have one of the subject's values.
  [[nodiscard]] std::vector<std::string> files_with_canaries(const std::string& folder) const {
    std::vector<std::string> found;
    for (const auto& file : fs::recursive_directory_iterator(site_.path(folder))) {
      if (!file.is_regular_file()) continue;
      std::ifstream in(file.path(), std::ios::binary);
      const std::string bytes(std::istreambuf_iterator<char>(in), {});
      for (const char* const value : {"canary", "203.0.113"}) {
        if (bytes.find(value) == std::string::npos) continue;
        found.push_back(file.path().filename().string() + ": " + value);
      }
    }
    return found;
  }

  /// Findings without whom they are about: what must be the same with and without an erasure.
  [[nodiscard]] std::vector<nlohmann::json> findings(const std::string& state) const {
    auto list = site_({"--state", site_.path(state).string(), "finding", "list", "--json"})
                    .json()["findings"];
    std::vector<nlohmann::json> all;
    for (auto& finding : list) {
      const std::string subject = finding.value("subject", "");
      if (subject == kErased || subject.empty()) finding["subject"] = "the erased one";
      finding.erase("entries");
      finding.erase("recorded");
      all.push_back(finding);
    }
    return all;
  }
  [[nodiscard]] Answer cycle_in(const std::string& state) const {
    return site_({"--state", site_.path(state).string(), "run", "--once"});
  }

  [[nodiscard]] std::string case_of(const std::string& subject) const {
    const nlohmann::json list = done({"case", "list", "--state", "all"});
    for (const auto& one : list["cases"]) {
      if (one["subject"] == subject) return one["id"];
    }
    ADD_FAILURE() << "no case about " << subject;
    return {};
  }
  /// A file of this name, with the subject in it.
  void attach(const std::string& to, const std::string& name) const {
    site_.write(name, "canary bytes");
    (void)done(
        {"case", "attach", to, name, "--custodian", "desk", "--origin", "mail", "--as", "jo"});
  }
  /// The ciphertexts and keys that are there.
  [[nodiscard]] std::size_t exhibits_in(const std::string& state) const {
    const auto ids = exhibits_of(site_.path(state), paths_of(state).ledger).ids();
    EXPECT_TRUE(ids);
    return ids ? ids->size() : 0;
  }

  SmallSite site_;
};

TEST_F(ErasureTest, LeavesNoByteOfASubjectAndEveryProofValid) {
  const auto before = done({"ledger", "head"});
  const nlohmann::json cases = done({"case", "list", "--state", "all"});
  for (const auto& one : cases["cases"]) {
    if (one["subject"] != kErased) continue;
    (void)done({"case", "comment", one["id"], "canary words", "--as", "jo"});
    attach(one["id"], "exhibit.txt");
  }
  // What an attempt that was cut off has left, and an exhibit of others that names the subject.
  ASSERT_TRUE(exhibits_of(site_.path("state"), site_.ledger_paths())
                  .keep(site_.path("exhibit.txt"), kMostExhibitBytes));
  attach(case_of("account:gateway/a"), std::string(kCanaryAccount) + ".txt");
  attach(case_of("account:gateway/a"), "others.txt");
  const std::string lead = done(
      {"lead", "add", "told", "--from", "x", "--subject", kErased, "--as", "jo"})["case"]["id"];
  attach(lead, "letter.txt");
  EXPECT_THAT(refused({"ledger", "erase", "request", kErased, "--as", "jo", "--reason", "x"}),
              AllOf(HasSubstr("to be kept until 2036-10-05"), HasSubstr("despite retention")));
  ASSERT_EQ(site_({"ledger", "export", "before"}).status, 0);

  const std::string draft =
      done({"report", "new", "partner-notice", "--case", case_of(kErased), "--recipient", "Partner",
            "--profile", "subjects", "--no-pdf", "--as", "jo"})["report"]["id"];

  const auto plan = done({"ledger", "erase", "plan", kErased});
  EXPECT_EQ(plan["records"], 4);
  EXPECT_THAT(plan["drafts"], testing::ElementsAre(draft));
  EXPECT_TRUE(plan["reports"].empty());
  EXPECT_EQ(plan["findings"], 2);
  EXPECT_EQ(plan["cases"].size(), 1U);
  EXPECT_EQ(plan["exhibits"], 3);
  EXPECT_TRUE(plan["held_by"].is_null());
  EXPECT_EQ(plan["to_be_kept_until"], "2036-10-05T22:00:00Z");

  const std::string erasure = requested();
  EXPECT_THAT(refused({"ledger", "erase", "approve", erasure, "--as", "jo", "--reason", "x"}),
              HasSubstr("enrolled as officer"));
  // A snapshot of evaluation holds texts of records, and so does one that was never ended.
  write_file(site_.path("state/evaluation.snapshot"), "canary");
  write_file(site_.path("state/evaluation.snapshot.new"), "canary");
  EXPECT_THAT(files_with_canaries("state"), Not(IsEmpty()));
  const auto executed =
      done({"ledger", "erase", "approve", erasure, "--as", "ada", "--reason", "canary, agreed"});
  EXPECT_EQ(executed["erasure"]["state"], "executed");
  EXPECT_EQ(executed["erasure"]["subject"], "(erased)");

  const Answer gone = site_({"report", "issue", draft, "--to", "out", "--as", "jo"});
  EXPECT_EQ(gone.status, 2) << gone.out;
  EXPECT_THAT(gone.err, HasSubstr("Draw the report anew"));
  EXPECT_FALSE(fs::exists(site_.path("out")));

  // In databases, WALs, words and refused acts; in what is made of them afterwards too.
  EXPECT_THAT(files_with_canaries("state"), IsEmpty());
  ASSERT_EQ(site_({"ledger", "backup", "backup", "--vault", "sealed"}).status, 0);
  ASSERT_EQ(site_({"ledger", "export", "after"}).status, 0);
  EXPECT_THAT(files_with_canaries("backup"), IsEmpty());
  EXPECT_THAT(files_with_canaries("sealed"), IsEmpty());
  EXPECT_THAT(files_with_canaries("after"), IsEmpty());

  const Answer drawn = site_({"report", "new", "period-summary", "--period",
                              "2026-10-05..2026-10-06", "--no-pdf", "--as", "jo"});
  EXPECT_EQ(drawn.status, 0) << drawn.err;
  EXPECT_FALSE(fs::is_empty(site_.path("state/reports")));
  EXPECT_THAT(files_with_canaries("state"), IsEmpty());

  // Everything that was proven is, and the state holds in all its parts.
  const VerifyReport report = verified();
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
  const Answer fsck = site_({"ledger", "fsck"});
  EXPECT_EQ(fsck.status, 0) << fsck.out << fsck.err;
  EXPECT_EQ(site_({"records", "verify"}).status, 0);
  EXPECT_TRUE(verify_tile_log(site_.path("before"), {}).ok());
  EXPECT_TRUE(verify_tile_log(site_.path("after"), {}).ok());
  EXPECT_GT(done({"ledger", "head"})["size"].get<std::int64_t>(),
            before["size"].get<std::int64_t>());
  const auto entries = site_.entries("erasure.executed");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0]["records"], 4);
  EXPECT_EQ(entries[0]["payloads"], 3);
  EXPECT_THAT(fsck.out, HasSubstr("exhibits: 1 kept, 3 erased"));
  // What others have too stays.
  int shown = 0;
  for (int seq = 1; seq <= 12; ++seq) {
    const Answer stored = site_({"records", "show", std::to_string(seq), "--as", "jo"});
    shown += stored.status == 0 ? 1 : 0;
    EXPECT_THAT(stored.out, Not(HasSubstr("canary"))) << seq;
  }
  EXPECT_GT(shown, 0);
  EXPECT_THAT(site_({"finding", "list"}).out, Not(HasSubstr("canary")));
}

// The twin has the same past and no erasure: what both say afterwards is the same but for a name.
// Of the two policies one opens findings about three accounts at one entry, in the order of their
// names, of which the erased one was the last and is not any more.
TEST_F(ErasureTest, ChangesNothingThatWasOrWillBeFoundAboutOthers) {
  copy_state("twin");
  const std::vector<nlohmann::json> before = findings("state");
  (void)done({"ledger", "erase", "approve", requested(), "--as", "ada", "--reason", "x"});
  EXPECT_EQ(findings("state"), before);
  const Answer idle = cycle_in("state");
  EXPECT_EQ(idle.status, 0) << idle.err;
  EXPECT_THAT(idle.out, HasSubstr("this run: 0 opened, 0 restated, 0 withdrawn, 0 ended"));
  EXPECT_EQ(findings("state"), before);

  // Late records by which two of the three do not hold any more, and the end of all runs.
  std::ofstream(site_.path("usage.jsonl"), std::ios::app)
      << usage_line("b2", "2026-10-05T11:40:00Z", "b")
      << usage_line("k2", "2026-10-05T11:50:00Z", "k")
      << usage_line("l2", "2026-10-06T18:40:00Z", "late");
  site_.now = site_.now + Duration{2 * kDay.us};
  for (const char* const state : {"twin", "state"}) {
    const Answer cycle = cycle_in(state);
    EXPECT_EQ(cycle.status, 0) << state << ": " << cycle.err;
  }
  std::vector<nlohmann::json> erased = findings("state");
  std::vector<nlohmann::json> twin = findings("twin");
  // By hand: those of accounts b and k do not hold any more, and the late one had one request, too.
  ASSERT_EQ(before.size(), 5U);
  ASSERT_EQ(twin.size(), 6U);
  // The note of the erasure is an entry of the log, and what is opened behind it has another place.
  erased.back().erase("id");
  twin.back().erase("id");
  EXPECT_EQ(erased, twin);
  EXPECT_EQ(
      std::ranges::count(twin, "withdrawn",
                         [](const nlohmann::json& f) { return f.at("state").get<std::string>(); }),
      2);
  EXPECT_TRUE(verified().ok());
  EXPECT_THAT(files_with_canaries("state"), IsEmpty());
  const Answer again = cycle_in("state");
  EXPECT_THAT(again.out, HasSubstr("this run: 0 opened, 0 restated, 0 withdrawn, 0 ended"));
}

// A cluster goes by the name of its least account. "erased-…" comes before "mm-friend".
TEST_F(ErasureTest, WhatWasFoundAboutAClusterGoesOnWithoutOneOfItsAccounts) {
  const auto member = [](const std::string& account, const std::string& id,
                         const std::string& time) {
    return R"({"kind":"usage","id":")" + id + R"(","time":")" + time + R"(","account":")" +
           account + R"(","client.address":"198.51.100.7"})" + "\n";
  };
  std::string text = volume_policy("test.ring", "5");
  text.replace(text.find("for_each: account"), 17, "for_each: cluster");
  text += "---\nlinkage: rings\ntitle: Rings\nlinks:\n  - {field: client.address, at_most: 5}\n";
  site_.write("policies/ring.yaml", text);
  std::string usage;
  for (const char* const minute : {"1", "2", "3"}) {
    usage += member("mm-friend", std::string("m") + minute,
                    "2026-10-05T15:0" + std::string(minute) + ":00Z");
    usage += member(kCanaryAccount, std::string("y") + minute,
                    "2026-10-05T15:0" + std::string(minute) + ":30Z");
  }
  std::ofstream(site_.path("usage.jsonl"), std::ios::app) << usage;
  EXPECT_EQ(cycle_in("state").status, 0);
  copy_state("twin");
  const std::vector<nlohmann::json> before = findings("state");
  const auto of_ring = [](const std::vector<nlohmann::json>& all) {
    std::vector<nlohmann::json> some;
    std::ranges::copy_if(all, std::back_inserter(some),
                         [](const nlohmann::json& f) { return f.at("policy") == "test.ring"; });
    return some;
  };
  ASSERT_EQ(of_ring(before).size(), 1U);
  EXPECT_EQ(of_ring(before).front().at("subject"), "cluster:gateway/mm-friend");
  (void)done({"ledger", "erase", "approve", requested(), "--as", "ada", "--reason", "x"});
  EXPECT_EQ(findings("state"), before);

  // Another hour of the same ring, and the end of all runs.
  std::ofstream later(site_.path("usage.jsonl"), std::ios::app);
  for (const char* const minute : {"1", "2", "3", "4", "5"}) {
    later << member("mm-friend", std::string("n") + minute,
                    "2026-10-05T16:0" + std::string(minute) + ":00Z");
  }
  later << usage_line("l9", "2026-10-07T18:40:00Z", "late") << std::flush;
  site_.now = site_.now + Duration{3 * kDay.us};
  for (const char* const state : {"twin", "state"}) {
    const Answer cycle = cycle_in(state);
    EXPECT_EQ(cycle.status, 0) << state << ": " << cycle.err;
  }
  const auto erased = of_ring(findings("state"));
  const auto twin = of_ring(findings("twin"));
  ASSERT_EQ(erased.size(), twin.size());
  EXPECT_EQ(erased.front(), twin.front()) << "the one that was there goes on, and ends";
  EXPECT_TRUE(verified().ok());
  EXPECT_THAT(files_with_canaries("state"), IsEmpty());
}

// What it reads names the erased subject by another id and another name than the ledger.
TEST_F(ErasureTest, APolicyThatReadsFindingsGoesOn) {
  site_.write("policies/more.yaml", volume_policy("test.more"));
  site_.write("policies/campaign.yaml",
              "policy: test.campaign\nversion: 1\ntitle: Two policies found something\n"
              "status: active\nbasis: [{control: looked at together}]\nkind: coordination\n"
              "severity: low\nreads: finding\nfor_each: account\n"
              "window: {length: 30d, every: 1d}\n"
              "measure: {policies: distinct(finding.policy), found: count()}\n"
              "report_when: policies >= 2\n");
  EXPECT_EQ(cycle_in("state").status, 0);
  copy_state("twin");
  const std::vector<nlohmann::json> before = findings("state");
  const auto of_campaign = [](const std::vector<nlohmann::json>& all) {
    return std::ranges::count_if(
        all, [](const nlohmann::json& f) { return f.at("policy") == "test.campaign"; });
  };
  ASSERT_EQ(of_campaign(before), 2) << "account a, and the one that is erased";
  (void)done({"ledger", "erase", "approve", requested(), "--as", "ada", "--reason", "x"});
  EXPECT_EQ(findings("state"), before);
  for (int turn = 0; turn < 2; ++turn) {
    const Answer idle = cycle_in("state");
    EXPECT_EQ(idle.status, 0) << idle.err;
    EXPECT_THAT(idle.out, HasSubstr("this run: 0 opened, 0 restated, 0 withdrawn, 0 ended"));
    EXPECT_THAT(idle.out, Not(HasSubstr("unmatched")));
  }

  // Another hour of account a, by which its campaign has more findings, and the end of all runs.
  std::ofstream later(site_.path("usage.jsonl"), std::ios::app);
  for (const char* const minute : {"1", "2", "3"}) {
    later << usage_line(std::string("n") + minute, "2026-10-05T16:0" + std::string(minute) + ":00Z",
                        "a");
  }
  later << usage_line("l9", "2026-10-07T18:40:00Z", "late") << std::flush;
  site_.now = site_.now + Duration{3 * kDay.us};
  for (const char* const state : {"twin", "state"}) {
    const Answer cycle = cycle_in(state);
    EXPECT_EQ(cycle.status, 0) << state << ": " << cycle.err;
    EXPECT_THAT(cycle.out, Not(HasSubstr("unmatched")));
  }
  // The note of the erasure is an entry of the log: what is opened behind it has other ids.
  const auto is_known = [&before](const nlohmann::json& id) {
    return std::ranges::any_of(before, [&id](const nlohmann::json& f) { return f.at("id") == id; });
  };
  const auto known = [&is_known](std::vector<nlohmann::json> all) {
    std::erase_if(all, [&](const nlohmann::json& f) { return !is_known(f.at("id")); });
    for (nlohmann::json& finding : all) {
      nlohmann::json ids = nlohmann::json::array();
      for (const auto& id : finding["evidence_findings"]) {
        ids.push_back(is_known(id) ? id : nlohmann::json("one of later"));
      }
      finding["evidence_findings"] = ids;
    }
    return all;
  };
  EXPECT_EQ(known(findings("state")), known(findings("twin"))) << "what was found goes on alike";
  EXPECT_EQ(findings("state").size(), findings("twin").size());
  EXPECT_TRUE(verified().ok());
  EXPECT_THAT(files_with_canaries("state"), IsEmpty());
}

// The words that say a ruling go with whom they are about: the record log has it before.
TEST_F(ErasureTest, ARulingThatNoCycleHasSeenHoldsAfterwards) {
  std::string text = volume_policy("test.ring", "5");
  text.replace(text.find("for_each: account"), 17, "for_each: cluster");
  text += "---\nlinkage: rings\ntitle: Rings\nlinks:\n  - {field: client.address, at_most: 5}\n";
  site_.write("policies/ring.yaml", text);
  const auto line = [](const std::string& account, const std::string& id) {
    return R"({"kind":"usage","id":")" + id + R"(","time":"2026-10-05T15:01:00Z","account":")" +
           account + R"(","client.address":"198.51.100.7"})" + "\n";
  };
  std::ofstream(site_.path("usage.jsonl"), std::ios::app)
      << line(kCanaryAccount, "y1") << line("m", "y2") << line("n", "y3");
  EXPECT_EQ(cycle_in("state").status, 0);
  const auto sizes = [&] {
    std::vector<std::int64_t> all;
    const auto list = done({"cluster", "list"});
    for (const auto& one : list["clusters"]) {
      all.push_back(one["size"].get<std::int64_t>());
    }
    return all;
  };
  ASSERT_THAT(sizes(), testing::ElementsAre(3)) << site_({"cluster", "list"}).out;
  (void)done({"cluster", "cut", kCanaryAccount, "--all", "--as", "jo", "--reason", "x", "--yes"});
  (void)done({"ledger", "erase", "approve", requested(), "--as", "ada", "--reason", "x"});
  EXPECT_THAT(files_with_canaries("state"), IsEmpty());
  EXPECT_EQ(cycle_in("state").status, 0);
  EXPECT_THAT(sizes(), testing::ElementsAre(2)) << "m and n, without whom was cut off";
  EXPECT_EQ(cycle_in("state").status, 0);
  EXPECT_EQ(site_({"ledger", "fsck"}).status, 0);
}

// Ids that are counted up are the same in many fields, for nobody's sake.
TEST_F(ErasureTest, AShortIdIsTheSubjectsInItsOwnFieldAlone) {
  std::ofstream(site_.path("usage.jsonl"), std::ios::app)
      << R"({"kind":"usage","id":"s1","time":"2026-10-05T12:01:00Z","account":"17","end_user":"u1"})"
      << "\n"
      << R"({"kind":"usage","id":"s2","time":"2026-10-05T12:02:00Z","account":"other","api_key":"17"})"
      << "\n";
  EXPECT_EQ(cycle_in("state").status, 0);
  const auto plan = done({"ledger", "erase", "plan", "account:gateway/17"});
  EXPECT_EQ(plan.dump().find("\"records\":2"), std::string::npos) << plan.dump();
  EXPECT_NE(plan.dump().find("\"records\":1"), std::string::npos) << plan.dump();
}

TEST_F(ErasureTest, IsTakenUpAgainWhereverItWasInterrupted) {
  attach(case_of(kErased), "exhibit.txt");
  attach(case_of("account:gateway/a"), "others.txt");
  const std::string id = requested();
  approve_alone(id);
  const std::vector<nlohmann::json> before = findings("state");
  for (int steps = 0; steps <= 9; ++steps) {
    const std::string state = "state" + std::to_string(steps);
    copy_state(state);
    int left = steps;
    const auto run = execute_erasures(paths_of(state), site_.now, [&left] { return left-- > 0; });
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_EQ(run->interrupted, steps < 9) << steps;
    // By the daemon's start, and by the verb.
    const Answer resumed =
        steps % 2 == 0 ? cycle_in(state)
                       : site_({"--state", site_.path(state).string(), "ledger", "erase", "run"});
    EXPECT_EQ(resumed.status, 0) << steps << ": " << resumed.err;
    EXPECT_THAT(files_with_canaries(state), IsEmpty()) << steps;
    const Answer cycle = cycle_in(state);
    EXPECT_THAT(cycle.out, HasSubstr("this run: 0 opened, 0 restated, 0 withdrawn, 0 ended"))
        << steps << ": " << cycle.err;
    EXPECT_EQ(findings(state), before) << steps;
    const Answer fsck = site_({"--state", site_.path(state).string(), "ledger", "fsck"});
    EXPECT_EQ(fsck.status, 0) << steps << ": " << fsck.out;
    const auto list =
        site_({"--state", site_.path(state).string(), "ledger", "erase", "list", "--json"}).json();
    EXPECT_EQ(list["erasures"][0]["state"], "executed") << steps;
    EXPECT_TRUE(verified(state).ok()) << steps;
    EXPECT_EQ(exhibits_in(state), 1U) << steps;
    EXPECT_THAT(fsck.out, HasSubstr("exhibits: 1 kept, 1 erased")) << steps;
  }
}

TEST_F(ErasureTest, IsRefusedWhereAHoldKeepsTheSubject) {
  const auto hold =
      done({"ledger", "hold", "place", kErased, "--as", "kim", "--reason", "Subpoena"});
  const std::string held = hold["hold"]["id"];
  EXPECT_EQ(hold["hold"]["subject"], kErased);
  EXPECT_THAT(refused({"ledger", "erase", "request", kErased, "--despite-retention", "--as", "jo",
                       "--reason", "x"}),
              AllOf(HasSubstr(held), HasSubstr("placed by `kim`"), HasSubstr("outranks")));
  const auto attempts = site_.entries("case.refused");
  ASSERT_EQ(attempts.size(), 1U);
  EXPECT_EQ(attempts[0]["attempt"]["type"], "erasure.requested");
  EXPECT_EQ(done({"ledger", "erase", "plan", kErased})["held_by"], held);
  EXPECT_THAT(site_({"ledger", "erase", "plan", kErased}).out, HasSubstr("outranks an erasure"));

  EXPECT_THAT(refused({"ledger", "hold", "approve", held, "--as", "kim", "--reason", "x"}),
              HasSubstr("enrolled as officer"));
  EXPECT_EQ(
      done({"ledger", "hold", "approve", held, "--as", "ada", "--reason", "x"})["hold"]["state"],
      "stands");
  (void)done({"ledger", "hold", "release", held, "--as", "ada", "--reason", "x"});
  EXPECT_THAT(refused({"ledger", "hold", "approve", held, "--as", "ada", "--reason", "x"}),
              HasSubstr("another person"));
  EXPECT_EQ(
      done({"ledger", "hold", "approve", held, "--as", "cy", "--reason", "x"})["hold"]["keeps"],
      false);
  EXPECT_THAT(done({"ledger", "hold", "list"})["holds"], IsEmpty());
  EXPECT_EQ(done({"ledger", "erase", "approve", requested(), "--as", "ada", "--reason",
                  "x"})["erasure"]["state"],
            "executed");
  EXPECT_TRUE(verified().ok());
}

TEST_F(ErasureTest, StopsForAHoldThatComesAfterTheApproval) {
  const std::string id = requested();
  approve_alone(id);
  // Whoever takes the hold in carries out first what is due: so it is placed by the same turn.
  const auto who = signatory(site_.path("state"), "kim", std::nullopt);
  ASSERT_TRUE(who);
  {
    const auto ledger = Ledger::open(site_.ledger_paths(), Ledger::Mode::kReadWrite);
    ASSERT_TRUE(ledger);
    Act act;
    act.origin = (*ledger)->origin();
    act.case_id = "h-0123456789ab";
    act.by = "kim";
    act.at = site_.now;
    act.body = HoldPlaced{};
    ASSERT_TRUE(
        hand_in_act(site_.path("state"), act, {{"subject", kErased}, {"reason", "x"}}, who->key));
    ASSERT_TRUE(take_acts(site_.path("state"), **ledger, site_.ledger_paths(),
                          {[](const FindingState&) { return false; }, {}}, site_.now));
  }
  const auto run = execute_erasures(paths_of("state"), site_.now, [] { return true; });
  ASSERT_TRUE(run);
  EXPECT_THAT(run->done, IsEmpty());
  EXPECT_THAT(site_({"ledger", "erase", "list"}).out, HasSubstr("stopped by a hold"));
  EXPECT_EQ(site_({"finding", "list", "--subject", kErased, "--json"}).json()["findings"].size(),
            2U);
}

// The write-ahead log keeps what a reader may still look at: it is not called executed before that
// is gone, and everything else goes on meanwhile.
TEST_F(ErasureTest, WaitsForAReaderBeforeItSaysThatItIsDone) {
  const std::string id = requested();
  approve_alone(id);
  {
    SQLite::Database reader(site_.path("state/records.db").string(), SQLite::OPEN_READONLY);
    SQLite::Transaction reading(reader);
    ASSERT_GT(reader.execAndGet("SELECT count(*) FROM page").getInt64(), 0);
    const auto run = execute_erasures(paths_of("state"), site_.now, [] { return true; });
    ASSERT_TRUE(run) << run.error().message;
    ASSERT_TRUE(run->waits);
    EXPECT_THAT(run->waits->message, HasSubstr("another process reads"));
    EXPECT_THAT(run->done, IsEmpty());
  }
  EXPECT_THAT(site_.entries("erasure.executed"), IsEmpty());
  EXPECT_EQ(cycle_in("state").status, 0);
  EXPECT_EQ(site_.entries("erasure.executed").size(), 1U);
  EXPECT_THAT(files_with_canaries("state"), IsEmpty());
  EXPECT_EQ(site_({"ledger", "fsck"}).status, 0);
}

/// A site whose vault has lost the subject's key, of which a second one is never made: acts that
/// name the subject wait for the right vault.
class WaitingActs : public ErasureTest {
 protected:
  WaitingActs() {
    vault().exec("CREATE TABLE away AS SELECT * FROM subject_key WHERE " + kIsErased);
    EXPECT_EQ(vault().exec("DELETE FROM subject_key WHERE " + kIsErased), 1);
    const auto ledger = Ledger::open(site_.ledger_paths(), Ledger::Mode::kReadOnly);
    EXPECT_TRUE(ledger);
    if (ledger) origin_ = (*ledger)->origin();
  }

  SQLite::Database vault() const {
    return {site_.path("state/vault.db").string(), SQLite::OPEN_READWRITE};
  }
  void put_key_back() const { vault().exec("INSERT INTO subject_key SELECT * FROM away"); }

  void hand_in(const std::string& who, const std::string& about, ActBody body,
               const Confidential& words) {
    const auto key = signatory(site_.path("state"), who, std::nullopt);
    ASSERT_TRUE(key);
    Act act;
    act.origin = origin_;
    act.case_id = about;
    act.by = who;
    act.at = site_.now;
    act.body = std::move(body);
    ASSERT_TRUE(hand_in_act(site_.path("state"), act, words, key->key));
    site_.now = site_.now + Duration{1};
  }
  void place_hold(const std::string& id, const std::string& subject) {
    hand_in("kim", id, HoldPlaced{}, {{"subject", subject}, {"reason", "x"}});
  }
  [[nodiscard]] TakenActs taken() const {
    const auto ledger = Ledger::open(site_.ledger_paths(), Ledger::Mode::kReadWrite);
    EXPECT_TRUE(ledger);
    auto acts = take_acts(site_.path("state"), **ledger, site_.ledger_paths(),
                          {[](const FindingState&) { return false; }, {}}, site_.now);
    EXPECT_TRUE(acts) << acts.error().message;
    return acts.value_or(TakenActs{});
  }

  const std::string kIsErased = "subject = 'account:gateway/zq-canary-account'";
  std::string origin_;
};

TEST_F(WaitingActs, HoldUpTheirOwnCaseAlone) {
  place_hold("h-0123456789ab", kErased);
  hand_in("ada", "h-0123456789ab", HoldApproved{0, true}, {{"reason", "x"}});
  place_hold("h-ba9876543210", "account:gateway/nobody-known");
  const TakenActs without = taken();
  EXPECT_EQ(without.waiting, 2);
  ASSERT_TRUE(without.why_waiting);
  EXPECT_THAT(without.why_waiting->message, HasSubstr("put the right one back"));
  EXPECT_EQ(without.taken, 1);
  EXPECT_EQ(without.refused, 0);

  put_key_back();
  const TakenActs with = taken();
  EXPECT_EQ(with.waiting, 0);
  EXPECT_EQ(with.taken, 1);
  EXPECT_EQ(with.refused, 1) << "the approval names no entry of the hold";
}

// More of them than are taken in at once.
TEST_F(WaitingActs, HoldUpNobodyElseHoweverManyTheyAre) {
  constexpr int kWaiting = 1'001;
  for (int i = 0; i < kWaiting; ++i) {
    std::string id = std::to_string(i);
    id.insert(0, 12 - id.size(), '0');
    place_hold("h-" + id, kErased);
  }
  place_hold("h-ba9876543210", "account:gateway/nobody-known");
  const TakenActs without = taken();
  EXPECT_EQ(without.waiting, kWaiting);
  EXPECT_EQ(without.taken, 1);
}

TEST_F(ErasureTest, WaitsForWhomItCannotTell) {
  const std::string id = requested();
  approve_alone(id);
  fs::remove_all(site_.path("state/acts"));
  const Answer run = site_({"ledger", "erase", "run"});
  EXPECT_EQ(run.status, 4);
  EXPECT_THAT(run.err, HasSubstr("nobody knows whom it is about"));
  const auto due = due_erasures(paths_of("state"));
  ASSERT_TRUE(due) << due.error().message;
  EXPECT_FALSE(due->any);
  ASSERT_TRUE(due->waits) << "whom nobody asks again is told";
  EXPECT_THAT(due->waits->message, HasSubstr("nobody knows whom it is about"));
  EXPECT_EQ(cycle_in("state").status, 0) << "the rest goes on";
  EXPECT_EQ(site_({"finding", "list", "--subject", kErased, "--json"}).json()["findings"].size(),
            2U);
}

}  // namespace
}  // namespace tidewaiter
