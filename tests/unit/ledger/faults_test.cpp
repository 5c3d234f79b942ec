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
#include "tests/unit/ledger/plain_sqlite.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

/// Runs `work` in a process of its own, which ends without any destructor; gives its answer.
template <class Work>
int in_child(const Work& work) {
  const int status = ChildProcess(work).wait();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

class LedgerFaultTest : public LedgerTest {
 protected:
  void close() { ledger_.reset(); }

  Error open_error() {
    close();
    const auto opened = Ledger::open(paths_, Ledger::Mode::kReadWrite);
    return opened ? Error{ErrorCode::kUndefined, "it opened"} : opened.error();
  }

  /// A second set of paths that shares key and lock store with the first.
  [[nodiscard]] LedgerPaths fork_database() const {
    LedgerPaths fork = paths_;
    fork.database = dir_.path() / "fork.db";
    fork.vault = dir_.path() / "fork-vault.db";
    copy_database(paths_.database, fork.database);
    std::filesystem::copy_file(paths_.vault, fork.vault);
    return fork;
  }

  std::filesystem::path snapshot_ = dir_.path() / "snapshot.db";
};

TEST_F(LedgerFaultTest, AnOlderCopyIsRefused) {
  commit(simple_commit(1));
  close();
  copy_database(paths_.database, snapshot_);
  reopen();
  commit(simple_commit(2));
  ASSERT_TRUE(ledger_->sign(kNow));
  close();
  copy_database(snapshot_, paths_.database);
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
  plain_sql(paths_.database,
            "DROP TRIGGER entry_no_delete; DROP TRIGGER step_no_delete;"
            "DROP TRIGGER checkpoint_no_delete; DELETE FROM entry WHERE idx = 4;"
            "DELETE FROM step WHERE idx = 4; DELETE FROM checkpoint WHERE size = 5");
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("the locked head has 5 entries, the database 4"));
}

TEST_F(LedgerFaultTest, TablesAbortChanges) {
  commit(simple_commit(1));
  close();
  for (const char* sql :
       {"UPDATE entry SET body = x'7b7d'", "DELETE FROM entry", "UPDATE checkpoint SET size = 9",
        "DELETE FROM checkpoint", "UPDATE step SET seq = 9", "DELETE FROM step",
        "UPDATE ledger SET origin = 'x'", "DELETE FROM ledger",
        "UPDATE disclosure SET name = 'x'"}) {
    EXPECT_THAT(plain_sql(paths_.database, sql), HasSubstr("is append-only")) << sql;
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

TEST_F(LedgerFaultTest, TwoWritersOfOneDatabaseAreNoticed) {
  auto second = Ledger::open(paths_, Ledger::Mode::kReadWrite);
  ASSERT_TRUE(second);
  commit(simple_commit(1));
  const auto receipt = (*second)->commit(simple_commit(2), kNow);
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().code, ErrorCode::kRefused);
  EXPECT_EQ((*second)->sign(kNow).error().code, ErrorCode::kRefused);
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
  close();
  copy_database(paths_.database, snapshot_);
  reopen();
  const auto signed_before = ledger_->sign(kNow);
  ASSERT_TRUE(signed_before);
  close();
  copy_database(snapshot_, paths_.database);
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

// The largest file that the process may write stands for a full disk.
TEST_F(LedgerFaultTest, AFullDiskStopsTheCommitAndNothingElse) {
  for (std::int64_t seq = 1; seq <= 3; ++seq) commit(simple_commit(seq));
  close();
  const int answer = in_child([this] {
    ::signal(SIGXFSZ, SIG_IGN);
    auto ledger = Ledger::open(paths_, Ledger::Mode::kReadWrite);
    if (!ledger) return 1;
    const rlimit small{16384, RLIM_INFINITY};
    const rlimit large{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &small);
    std::vector<Step> many;
    for (std::int32_t i = 0; i < 200; ++i) many.push_back(opened_step(4, i, "17"));
    const auto receipt = (*ledger)->commit(commit_of(many, 4), kNow);
    if (receipt) return 2;
    if (receipt.error().code != ErrorCode::kUnavailable) return 3;
    if ((*ledger)->head()->size != 4 || (*ledger)->position()->offset.seq != 3) return 4;
    ::setrlimit(RLIMIT_FSIZE, &large);
    if (!(*ledger)->commit(commit_of(many, 4), kNow)) return 5;
    return (*ledger)->sign(kNow) ? 0 : 6;
  });
  EXPECT_EQ(answer, 0);
  reopen();
  EXPECT_EQ(ledger_->head()->size, 204);
  const auto entries = all_entries(*ledger_);
  EXPECT_EQ(ledger_->head()->root, naive_root(entries, 0, entries.size()));
}

TEST_F(LedgerFaultTest, AFullDiskStopsSigningAndNothingElse) {
  commit(simple_commit(1));
  close();
  const int answer = in_child([this] {
    ::signal(SIGXFSZ, SIG_IGN);
    auto ledger = Ledger::open(paths_, Ledger::Mode::kReadWrite);
    if (!ledger) return 1;
    const rlimit small{100, RLIM_INFINITY};
    const rlimit large{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto head = (*ledger)->sign(kNow);
    ::setrlimit(RLIMIT_FSIZE, &large);
    if (head) return 2;
    if (head.error().code != ErrorCode::kUnavailable) return 3;
    return (*ledger)->sign(kNow) ? 0 : 4;
  });
  EXPECT_EQ(answer, 0);
}

TEST_F(LedgerFaultTest, AReadOnlyDirectoryIsUnavailable) {
  close();
  const int answer = in_child([this] {
    const bool root = ::geteuid() == 0;
    constexpr uid_t kNobody = 65534;
    for (const auto& file : std::filesystem::directory_iterator(dir_.path())) {
      if (root && ::chown(file.path().c_str(), kNobody, kNobody) != 0) return 1;
    }
    if (root && ::chown(dir_.path().c_str(), kNobody, kNobody) != 0) return 1;
    std::filesystem::permissions(paths_.database, std::filesystem::perms(0400));
    std::filesystem::permissions(dir_.path(), std::filesystem::perms(0500));
    if (root && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) return 2;
    auto ledger = Ledger::open(paths_, Ledger::Mode::kReadWrite);
    if (!ledger) return ledger.error().code == ErrorCode::kUnavailable ? 0 : 3;
    const auto receipt = (*ledger)->commit(simple_commit(1), kNow);
    if (receipt) return 4;
    return receipt.error().code == ErrorCode::kUnavailable ? 0 : 5;
  });
  EXPECT_EQ(answer, 0);
}

TEST_F(LedgerFaultTest, EachMissingPartIsNamed) {
  for (const auto member :
       {&LedgerPaths::database, &LedgerPaths::lock, &LedgerPaths::key, &LedgerPaths::vault}) {
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
  plain_sql(paths_.database,
            "DROP TRIGGER entry_no_update; UPDATE entry SET body = CAST(replace(CAST(body AS "
            "TEXT), 'high', 'low') AS BLOB) "
            "WHERE idx = 1");
  const auto head = ledger_->sign(kNow);
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(head.error().message, HasSubstr("entry 1 "));
}

TEST_F(LedgerFaultTest, ASignedNodeThatChangedIsRefused) {
  commit(simple_commit(1));
  ASSERT_TRUE(ledger_->sign(kNow));
  close();
  plain_sql(paths_.database,
            "DROP TRIGGER entry_no_update; UPDATE entry SET nodes = zeroblob(64) WHERE idx = 1");
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kCorruption);
  EXPECT_THAT(error.message, HasSubstr("entry 1 of the ledger has other bytes"));
}

// An entry below a signed head that is changed while nobody looks: no later head covers it up.
TEST_F(LedgerFaultTest, ASignedEntryThatChangedOrWentIsRefused) {
  for (std::int64_t seq = 1; seq < 20; ++seq) commit(simple_commit(seq));
  ASSERT_TRUE(ledger_->sign(kNow));
  close();
  copy_database(paths_.database, snapshot_);
  for (const char* sql :
       {"DROP TRIGGER entry_no_delete; DELETE FROM entry WHERE idx = 5",
        "DROP TRIGGER entry_no_update; UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), "
        "'high', 'low') AS BLOB) WHERE idx = 5"}) {
    copy_database(snapshot_, paths_.database);
    ASSERT_EQ(plain_sql(paths_.database, sql), "");
    const Error error = open_error();
    EXPECT_EQ(error.code, ErrorCode::kCorruption) << sql;
    EXPECT_THAT(error.message, HasSubstr("entry 5 of the ledger")) << sql;
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

TEST_F(LedgerFaultTest, ANewerSchemaIsRefused) {
  close();
  plain_sql(paths_.database, "PRAGMA user_version = 2");
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("schema version 2"));
}

TEST_F(LedgerFaultTest, AnotherFileIsNoLedger) {
  close();
  for (const char* suffix : {"-wal", "-shm"}) {
    std::filesystem::remove(paths_.database.string() + suffix);
  }
  std::ofstream(paths_.database, std::ios::trunc) << std::string(8192, 'x');
  EXPECT_EQ(open_error().code, ErrorCode::kCorruption);
  std::filesystem::remove(paths_.database);
  plain_sql(paths_.database, "CREATE TABLE ledger(x)");
  EXPECT_EQ(open_error().code, ErrorCode::kRefused);
}

}  // namespace
}  // namespace tidewaiter
