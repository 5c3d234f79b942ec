// What becomes of the bytes of exhibits: with the acts that attach them, and with an erasure.

#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "daemon/app/act_file.h"
#include "daemon/app/act_intake.h"
#include "daemon/app/acts.h"
#include "daemon/app/erasures.h"
#include "daemon/app/exhibits.h"
#include "daemon/app/people.h"
#include "daemon/app/signatory.h"
#include "daemon/app/state.h"
#include "storage/records/record_log.h"
#include "storage/review/case_book.h"
#include "storage/verify/verify.h"
#include "temporary_folder.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kBee = "account:crm/canary-bee";
constexpr const char* kAnt = "account:crm/ant";

/// A state with a finding about each of two accounts.
class ExhibitActsTest : public testing::Test {
 protected:
  ExhibitActsTest() {
    Environment environment;
    environment.working_folder = folder_.path();
    environment.host_name = "test";
    config_ = default_config(environment);
    EXPECT_TRUE(init_state(config_, now_));
    for (const char* const person : {"Jo", "Ada"}) {
      EXPECT_TRUE(enrol(config_.state, person, *person == 'J' ? "officer" : "approver", now_));
    }
    find("ant");
    find("canary-bee");
  }

  [[nodiscard]] StatePaths paths() const { return state_paths(config_); }
  [[nodiscard]] PayloadFolder exhibits() const {
    return exhibits_of(config_.state, paths().ledger);
  }
  [[nodiscard]] std::unique_ptr<Ledger> ledger(Ledger::Mode mode = Ledger::Mode::kReadOnly) const {
    auto opened = Ledger::open(paths().ledger, mode);
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(*opened);
  }

  /// A record of the account, and what was found in it.
  void find(const std::string& account) {
    const auto log = RecordLog::open(paths().records, RecordLog::Mode::kReadWrite,
                                     {0, RecordLogOptions{}.busy_timeout});
    ASSERT_TRUE(log) << log.error().message;
    Record record;
    record.source = "crm";
    record.id = sha256(account);
    record.time = now_;
    record.observed = now_;
    set_value(record, *find_field("account"), account);
    Page page;
    page.source = "crm";
    page.cursor = std::to_string(++pulled_);
    page.records.push_back(std::move(record));
    ASSERT_TRUE((*log)->append(page, now_));
    LedgerCommit commit;
    Step step;
    commit.offset = *(*log)->head();
    commit.log_id = (*log)->log_id();
    step.seq = commit.offset->seq;
    step.policy = "test.listed";
    step.policy_version = 1;
    step.severity = Severity::kHigh;
    step.finding = to_hex(sha256(account)).substr(0, 32);
    step.subject = Subject{{*find_field("account")}, {account}, "crm"};
    step.run = {now_, now_ + kHour};
    step.windows = 1;
    commit.steps.push_back(std::move(step));
    ASSERT_TRUE(ledger(Ledger::Mode::kReadWrite)->commit(commit, now_));
  }
  [[nodiscard]] std::string case_about(const std::string& subject) const {
    const auto book = CaseBook::read(*ledger());
    EXPECT_TRUE(book);
    for (const Case& one : book->cases()) {
      if (one.subject == subject) return one.id;
    }
    ADD_FAILURE() << "no case about " << subject;
    return {};
  }

  /// Keeps a file with this text. The act that would attach it.
  [[nodiscard]] Exhibit kept(const std::string& text) const {
    write_file(folder_ / "given", text);
    const auto kept = exhibits().keep(folder_ / "given", kMostExhibitBytes);
    EXPECT_TRUE(kept) << kept.error().message;
    return {kept->stored.sha256, kept->stored.bytes, false, kept->stored.id};
  }
  /// Why it was refused; empty if it was taken in.
  std::string hand_in(const std::string& by, const std::string& id, ActBody body,
                      const Confidential& content) {
    const auto who = signatory(config_.state, by, std::nullopt);
    EXPECT_TRUE(who);
    now_ = now_ + kSecond;
    const auto open = ledger(Ledger::Mode::kReadWrite);
    Act act;
    act.origin = open->origin();
    act.case_id = id;
    act.by = by;
    act.at = now_;
    act.seen = open->head()->size;
    act.body = std::move(body);
    const auto digest = hand_in_act(config_.state, std::move(act), content, who->key);
    EXPECT_TRUE(digest);
    const JudgingPolicies policies{[](const FindingState&) { return false; }, {}};
    const auto taken =
        take_acts(config_.state, *open, intake_ ? *intake_ : paths().ledger, policies, now_);
    EXPECT_TRUE(taken) << taken.error().message;
    const auto standing = act_standing(config_.state, *digest);
    EXPECT_TRUE(standing);
    return standing ? standing->reason : "nowhere";
  }
  void attach(const std::string& id, const Exhibit& exhibit, const std::string& name) {
    EXPECT_EQ(hand_in("jo", id, exhibit, {{"name", name}}), "");
  }
  /// Asked for by one person, and approved by another.
  void ask_to_erase() {
    EXPECT_EQ(hand_in("jo", kErasure, ErasureRequested{true}, {{"subject", kBee}, {"reason", "x"}}),
              "");
    const std::int64_t request = ledger()->head()->size - 1;
    EXPECT_EQ(hand_in("ada", kErasure, ErasureApproved{request, true}, {{"reason", "x"}}), "");
  }
  [[nodiscard]] std::vector<std::string> files_with(const std::string& text) const {
    std::vector<std::string> found;
    for (const auto& file : fs::recursive_directory_iterator(config_.state)) {
      if (!file.is_regular_file()) continue;
      std::ifstream in(file.path(), std::ios::binary);
      const std::string bytes(std::istreambuf_iterator<char>(in), {});
      if (bytes.find(text) != std::string::npos) found.push_back(file.path().filename().string());
    }
    return found;
  }
  [[nodiscard]] nlohmann::json last_entry() const {
    const auto open = ledger();
    return nlohmann::json::parse(*open->entry(open->head()->size - 1));
  }

  static constexpr const char* kErasure = "e-0123456789ab";
  TemporaryFolder folder_;
  Config config_;
  int pulled_ = 0;
  std::optional<LedgerPaths> intake_;   ///< where acts that are taken in look for the vault
  UtcTime now_{1'791'208'800'000'000};  ///< 2026-10-05T14:00:00Z
};

TEST_F(ExhibitActsTest, IsTakenInWithWhatItsActSays) {
  const std::string id = case_about(kAnt);
  const Exhibit exhibit = kept("one");
  attach(id, exhibit, "a");
  EXPECT_TRUE(exhibits().check({exhibit.payload, *exhibit.sha256, exhibit.bytes}));
  EXPECT_THAT(hand_in("jo", id, exhibit, {{"name", "b"}}), HasSubstr("is the exhibit of entry"));
  Exhibit other = kept("two");
  other.sha256 = exhibit.sha256;
  ++other.bytes;
  EXPECT_THAT(hand_in("jo", id, other, {{"name", "b"}}),
              HasSubstr("is not what the ledger's entry says"));
  other = {sha256("x"), 72, false, std::string(32, '0')};
  EXPECT_THAT(hand_in("jo", id, other, {{"name", "b"}}), HasSubstr("is not there"));
  // Of what was refused nothing is left, and of what another act has all.
  EXPECT_THAT(*exhibits().ids(), ElementsAre(exhibit.payload));
}

// With the wrong key, or none, the vault says nothing about an exhibit.
TEST_F(ExhibitActsTest, WaitsWhereTheVaultCannotBeOpened) {
  const std::string id = case_about(kAnt);
  const Exhibit exhibit = kept("sound");
  const std::int64_t before = ledger()->head()->size;
  intake_ = paths().ledger;
  intake_->vault = config_.state / "nowhere.db";
  EXPECT_EQ(hand_in("jo", id, exhibit, {{"name", "a"}}), "") << "refused";
  EXPECT_EQ(ledger()->head()->size, before) << "nor recorded";
  EXPECT_THAT(*exhibits().ids(), ElementsAre(exhibit.payload));
  intake_.reset();
  // The next one brings it in, too.
  attach(id, kept("another"), "b");
  EXPECT_EQ(ledger()->head()->size, before + 2);
  EXPECT_TRUE(exhibits().check({exhibit.payload, *exhibit.sha256, exhibit.bytes}));
}

TEST_F(ExhibitActsTest, GoesWithAnErasureAndEveryProofHolds) {
  const Exhibit gone = kept("canary bytes of the bee");
  const Exhibit named = kept("canary, told by others");
  const Exhibit of_lead = kept("canary, in a lead");
  const Exhibit stays = kept("of the ant");
  attach(case_about(kBee), gone, "a");
  attach(case_about(kAnt), named, "canary-bee.txt");
  attach(case_about(kAnt), stays, "b");
  EXPECT_EQ(hand_in("jo", "l-0123456789ab", LeadReceived{now_, "TLP:AMBER", 1, {}},
                    {{"text", "about canary-bee"}}),
            "");
  attach("l-0123456789ab", of_lead, "c");
  static_cast<void>(kept("of an attempt that was cut off"));
  EXPECT_EQ(plan_erasure(paths(), *ledger(), kBee, now_)->exhibits, 3);
  ask_to_erase();
  EXPECT_THAT(files_with("canary"), testing::Not(IsEmpty()));
  // Interrupted behind each of its steps it goes on, and counts what it has destroyed before.
  for (int steps = 0; steps < 7; ++steps) {
    int left = steps;
    const auto part = execute_erasures(paths(), now_, [&left] { return left-- > 0; });
    ASSERT_TRUE(part && part->interrupted) << steps;
  }
  const auto run = execute_erasures(paths(), now_, [] { return true; });
  ASSERT_TRUE(run) << run.error().message;
  ASSERT_EQ(run->done.size(), 1U);
  EXPECT_EQ(run->done.front().exhibits, 3);
  EXPECT_EQ(last_entry()["typ"], "erasure.executed");
  EXPECT_EQ(last_entry()["payloads"], 3);
  EXPECT_THAT(files_with("canary"), IsEmpty());
  EXPECT_THAT(*exhibits().ids(), ElementsAre(stays.payload));
  EXPECT_EQ(exhibits().erased()->size(), 3U);
  for (const Exhibit& one : {gone, named, of_lead}) {
    EXPECT_TRUE(*exhibits().is_gone(one.payload));
    const auto taken =
        exhibits().take_out({one.payload, *one.sha256, one.bytes}, std::nullopt, folder_ / "taken");
    ASSERT_FALSE(taken);
    EXPECT_THAT(taken.error().message, HasSubstr("the erasure e-0123456789ab"));
  }
  EXPECT_TRUE(exhibits().take_out({stays.payload, *stays.sha256, stays.bytes}, sha256("of the ant"),
                                  folder_ / "taken"));
  const LedgerPaths stores = paths().ledger;
  const VerifyReport report = verify_ledger({stores.database, stores.lock, {}});
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(ExhibitActsTest, APlanCountsWhatIsThereAlone) {
  const Exhibit lost = kept("lost");
  attach(case_about(kBee), lost, "a");
  attach(case_about(kBee), kept("kept"), "b");
  attach(case_about(kAnt), kept("of the ant"), "c");
  EXPECT_EQ(plan_erasure(paths(), *ledger(), kBee, now_)->exhibits, 2);
  fs::remove(exhibits().file_of(lost.payload));
  EXPECT_EQ(plan_erasure(paths(), *ledger(), kBee, now_)->exhibits, 1);
}

TEST_F(ExhibitActsTest, IsTakenInToItsLastByteOnly) {
  const Exhibit exhibit = kept("the last byte is of the tag");
  const fs::path file = exhibits().file_of(exhibit.payload);
  std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
  bytes.seekg(-1, std::ios::end);
  const char last = static_cast<char>(bytes.get() ^ 1);
  bytes.seekp(-1, std::ios::end);
  bytes.put(last);
  bytes.close();
  EXPECT_THAT(hand_in("jo", case_about(kAnt), exhibit, {{"name", "a"}}),
              HasSubstr("is not what the ledger's entry says"));
}

// To change the words is not the way to keep what they are about.
TEST_F(ExhibitActsTest, GoesAlsoWhereItsWordsWereChanged) {
  const Exhibit named = kept("canary, told by others");
  attach(case_about(kAnt), named, "canary-bee.txt");
  const auto acts = recorded_acts(*ledger());
  ASSERT_TRUE(acts);
  const fs::path file =
      acts_folder(config_.state) / act_file_name(*act_digest(acts->back().act.act));
  std::ofstream(file, std::ios::trunc) << "changed, and still about account:crm/canary-bee";
  ask_to_erase();
  const auto run = execute_erasures(paths(), now_, [] { return true; });
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_TRUE(*exhibits().is_gone(named.payload));
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(ExhibitActsTest, IsNotTakenInWhereNoErasureWouldTakeItAnyMore) {
  const std::string id = case_about(kBee);
  ask_to_erase();
  ASSERT_TRUE(execute_erasures(paths(), now_, [] { return true; }));
  EXPECT_THAT(hand_in("jo", id, kept("late"), {{"name", "a"}}), HasSubstr("is erased"));
  EXPECT_THAT(*exhibits().ids(), IsEmpty());
  attach(case_about(kAnt), kept("of the ant"), "b");
}

TEST_F(ExhibitActsTest, WhatNoActHasStaysWhileSomebodyAttachesOrAnActIsUnreadable) {
  const Exhibit attaching = kept("not handed in yet");
  const ExhibitsOf nobody{{}, [](const Confidential&) { return false; }};
  const auto erase = [&] {
    const auto open = ledger();
    return erase_exhibits(config_.state, paths().ledger, *open, kErasure, nobody);
  };
  {
    const auto lock = exhibits().lock_to_keep();
    ASSERT_TRUE(lock);
    EXPECT_TRUE(exhibits().lock_to_keep()) << "several attach at once";
    const auto busy = erase();
    ASSERT_TRUE(busy) << busy.error().message;
    EXPECT_THAT(busy->left, HasSubstr("another process changes the folder"));
  }
  EXPECT_THAT(*exhibits().ids(), ElementsAre(attaching.payload));
  // What cannot be read may name it. Root reads everything.
  const fs::path unreadable =
      incoming_acts_folder(config_.state) / (std::string(64, 'a') + ".json");
  fs::create_directories(unreadable.parent_path());
  write_file(unreadable, "{}");
  fs::permissions(unreadable, fs::perms::none);
  if (::geteuid() != 0) {
    const auto unknown = erase();
    ASSERT_TRUE(unknown) << unknown.error().message;
    EXPECT_THAT(unknown->left, HasSubstr("could be read"));
    EXPECT_THAT(*exhibits().ids(), ElementsAre(attaching.payload));
  }
  fs::remove(unreadable);
  EXPECT_EQ(erase()->left, "");
  EXPECT_THAT(*exhibits().ids(), IsEmpty());
}

TEST_F(ExhibitActsTest, IsKeptByAHold) {
  const Exhibit exhibit = kept("canary bytes");
  attach(case_about(kBee), exhibit, "a");
  EXPECT_EQ(hand_in("jo", "h-0123456789ab", HoldPlaced{}, {{"subject", kBee}, {"reason", "x"}}),
            "");
  EXPECT_THAT(hand_in("jo", kErasure, ErasureRequested{true}, {{"subject", kBee}, {"reason", "x"}}),
              HasSubstr("h-0123456789ab"));
  const auto run = execute_erasures(paths(), now_, [] { return true; });
  ASSERT_TRUE(run);
  EXPECT_THAT(run->done, IsEmpty());
  EXPECT_TRUE(exhibits().check({exhibit.payload, *exhibit.sha256, exhibit.bytes}));
}

}  // namespace
}  // namespace tidewaiter
