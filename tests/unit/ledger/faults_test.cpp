// What disks, crashes and people with a copy of the files do to a ledger.

#include <array>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/evidence/vault.h"
#include "storage/ledger/merkle.h"
#include "tests/unit/child_process.h"
#include "tests/unit/ledger/ledger_fixture.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

/// Runs `work` in a process of its own, which ends without any destructor; gives its answer.
template <class Work>
int in_child(const Work& work) {
  const int status = ChildProcess(work).wait();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Makes the finding of an entry a low one.
OwnersSql lower_severity(std::int64_t index) {
  const std::string where = " WHERE idx = " + std::to_string(index);
  return {
      "UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), 'high', 'low') AS BLOB)" + where,
      "UPDATE entry SET body = convert_to(replace(convert_from(body, 'UTF8'), 'high', 'low'), "
      "'UTF8')" +
          where};
}

class LedgerFaultTest : public LedgerTest {
 protected:
  void close() { ledger_.reset(); }

  /// Changes tables as their owner, whom no trigger keeps from it. The statements are the same for
  /// both databases.
  std::string change_log(const std::string& sql) { return change_log(OwnersSql{sql, sql}); }
  std::string change_log(const OwnersSql& sql) {
    const std::string quiet = "SET session_replication_role = replica; ";
    std::string gone;
    for (const char* table : {"ledger", "entry", "checkpoint", "step", "disclosure"}) {
      for (const char* what : {"update", "delete"}) {
        gone += "DROP TRIGGER IF EXISTS " + std::string(table) + "_no_" + what + "; ";
      }
    }
    return backend_->run_as_owner(paths_, {gone + sql.sqlite, quiet + sql.postgres});
  }

  Error open_error() {
    close();
    const auto opened = Ledger::open(paths_, Ledger::Mode::kReadWrite);
    return opened ? Error{ErrorCode::kUndefined, "it opened"} : opened.error();
  }

  /// A second set of paths that shares key and lock store with the first.
  [[nodiscard]] LedgerPaths fork_database() {
    LedgerPaths fork = paths_;
    std::filesystem::create_directories(dir_.path() / "fork");
    const LedgerPaths place = backend_->new_place(dir_.path() / "fork");
    fork.database = place.database;
    fork.server = place.server;
    fork.vault = dir_.path() / "fork-vault.db";
    backend_->copy_tables(paths_, fork);
    std::filesystem::copy_file(paths_.vault, fork.vault);
    return fork;
  }

  /// Keeps the tables as they are; the ledger is closed for it.
  void keep_copy() {
    close();
    if (!kept_) {
      std::filesystem::create_directories(dir_.path() / "kept");
      kept_ = backend_->new_place(dir_.path() / "kept");
    }
    backend_->copy_tables(paths_, *kept_);
  }
  void put_back() {
    close();
    backend_->copy_tables(*kept_, paths_);
  }

  std::optional<LedgerPaths> kept_;
};

TEST_F(LedgerFaultTest, AnOlderCopyIsRefused) {
  commit(simple_commit(1));
  keep_copy();
  reopen();
  commit(simple_commit(2));
  ASSERT_TRUE(ledger_->sign(kNow));
  put_back();
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("an older copy was put back or the tail was cut"));
  EXPECT_THAT(error.message, HasSubstr("the locked head has 3 entries, the database 2"));
  // It can still be read.
  const auto reader = Ledger::open(paths_, Ledger::Mode::kReadOnly);
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->head()->size, 2);
}

TEST_F(LedgerFaultTest, ACutTailIsRefused) {
  for (std::int64_t seq = 1; seq <= 4; ++seq) commit(simple_commit(seq));
  ASSERT_TRUE(ledger_->sign(kNow));
  close();
  ASSERT_EQ(change_log("DELETE FROM entry WHERE idx = 4; DELETE FROM step WHERE idx = 4; "
                       "DELETE FROM checkpoint WHERE size = 5"),
            "");
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("the locked head has 5 entries, the database 4"));
}

TEST_F(LedgerFaultTest, TablesAbortChanges) {
  commit(simple_commit(1));
  close();
  std::vector<OwnersSql> changes = {
      {"UPDATE entry SET body = x'7b7d'", R"(UPDATE entry SET body = '\x7b7d')"}};
  for (const char* sql :
       {"DELETE FROM entry", "UPDATE checkpoint SET size = 9", "DELETE FROM checkpoint",
        "UPDATE step SET seq = 9", "DELETE FROM step", "UPDATE ledger SET origin = 'x'",
        "DELETE FROM ledger", "UPDATE disclosure SET name = 'x'"}) {
    changes.push_back({sql, sql});
  }
  for (const OwnersSql& sql : changes) {
    EXPECT_THAT(backend_->run_as_owner(paths_, sql), HasSubstr("is append-only")) << sql.sqlite;
  }
}

TEST_F(LedgerFaultTest, AForkAtTheSameSizeIsRefused) {
  close();
  const LedgerPaths fork = fork_database();
  reopen();
  commit(simple_commit(1));
  ASSERT_TRUE(ledger_->sign(kNow));
  close();
  // The fork grew by another entry, which it could not sign.
  const int answer = in_child([&fork] {
    auto forked = Ledger::open(fork, Ledger::Mode::kReadWrite);
    return forked ? 1 : forked.error().code == ErrorCode::kRefused ? 0 : 2;
  });
  EXPECT_EQ(answer, 0);
}

TEST_F(LedgerFaultTest, OfTwoThatSignOneIsRefused) {
  close();
  const LedgerPaths fork = fork_database();
  std::array<int, 2> ready{};
  std::array<int, 2> go{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  ASSERT_EQ(::pipe(go.data()), 0);
  // Both open while the lock store is at the common head, then both commit, then both sign.
  const auto sign_one = [&](const LedgerPaths& paths, std::int64_t seq) {
    auto ledger = Ledger::open(paths, Ledger::Mode::kReadWrite);
    if (!ledger || !(*ledger)->commit(simple_commit(seq), kNow)) return 3;
    char byte = 'r';
    if (::write(ready[1], &byte, 1) != 1 || ::read(go[0], &byte, 1) != 1) return 4;
    const auto head = (*ledger)->sign(kNow);
    if (head) return 0;
    return head.error().code == ErrorCode::kRefused ? 1 : 2;
  };
  std::vector<ChildProcess> children;
  for (const std::int64_t seq : {1, 2}) {
    children.emplace_back([&] { return sign_one(seq == 1 ? paths_ : fork, seq); });
  }
  char byte = 0;
  for (int i = 0; i < 2; ++i) ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ASSERT_EQ(::write(go[1], "gg", 2), 2);
  std::vector<int> answers;
  for (ChildProcess& child : children) answers.push_back(WEXITSTATUS(child.wait()));
  EXPECT_THAT(answers, testing::UnorderedElementsAre(0, 1));
  for (const int fd : {ready[0], ready[1], go[0], go[1]}) ::close(fd);
}

TEST_F(LedgerFaultTest, ACrashBeforeSigningLosesNothing) {
  close();
  const int answer = in_child([this] {
    auto ledger = Ledger::open(paths_, Ledger::Mode::kReadWrite);
    return ledger && (*ledger)->commit(simple_commit(1), kNow) ? 0 : 1;
  });
  ASSERT_EQ(answer, 0);
  reopen();
  EXPECT_EQ(ledger_->head()->size, 2);
  EXPECT_EQ(ledger_->position()->offset, offset_at(1));
  EXPECT_EQ((*ledger_->signed_head())->head.size, 1);
  EXPECT_FALSE(ledger_->commit(simple_commit(1), kNow));
  EXPECT_EQ(ledger_->sign(kNow)->head.size, 2);
}

// What a crash between the swap in the lock store and the row in the database leaves behind: the
// database as it was before sign(), the lock store as it is after it.
TEST_F(LedgerFaultTest, AHeadThatOnlyTheLockStoreHasIsTakenOver) {
  commit(simple_commit(1));
  keep_copy();
  reopen();
  const auto signed_before = ledger_->sign(kNow);
  ASSERT_TRUE(signed_before);
  put_back();
  reopen();
  EXPECT_EQ((*ledger_->signed_head())->note, signed_before->note);
  commit(simple_commit(2));
  EXPECT_EQ(ledger_->sign(kNow)->head.size, 3);
}

TEST_F(LedgerFaultTest, AnOlderLockStoreIsRefused) {
  close();
  const auto old_lock = dir_.path() / "old-lock.db";
  std::filesystem::copy_file(paths_.lock, old_lock);
  reopen();
  commit(simple_commit(1));
  ASSERT_TRUE(ledger_->sign(kNow));
  close();
  std::filesystem::copy_file(old_lock, paths_.lock,
                             std::filesystem::copy_options::overwrite_existing);
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("an older copy of the lock store was put back"));
}

TEST_F(LedgerFaultTest, AKilledWriterLosesNothingThatItWasTold) {
  close();
  std::array<int, 2> receipts{};
  ASSERT_EQ(::pipe(receipts.data()), 0);
  std::int64_t told = 0;
  for (int round = 0; round < 5; ++round) {
    ChildProcess child([&] {
      auto ledger = Ledger::open(paths_, Ledger::Mode::kReadWrite);
      if (!ledger) return 1;
      std::int64_t seq = (*ledger)->position()->offset.seq;
      while (true) {
        ++seq;
        if (!(*ledger)->commit(simple_commit(seq), kNow)) return 2;
        if (seq % 3 == 0 && !(*ledger)->sign(kNow)) return 3;
        if (::write(receipts[1], &seq, sizeof(seq)) != sizeof(seq)) return 4;
      }
    });
    for (int i = 0; i < 10 + round; ++i) {
      ASSERT_EQ(::read(receipts[0], &told, sizeof(told)), static_cast<ssize_t>(sizeof(told)));
    }
    const int status = child.end(SIGKILL);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    reopen();
    const auto position = ledger_->position();
    EXPECT_GE(position->offset.seq, told);
    EXPECT_EQ(ledger_->head()->size, position->offset.seq + 1);
    const auto entries = all_entries(*ledger_);
    EXPECT_EQ(ledger_->head()->root, naive_root(entries, 0, entries.size()));
    EXPECT_TRUE(ledger_->sign(kNow));
    close();
    // Receipts of the killed writer that are still in the pipe belong to the next round's.
  }
  ::close(receipts[0]);
  ::close(receipts[1]);
}

TEST_F(LedgerFaultTest, EachMissingPartIsNamed) {
  for (const auto member : {&LedgerPaths::lock, &LedgerPaths::key, &LedgerPaths::vault}) {
    close();
    const auto& part = paths_.*member;
    const auto away = dir_.path() / "away";
    std::filesystem::rename(part, away);
    const Error error = open_error();
    EXPECT_EQ(error.code, ErrorCode::kNotFound);
    EXPECT_THAT(error.message, HasSubstr(part.string()));
    std::filesystem::rename(away, part);
  }
  reopen();
}

TEST_F(LedgerFaultTest, AKeyThatOthersMayReadIsRefused) {
  std::filesystem::permissions(paths_.key, std::filesystem::perms(0440));
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("expected mode 0400"));
}

TEST_F(LedgerFaultTest, AnotherKeyOrLockStoreIsRefused) {
  TempDir other;
  LedgerPaths others = paths_in(other.path());
  ASSERT_TRUE(Ledger::create(others, "other.example.org/ledger", kNow));
  LedgerPaths mixed = paths_;
  close();
  mixed.key = others.key;
  EXPECT_EQ(Ledger::open(mixed, Ledger::Mode::kReadWrite).error().code, ErrorCode::kRefused);
  mixed = paths_;
  mixed.lock = others.lock;
  EXPECT_EQ(Ledger::open(mixed, Ledger::Mode::kReadWrite).error().code, ErrorCode::kRefused);
}

TEST_F(LedgerFaultTest, AKeyOfAnotherLengthIsCorruption) {
  close();
  std::filesystem::permissions(paths_.key, std::filesystem::perms(0600));
  std::ofstream(paths_.key, std::ios::app) << "x";
  EXPECT_EQ(open_error().code, ErrorCode::kCorruption);
}

// While the ledger is open: what is new is read again before it is signed.
TEST_F(LedgerFaultTest, AChangedEntryIsNotSigned) {
  commit(simple_commit(1));
  commit(simple_commit(2));
  ASSERT_EQ(change_log(lower_severity(1)), "");
  const auto head = ledger_->sign(kNow);
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(head.error().message, HasSubstr("entry 1 "));
}

TEST_F(LedgerFaultTest, ASignedNodeThatChangedIsRefused) {
  commit(simple_commit(1));
  ASSERT_TRUE(ledger_->sign(kNow));
  close();
  ASSERT_EQ(change_log(OwnersSql{
                "UPDATE entry SET nodes = zeroblob(64) WHERE idx = 1",
                "UPDATE entry SET nodes = decode(repeat('00', 64), 'hex') WHERE idx = 1"}),
            "");
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kCorruption);
  EXPECT_THAT(error.message, HasSubstr("entry 1 of the ledger has other bytes"));
}

// An entry below a signed head that is changed while nobody looks: no later head covers it up.
TEST_F(LedgerFaultTest, ASignedEntryThatChangedOrWentIsRefused) {
  for (std::int64_t seq = 1; seq < 20; ++seq) commit(simple_commit(seq));
  ASSERT_TRUE(ledger_->sign(kNow));
  keep_copy();
  const OwnersSql gone{"DELETE FROM entry WHERE idx = 5", "DELETE FROM entry WHERE idx = 5"};
  for (const OwnersSql& sql : {gone, lower_severity(5)}) {
    put_back();
    ASSERT_EQ(change_log(sql), "");
    const Error error = open_error();
    EXPECT_EQ(error.code, ErrorCode::kCorruption) << sql.sqlite;
    EXPECT_THAT(error.message, HasSubstr("entry 5 of the ledger")) << sql.sqlite;
  }
}

TEST_F(LedgerFaultTest, AVaultThatLostAKeyGetsNoSecondOne) {
  commit(commit_of({opened_step(1, 0, "17")}, 1));
  const std::string finding = opened_step(1, 0, "17").finding;
  close();
  std::filesystem::remove(paths_.vault);
  ASSERT_TRUE(Vault::create(paths_.vault));  // an empty one, as a wrong restore puts it back
  reopen();
  const auto refused = ledger_->commit(commit_of({opened_step(2, 0, "17")}, 2), kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("finding `" + finding + "`"));
  EXPECT_THAT(refused.error().message, HasSubstr("older or empty vault"));
  EXPECT_EQ(ledger_->head()->size, 2);
  // Whom the ledger does not know may have a key.
  commit(commit_of({opened_step(2, 0, "18")}, 2));
}

}  // namespace
}  // namespace tidewaiter
