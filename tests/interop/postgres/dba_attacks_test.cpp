// What somebody does who owns the database and may do all with it, but has neither the lock store
// nor the signing key. Each attack is caught when the daemon opens the ledger, when it signs, or by
// the verifier over a copy, and named with the entry.

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger_site.h"
#include "storage/ledger/ledger_in_file.h"
#include "storage/ledger/ledger_server.h"
#include "storage/ledger/merkle.h"
#include "storage/ledger/signed_note.h"
#include "storage/ledger/tree_store.h"
#include "storage/verify/report.h"
#include "storage/verify/verify.h"
#include "tests/unit/ledger/ledger_fixture.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kSteps = 12;

std::string hex_literal(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "'\\x";
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4U];
    text += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return text + "'";
}

/// A ledger of twelve steps that is signed and closed.
class DbaAttack : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    if (IsSkipped()) return;
    for (std::int64_t seq = 1; seq <= kSteps; ++seq) commit(simple_commit(seq));
    ASSERT_TRUE(ledger_->sign(kNow));
    key_ = ledger_->verifier_key();
    entries_ = all_entries(*ledger_);
  }

  void close() { ledger_.reset(); }

  /// As the owner, triggers and constraints out of the way.
  void attack(const std::string& sql) {
    ASSERT_EQ(
        backend_->run_as_owner(paths_, {"", "SET session_replication_role = replica; " + sql}), "")
        << sql;
  }

  /// Writes entries and nodes anew from `bodies`, so that the tree fits them.
  void forge_tree(const std::vector<std::string>& bodies) {
    CompactRange range;
    std::string sql;
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      const std::string nodes = append_leaf(range, leaf_hash(bodies[i]));
      sql += "UPDATE entry SET body = " + hex_literal(bodies[i]) +
             ", nodes = " + hex_literal(nodes) + " WHERE idx = " + std::to_string(i) + "; ";
    }
    attack(sql);
  }

  Error open_error() {
    close();
    const auto opened = Ledger::open(paths_, Ledger::Mode::kReadWrite);
    return opened ? Error{ErrorCode::kUndefined, "it opened"} : opened.error();
  }

  /// What the offline verifier says to a copy, with lock store and key.
  VerifyReport verdict() {
    const auto file = LedgerInFile::of(paths_);
    EXPECT_TRUE(file) << file.error().message;
    return verify_ledger({file->paths().database, paths_.lock, key_});
  }
  void expect_fails(VerifyFailure failure, const std::string& words) {
    const VerifyReport report = verdict();
    ASSERT_FALSE(report.ok());
    std::string all;
    bool found = false;
    for (const VerifyProblem& problem : report.problems) {
      all += std::string(failure_name(problem.failure)) + ": " + problem.message + "\n";
      found = found || problem.failure == failure;
    }
    EXPECT_TRUE(found) << all;
    EXPECT_THAT(all, HasSubstr(words));
  }

  std::string key_;
  std::vector<std::string> entries_;
};

TEST_F(DbaAttack, WithoutOneAllHolds) {
  const VerifyReport report = verdict();
  EXPECT_TRUE(report.ok()) << verdict_text(report);
  EXPECT_EQ(report.signed_size, kSteps + 1);
  reopen();
  EXPECT_TRUE(ledger_->sign(kNow));
}

TEST_F(DbaAttack, ARowThatIsRewritten) {
  std::string body = entries_[5];
  body.replace(body.find("\"high\""), 6, "\"low\"");
  attack("UPDATE entry SET body = " + hex_literal(body) + " WHERE idx = 5");
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kCorruption);
  EXPECT_THAT(error.message, HasSubstr("entry 5 of the ledger has other bytes"));
  expect_fails(VerifyFailure::kTree, "entry 5");
}

TEST_F(DbaAttack, ARowThatIsRewrittenWithAllItsHashes) {
  entries_[5].replace(entries_[5].find("\"high\""), 6, "\"low\"");
  forge_tree(entries_);
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("have another root than the head in the lock store"));
  expect_fails(VerifyFailure::kHead, "root");
}

TEST_F(DbaAttack, ARowThatIsDeleted) {
  attack("DELETE FROM entry WHERE idx = 7");
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kCorruption);
  EXPECT_THAT(error.message, HasSubstr("entry 7 of the ledger is missing"));
  expect_fails(VerifyFailure::kEntry, "7");
}

TEST_F(DbaAttack, RowsThatChangePlaces) {
  attack(
      "UPDATE entry SET idx = 1000 WHERE idx = 3; UPDATE entry SET idx = 3 WHERE idx = 4; "
      "UPDATE entry SET idx = 4 WHERE idx = 1000");
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kCorruption);
  EXPECT_THAT(error.message, HasSubstr("entry 3 of the ledger has other bytes"));
  expect_fails(VerifyFailure::kTree, "entry 3");
}

TEST_F(DbaAttack, RowsThatChangePlacesWithAllTheirHashes) {
  std::swap(entries_[3], entries_[4]);
  forge_tree(entries_);
  EXPECT_THAT(open_error().message, HasSubstr("another root than the head in the lock store"));
  expect_fails(VerifyFailure::kHead, "root");
}

TEST_F(DbaAttack, ATailThatIsCutWithItsHeads) {
  attack(
      "DELETE FROM entry WHERE idx >= 10; DELETE FROM step WHERE idx >= 10; "
      "DELETE FROM finding WHERE idx >= 10; DELETE FROM disclosure WHERE idx >= 10; "
      "DELETE FROM checkpoint WHERE size > 10");
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("behind its lock store"));
  EXPECT_THAT(error.message, HasSubstr("the locked head has 13 entries, the database 10"));
  expect_fails(VerifyFailure::kLock, "lock");
}

TEST_F(DbaAttack, HeadsThatAreRemoved) {
  reopen();
  commit(simple_commit(kSteps + 1));
  ASSERT_TRUE(ledger_->sign(kNow));
  attack("DELETE FROM checkpoint WHERE number = 2");
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("signed heads were removed from it"));
}

TEST_F(DbaAttack, AHeadThatAnotherKeySigned) {
  const auto stranger = SigningKey::generate();
  ASSERT_TRUE(stranger);
  const auto head = ledger_->head();
  const auto note = sign_note(checkpoint_body(kOrigin, *head), kOrigin, *stranger);
  ASSERT_TRUE(note);
  attack("UPDATE checkpoint SET note = convert_from(" + hex_literal(*note) +
         ", 'UTF8') WHERE number = 2");
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kCorruption);
  EXPECT_THAT(error.message, HasSubstr("the last stored checkpoint cannot be used"));
  expect_fails(VerifyFailure::kSignature, "13");
}

TEST_F(DbaAttack, ARowThatIsSlippedInWhileTheDaemonRuns) {
  CompactRange range;
  for (const std::string& entry : entries_) static_cast<void>(append_leaf(range, leaf_hash(entry)));
  const std::string nodes = append_leaf(range, leaf_hash(entries_[5]));
  attack("INSERT INTO entry VALUES (13, " + hex_literal(nodes) + ", " + hex_literal(entries_[5]) +
         ")");
  const auto head = ledger_->sign(kNow);
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().code, ErrorCode::kRefused);
  EXPECT_THAT(head.error().message, HasSubstr("another process has appended"));
  expect_fails(VerifyFailure::kEntry, "entry 13 is a step out of order");
}

TEST_F(DbaAttack, AFindingThatIsMadeLessGrave) {
  attack("UPDATE finding SET severity = 'low' WHERE idx = 5");
  expect_fails(VerifyFailure::kProjection, "5");
}

TEST_F(DbaAttack, AFindingThatIsTakenOut) {
  attack("DELETE FROM finding WHERE idx = 5");
  expect_fails(VerifyFailure::kProjection, "5");
}

TEST_F(DbaAttack, ADisclosureThatNamesSomebodyElse) {
  attack(
      "UPDATE disclosure SET text = (SELECT text FROM disclosure AS other WHERE other.idx = 6 AND "
      "other.name = disclosure.name) WHERE idx = 5");
  expect_fails(VerifyFailure::kProjection, "5");
}

TEST_F(DbaAttack, TheDaemonsRoleMayDoNothingOfIt) {
  LedgerSite& site = *LedgerSite::instance();
  const std::string database = site.database_of(paths_);
  Sql role(site.server().host(), LedgerSite::kRole, LedgerSite::kPassword, database);
  constexpr const char* kForbidden = "42501";
  for (const char* table : {"ledger", "entry", "checkpoint", "step", "disclosure"}) {
    const std::string name = std::string("tidewaiter.") + table;
    EXPECT_EQ(role.state_of("DELETE FROM " + name), kForbidden) << name;
    EXPECT_EQ(role.state_of("TRUNCATE " + name), kForbidden) << name;
    EXPECT_EQ(role.state_of("DROP TABLE " + name), kForbidden) << name;
    EXPECT_EQ(role.state_of("ALTER TABLE " + name + " DISABLE TRIGGER ALL"), kForbidden) << name;
  }
  EXPECT_EQ(role.state_of("UPDATE tidewaiter.entry SET body = '\\x7b7d'"), kForbidden);
  EXPECT_EQ(role.state_of("UPDATE tidewaiter.checkpoint SET number = 9"), kForbidden);
  EXPECT_EQ(role.state_of("UPDATE tidewaiter.step SET seq = 9"), kForbidden);
  EXPECT_EQ(role.state_of("UPDATE tidewaiter.disclosure SET text = ''"), kForbidden);
  EXPECT_EQ(role.state_of("UPDATE tidewaiter.outbox SET body = ''"), kForbidden);
  for (const char* table : {"finding", "position", "coverage", "outbox"}) {
    EXPECT_EQ(role.state_of(std::string("DELETE FROM tidewaiter.") + table), kForbidden) << table;
  }
}

TEST_F(DbaAttack, ARoleThatMayDoMoreIsNoDaemons) {
  close();
  const std::string role = LedgerSite::kRole;
  for (const std::string& right : std::vector<std::string>{
           "DELETE ON entry", "UPDATE (body) ON entry", "UPDATE (text) ON disclosure",
           "TRUNCATE ON step", "DELETE ON finding", "DELETE ON position", "DELETE ON coverage",
           "DELETE ON outbox", "UPDATE (body) ON outbox", "UPDATE ON schema_version",
           "TRIGGER ON checkpoint"}) {
    ASSERT_EQ(backend_->run_as_owner(paths_, {"", "GRANT " + right + " TO " + role}), "") << right;
    const Error error = open_error();
    EXPECT_EQ(error.code, ErrorCode::kRefused) << right;
    EXPECT_THAT(error.message, HasSubstr("may change or delete rows")) << right;
    EXPECT_THAT(error.message, HasSubstr("tidewaiter ledger schema"));
    ASSERT_EQ(backend_->run_as_owner(paths_, {"", "REVOKE " + right + " FROM " + role}), "");
  }
  EXPECT_TRUE(Ledger::open(paths_, Ledger::Mode::kReadWrite));
}

TEST_F(DbaAttack, OneSequencerAtATime) {
  EXPECT_TRUE(paths_.server->is_led().value());
  const auto second = Ledger::open(paths_, Ledger::Mode::kReadWrite);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kRefused);
  EXPECT_THAT(second.error().message, HasSubstr("another process writes the ledger"));
  EXPECT_TRUE(Ledger::open(paths_, Ledger::Mode::kReadOnly));
  close();
  EXPECT_FALSE(paths_.server->is_led().value());
  reopen();
}

/// The lock goes with the connection, and comes back with it where nobody else took it.
TEST_F(DbaAttack, AConnectionThatIsCutIsMadeAgain) {
  const std::string cut =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
      "'tidewaiter' AND datname = current_database()";
  attack(cut);
  const auto lost = ledger_->commit(simple_commit(kSteps + 1), kNow);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::kUnavailable);
  const auto receipt = ledger_->commit(simple_commit(kSteps + 1), kNow);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->size, kSteps + 2);
  attack(cut);
  EXPECT_FALSE(ledger_->sign(kNow));
  const auto head = ledger_->sign(kNow);
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->head.size, kSteps + 2);
  EXPECT_TRUE(verdict().ok());
}

/// No entry tells that it arrived, the offset does: put again, it would put its message twice.
TEST_F(DbaAttack, ACommitWithoutEntriesWhoseAnswerWasLostIsNotMadeAgain) {
  attack("UPDATE position SET seq = seq + 1");  // as the commit has, for all the server knows
  LedgerCommit commit = commit_of({}, kSteps + 1);
  commit.outbox.push_back({0, "siem", R"({"type":"history.digest"})"});
  const auto refused = ledger_->commit(commit, kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("the answer to a commit was lost"));
  EXPECT_TRUE(ledger_->pending(9)->empty());
  // Who starts goes on from what is there.
  reopen();
  EXPECT_TRUE(ledger_->commit(simple_commit(kSteps + 2), kNow));
}

/// A session that is ended lets go of its lock a moment later.
class LostLead : public DbaAttack {
 protected:
  [[nodiscard]] auto open_when_let_go() const {
    auto opened = Ledger::open(paths_, Ledger::Mode::kReadWrite);
    for (int i = 0; i < 300 && !opened && opened.error().code == ErrorCode::kUnavailable; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      opened = Ledger::open(paths_, Ledger::Mode::kReadWrite);
    }
    return opened;
  }
};

TEST_F(LostLead, WritesNoMore) {
  attack(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
      "'tidewaiter' AND datname = current_database()");
  {
    auto second = open_when_let_go();
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_FALSE(ledger_->commit(simple_commit(kSteps + 1), kNow));  // finds out that it is lost
    const auto refused = ledger_->commit(simple_commit(kSteps + 1), kNow);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
    ASSERT_TRUE((*second)->commit(simple_commit(kSteps + 1), kNow));
  }
  const auto behind = ledger_->commit(simple_commit(kSteps + 1), kNow);
  ASSERT_FALSE(behind);
  EXPECT_EQ(behind.error().code, ErrorCode::kRefused);
  EXPECT_THAT(behind.error().message, HasSubstr("another process has appended"));
}

}  // namespace
}  // namespace tidewaiter
