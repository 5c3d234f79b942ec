// What somebody who may write the state folder can do to a ledger. Each is named by the verifier,
// and no writer opens what was done: nothing is signed on top of it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/ledger/signed_note.h"
#include "storage/verify/report.h"
#include "storage/verify/verify.h"
#include "tests/unit/verify/small_ledger.h"
#include "tests/unit/verify/tampering.h"

namespace tidewaiter {
namespace {

using test::SmallLedger;
using testing::HasSubstr;

/// Works on copies of all parts of one ledger.
class Tampering : public testing::Test {
 protected:
  static void SetUpTestSuite() { small_ = new SmallLedger(); }
  static void TearDownTestSuite() {
    delete small_;
    small_ = nullptr;
  }

  Tampering() { put_back(); }

  void put_back() {
    const LedgerPaths original = small_->paths();
    for (const auto member :
         {&LedgerPaths::database, &LedgerPaths::lock, &LedgerPaths::key, &LedgerPaths::vault}) {
      for (const char* suffix : {"", "-wal", "-shm"}) {
        std::filesystem::remove((paths_.*member).string() + suffix);
      }
      std::filesystem::copy_file(original.*member, paths_.*member);
    }
  }

  [[nodiscard]] VerifyReport verify() const {
    return verify_ledger({paths_.database, paths_.lock, small_->verifier_key()});
  }

  /// Verifier and writer both refuse; the writer says `why`.
  void expect_refused(const std::string& name, VerifyFailure failure, std::int64_t index,
                      const std::string& why) {
    const VerifyReport report = verify();
    std::string problems;
    bool named = false;
    for (const VerifyProblem& problem : report.problems) {
      problems += std::string(failure_name(problem.failure)) + ' ' + std::to_string(problem.index) +
                  ": " + problem.message + '\n';
      named = named || (problem.failure == failure && problem.index == index);
    }
    EXPECT_TRUE(named) << name << '\n' << problems;
    const auto opened = Ledger::open(paths_, Ledger::Mode::kReadWrite);
    ASSERT_FALSE(opened) << name << ": the writer opened it";
    EXPECT_THAT(opened.error().message, HasSubstr(why)) << name;
  }

  /// Puts `note` into the lock store and makes it the only checkpoint.
  void forge_heads(const std::string& note, std::int64_t number, std::int64_t size) {
    test::tamper(paths_.database,
                 {"DELETE FROM checkpoint",
                  "INSERT INTO checkpoint VALUES (" + std::to_string(number) + ", " +
                      std::to_string(size) + ", CAST(x'" + test::hex_of(note) + "' AS TEXT), 0)"});
    test::tamper(paths_.lock, {"UPDATE head SET number = " + std::to_string(number) +
                               ", note = CAST(x'" + test::hex_of(note) + "' AS TEXT)"});
  }

  [[nodiscard]] std::string last_note() const {
    SQLite::Database database(paths_.lock.string(), SQLite::OPEN_READONLY);
    return database.execAndGet("SELECT note FROM head").getString();
  }

  static SmallLedger* small_;
  test::ScratchFolder folder_;
  LedgerPaths paths_{folder_ / "ledger.db", folder_ / "lock.db", folder_ / "ledger.key",
                     folder_ / "vault.db"};
};
SmallLedger* Tampering::small_ = nullptr;

TEST_F(Tampering, WhatNobodyTouchedOpensAndVerifies) {
  EXPECT_TRUE(verify().ok());
  EXPECT_TRUE(Ledger::open(paths_, Ledger::Mode::kReadWrite));
}

TEST_F(Tampering, IsNamedAndNothingIsSignedOnTop) {
  const std::string tail =
      "DELETE FROM checkpoint WHERE size > 12; DELETE FROM step WHERE idx >= 12;"
      "DELETE FROM finding WHERE idx >= 12; DELETE FROM disclosure WHERE idx >= 12;"
      "DELETE FROM entry WHERE idx >= 12";
  const struct {
    const char* name;
    std::string database;
    std::string lock;
    VerifyFailure failure;
    std::int64_t index;
    const char* why;
  } kCases[] = {
      {"a middle entry removed", "DELETE FROM entry WHERE idx = 5", "", VerifyFailure::kEntry, 5,
       "entry 5 of the ledger is missing"},
      {"entry 0 removed", "DELETE FROM entry WHERE idx = 0", "", VerifyFailure::kEntry, 0,
       "entry 0 of the ledger is missing"},
      {"a signed body edited",
       "UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), 'high', 'low') AS BLOB)"
       " WHERE idx = 3",
       "", VerifyFailure::kTree, 3, "entry 3 of the ledger has other bytes"},
      {"a signed node changed", "UPDATE entry SET nodes = zeroblob(64) WHERE idx = 5", "",
       VerifyFailure::kTree, 5, "entry 5 of the ledger has other bytes"},
      {"the tail cut", tail, "", VerifyFailure::kLock, 12, "the tail was cut"},
      {"the first heads removed", "DELETE FROM checkpoint WHERE number < 3", "",
       VerifyFailure::kHead, -1, "signed heads were removed"},
      {"a middle head removed", "DELETE FROM checkpoint WHERE number = 2", "", VerifyFailure::kHead,
       -1, "signed heads were removed"},
      {"the first heads removed, the others renumbered",
       "DELETE FROM checkpoint WHERE number < 3; UPDATE checkpoint SET number = number - 2", "",
       VerifyFailure::kLock, -1, "signed heads were removed"},
      {"the last two heads removed", "DELETE FROM checkpoint WHERE number > 2", "",
       VerifyFailure::kLock, -1, "signed heads were removed"},
      {"the lock store emptied", "", "UPDATE head SET number = 0, note = ''", VerifyFailure::kLock,
       -1, "holds no head"},
      {"lock store and heads emptied", "DELETE FROM checkpoint",
       "UPDATE head SET number = 0, note = ''", VerifyFailure::kLock, -1, "holds no head"},
  };
  for (const auto& c : kCases) {
    put_back();
    if (!c.database.empty()) test::tamper(paths_.database, {c.database});
    if (!c.lock.empty()) test::tamper(paths_.lock, {c.lock});
    expect_refused(c.name, c.failure, c.index, c.why);
  }
}

TEST_F(Tampering, AnOlderCopyOfEitherStoreIsNamed) {
  const auto over = std::filesystem::copy_options::overwrite_existing;
  std::filesystem::copy_file(small_->older_database(), paths_.database, over);
  expect_refused("an older ledger", VerifyFailure::kLock, 5, "an older copy was put back");
  put_back();
  std::filesystem::copy_file(small_->older_lock(), paths_.lock, over);
  expect_refused("an older lock store", VerifyFailure::kLock, -1,
                 "an older copy of the lock store was put back");
}

// Entry 3 is changed and the tree recomputed, so that only signatures speak against it.
TEST_F(Tampering, AForgedHistoryIsNotSigned) {
  const auto forge = [this] {
    put_back();
    return test::forge_entry(paths_.database, 3, "\"high\"", "\"low\"", SmallLedger::kSigned);
  };
  forge();
  expect_refused("the true head kept", VerifyFailure::kHead, -1, "another root");

  forge();
  test::tamper(paths_.database, {"DELETE FROM checkpoint"});
  test::tamper(paths_.lock, {"UPDATE head SET number = 0, note = ''"});
  expect_refused("no head at all", VerifyFailure::kLock, -1, "holds no head");

  TreeHead head = forge();
  // The forged body under the signature of the true one.
  std::string note = last_note();
  note = checkpoint_body("ledger.example.org/test", head) + note.substr(note.find("\n\n") + 1);
  forge_heads(note, 4, head.size);
  expect_refused("both heads forged", VerifyFailure::kSignature, -1, "cannot be used");

  head = forge();
  const auto key = test::must(SigningKey::generate());
  note = test::must(
      sign_note(checkpoint_body("ledger.example.org/test", head), "ledger.example.org/test", key));
  forge_heads(note, 4, head.size);
  expect_refused("both heads signed by another key", VerifyFailure::kSignature, -1,
                 "cannot be used");
}

// `VACUUM INTO` gives a copy with a rollback journal, in which commits are not what was promised.
TEST_F(Tampering, ARestoredCopyIsPutBackIntoWal) {
  const auto mode = [this] {
    SQLite::Database database(paths_.database.string(), SQLite::OPEN_READONLY);
    return database.execAndGet("PRAGMA journal_mode").getString();
  };
  std::filesystem::remove(paths_.database);
  {
    SQLite::Database original(small_->paths().database.string(), SQLite::OPEN_READONLY);
    original.exec("VACUUM INTO '" + paths_.database.string() + "'");
  }
  ASSERT_EQ(mode(), "delete");
  const auto ledger = Ledger::open(paths_, Ledger::Mode::kReadWrite);
  ASSERT_TRUE(ledger) << ledger.error().message;
  EXPECT_EQ(mode(), "wal");
}

}  // namespace
}  // namespace tidewaiter
