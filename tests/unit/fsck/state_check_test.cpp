// A state folder as a whole: each part by itself, and each against the ledger.

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/evidence/vault.h"
#include "storage/ledger/key_file.h"
#include "tests/unit/fsck/state_work.h"
#include "tests/unit/ledger/plain_sqlite.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Three records of two accounts, judged and signed, and nothing open.
class StateCheckTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto made = StateWork::create(folder_.path());
    ASSERT_TRUE(made) << made.error().message;
    work({"ann", "bob", "ann"});
  }

  void work(const std::vector<std::string>& accounts) {
    auto state = StateWork::open(folder_.path());
    ASSERT_TRUE(state) << state.error().message;
    for (const std::string& account : accounts) {
      ASSERT_TRUE(state->pull(++pulled_));
      ASSERT_TRUE(state->judge(account));
    }
    ASSERT_TRUE(state->ledger().sign(kNow));
  }

  [[nodiscard]] StateReport check() const { return check_folder(folder_.path()); }
  [[nodiscard]] fs::path path(const char* name) const { return folder_.path() / name; }

  /// There are problems, all of them of one part, and the first says so.
  void expect_only(StatePart part, int code, const std::string& words) const {
    const StateReport report = check();
    ASSERT_FALSE(report.ok());
    for (const StateProblem& problem : report.problems) {
      EXPECT_EQ(problem.part, part) << problem.message;
      EXPECT_THAT(problem.remedy, Not(IsEmpty()));
    }
    EXPECT_THAT(report.problems.front().message, HasSubstr(words));
    EXPECT_EQ(state_exit_code(report), code);
  }

  TempDir folder_;
  std::int64_t pulled_ = 0;
};

TEST_F(StateCheckTest, AWholeStateHolds) {
  const StateReport report = check();
  EXPECT_EQ(problems_of(report), "");
  EXPECT_THAT(report.notes, IsEmpty());
  EXPECT_EQ(report.ledger.head.size, 4);
  EXPECT_EQ(report.ledger.signed_size, 4);
  EXPECT_EQ(report.keys, 2);
  EXPECT_EQ(report.subjects, 2);
  EXPECT_EQ(report.records, 3);
  EXPECT_EQ(report.judged, 3);
  EXPECT_EQ(state_exit_code(report), 0);
}

TEST_F(StateCheckTest, AStateThatIsOpenForWritingHoldsToo) {
  auto state = StateWork::open(folder_.path());
  ASSERT_TRUE(state);
  ASSERT_TRUE(state->pull(++pulled_));
  ASSERT_TRUE(state->judge("cat"));
  EXPECT_EQ(problems_of(check()), "");
}

TEST_F(StateCheckTest, WhatTheVerifierFindsIsTheLedgers) {
  ASSERT_EQ(plain_sql(path("ledger.db"),
                      "DROP TRIGGER entry_no_update; UPDATE entry SET body = CAST(replace(CAST("
                      "body AS TEXT), 'high', 'low') AS BLOB) WHERE idx = 2; CREATE TRIGGER "
                      "entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entry is "
                      "append-only'); END"),
            "");
  expect_only(StatePart::kLedger, 13, "entry 2");
}

TEST_F(StateCheckTest, AnOlderLedgerIsBehindItsLockStore) {
  fs::copy_file(path("ledger.db"), path("kept"));
  work({"cat"});
  for (const char* side : {"ledger.db-wal", "ledger.db-shm"}) fs::remove(path(side));
  fs::copy_file(path("kept"), path("ledger.db"), fs::copy_options::overwrite_existing);
  const StateReport report = check();
  EXPECT_THAT(problems_of(report), HasSubstr("an older copy was put back, or the tail was cut"));
  EXPECT_EQ(state_exit_code(report), 16);
}

TEST_F(StateCheckTest, AKeyThatIsNotTheLedgersIsTold) {
  const TempDir other;
  ASSERT_TRUE(StateWork::create(other.path()));
  fs::permissions(path("ledger.key"), fs::perms::owner_all);
  fs::copy_file(other.path() / "ledger.key", path("ledger.key"),
                fs::copy_options::overwrite_existing);
  fs::permissions(path("ledger.key"), fs::perms::owner_read);
  expect_only(StatePart::kKey, 30, "is the key of another ledger");
}

TEST_F(StateCheckTest, AKeyThatIsMissingOrOpenToOthersIsTold) {
  fs::permissions(path("ledger.key"), fs::perms(0440));
  expect_only(StatePart::kKey, 30, "expected mode 0400");
  fs::remove(path("ledger.key"));
  expect_only(StatePart::kKey, 30, "ledger.key");
}

TEST_F(StateCheckTest, AnotherVerifierKeyBesideTheKeyIsTold) {
  const fs::path file = verifier_key_file(path("ledger.key"));
  fs::permissions(file, fs::perms(0644));
  std::ofstream(file, std::ios::trunc) << "elsewhere.example/ledger+00000000+AAAA\n";
  expect_only(StatePart::kKey, 30, "does not hold the ledger's verifier key");
  fs::remove(file);
  const StateReport report = check();
  EXPECT_EQ(problems_of(report), "");
  EXPECT_THAT(report.notes, ElementsAre(HasSubstr("cannot be read")));
}

TEST_F(StateCheckTest, AVaultWithoutASubjectsKeyIsTold) {
  ASSERT_EQ(plain_sql(path("vault.db"), "DELETE FROM subject_key WHERE subject LIKE '%bob%'"), "");
  expect_only(StatePart::kVault, 31, "no key for 1 subject that the ledger discloses; the first");
  EXPECT_THAT(problems_of(check()), HasSubstr("that of entry 2"));
  EXPECT_THAT(problems_of(check()), Not(HasSubstr("bob")));
}

TEST_F(StateCheckTest, AKeyThatWasMadeAnewIsTold) {
  ASSERT_EQ(plain_sql(path("vault.db"),
                      "UPDATE subject_key SET key = zeroblob(32) WHERE subject LIKE '%ann%'"),
            "");
  // Entries 1 and 3 are ann's.
  expect_only(StatePart::kVault, 31,
              "the salts of 2 entries do not derive from the vault's keys; the first is entry 1");
}

TEST_F(StateCheckTest, AVaultThatIsDamagedOrMissingIsTold) {
  {
    std::fstream file(path("vault.db"), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(4096 + 3);  // the second page's header: how many cells it has
    file << "\xff\xff";
  }
  const StateReport damaged = check();
  EXPECT_EQ(state_exit_code(damaged), 31);
  fs::remove(path("vault.db"));
  expect_only(StatePart::kVault, 31, "there is no vault at");
}

TEST_F(StateCheckTest, AKeyThatNobodyNamesIsNoProblem) {
  auto vault = Vault::open(path("vault.db"));
  ASSERT_TRUE(vault);
  const std::vector<std::string> subjects{"account:dan"};
  ASSERT_TRUE(vault->keys_for(subjects, [](const std::string&) { return Result<void>(); }));
  const StateReport report = check();
  EXPECT_EQ(problems_of(report), "");
  EXPECT_THAT(report.notes, ElementsAre(HasSubstr("1 of the vault's keys")));
}

TEST_F(StateCheckTest, RecordsThatAreMissingOlderOrAnotherLogAreTold) {
  fs::rename(path("records.db"), path("away"));
  for (const char* side : {"records.db-wal", "records.db-shm"}) fs::remove(path(side));
  expect_only(StatePart::kRecords, 32, "the ledger has judged 3 of its entries");
  const TempDir other;
  ASSERT_TRUE(StateWork::create(other.path()));
  fs::copy_file(other.path() / "records.db", path("records.db"));
  expect_only(StatePart::kRecords, 32, "the ledger has judged the record log `");
}

TEST(StateCheck, ARecordLogWhoseMakingWasCutOffIsNoProblemBeforeAnythingWasJudged) {
  const TempDir folder;
  ASSERT_TRUE(Ledger::create(paths_in(folder.path()), kOrigin, kNow));
  EXPECT_EQ(problems_of(check_folder(folder.path())), "");
  std::ofstream(folder.path() / "records.db") << "";
  const StateReport report = check_folder(folder.path());
  EXPECT_EQ(problems_of(report), "");
  EXPECT_EQ(report.records, std::nullopt);
  EXPECT_THAT(report.notes, ElementsAre(HasSubstr("records.db` is empty")));
}

TEST_F(StateCheckTest, ARecordLogThatWasEmptiedIsTold) {
  for (const char* side : {"records.db-wal", "records.db-shm"}) fs::remove(path(side));
  std::ofstream(path("records.db"), std::ios::trunc) << "";
  expect_only(StatePart::kRecords, 32, "holds no records database");
}

TEST_F(StateCheckTest, ARecordThatChangedIsTold) {
  ASSERT_EQ(plain_sql(path("records.db"),
                      "UPDATE record_20260101 SET body = replace(body, '\"output_tokens\":2', "
                      "'\"output_tokens\":9') WHERE seq = 2"),
            "");
  expect_only(StatePart::kRecords, 32, "entry 2");
}

TEST_F(StateCheckTest, WhatCannotBeReadIsNotSaidToBeWrong) {
  const Error away{ErrorCode::kUnavailable, "permission denied"};
  EXPECT_THAT(remedy_for(away, "put it back"), HasSubstr("check again"));
  const Error newer{ErrorCode::kRefused, "made by a newer version"};
  EXPECT_THAT(remedy_for(newer, "put it back"), HasSubstr("what the message says"));
  EXPECT_EQ(remedy_for({ErrorCode::kCorruption, "damaged"}, "put it back"), "put it back");
  EXPECT_EQ(remedy_for({ErrorCode::kNotFound, "gone"}, "put it back"), "put it back");
  // There, and no record log.
  for (const char* side : {"records.db-wal", "records.db-shm"}) fs::remove(path(side));
  std::ofstream(path("records.db"), std::ios::trunc) << std::string(8192, 'x');
  const StateReport report = check();
  EXPECT_TRUE(report.records_there);
  EXPECT_EQ(report.records, std::nullopt);
}

TEST_F(StateCheckTest, AnotherRecordLogIsTold) {
  ASSERT_EQ(plain_sql(path("records.db"), "UPDATE meta SET value = 'other' WHERE key = 'log_id'"),
            "");
  expect_only(StatePart::kRecords, 32, "and this one is `other`");
}

TEST_F(StateCheckTest, WhatAnEndOfTheProcessLeavesIsTold) {
  std::ofstream(path("people.new")) << "half";
  const StateReport report = check();
  EXPECT_EQ(problems_of(report), "");
  EXPECT_THAT(report.notes, ElementsAre(HasSubstr("people.new`: an end of the process left it")));
  std::ofstream(path("creating")) << "";
  expect_only(StatePart::kFolder, 33, "creating` marks an unfinished ledger");
}

TEST_F(StateCheckTest, ALedgerThatCannotBeReadIsToldOnce) {
  for (const char* side : {"ledger.db-wal", "ledger.db-shm"}) fs::remove(path(side));
  std::ofstream(path("ledger.db"), std::ios::trunc) << std::string(8192, 'x');
  const StateReport report = check();
  EXPECT_EQ(state_exit_code(report), 10);
  for (const StateProblem& problem : report.problems) {
    EXPECT_EQ(problem.part, StatePart::kLedger) << problem.message;
  }
  EXPECT_THAT(report.notes, testing::Contains(HasSubstr("were not compared with the ledger")));
}

}  // namespace
}  // namespace tidewaiter
