// What happens to a ledger in a file: full disks, folders, other files in its place. What happens
// to any ledger is in faults_test.cpp.

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
int child_answer(const Work& work) {
  const int status = ChildProcess(work).wait();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

class LedgerFileTest : public LedgerTest {
 protected:
  void close() { ledger_.reset(); }

  Error open_error() {
    close();
    const auto opened = Ledger::open(paths_, Ledger::Mode::kReadWrite);
    return opened ? Error{ErrorCode::kUndefined, "it opened"} : opened.error();
  }
};

TEST_F(LedgerFileTest, TwoWritersOfOneDatabaseAreNoticed) {
  auto second = Ledger::open(paths_, Ledger::Mode::kReadWrite);
  ASSERT_TRUE(second);
  commit(simple_commit(1));
  const auto receipt = (*second)->commit(simple_commit(2), kNow);
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().code, ErrorCode::kRefused);
  EXPECT_EQ((*second)->sign(kNow).error().code, ErrorCode::kRefused);
}

// The largest file that the process may write stands for a full disk.
TEST_F(LedgerFileTest, AFullDiskStopsTheCommitAndNothingElse) {
  for (std::int64_t seq = 1; seq <= 3; ++seq) commit(simple_commit(seq));
  close();
  const int answer = child_answer([this] {
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

TEST_F(LedgerFileTest, AFullDiskStopsSigningAndNothingElse) {
  commit(simple_commit(1));
  close();
  const int answer = child_answer([this] {
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

TEST_F(LedgerFileTest, AReadOnlyDirectoryIsUnavailable) {
  close();
  const int answer = child_answer([this] {
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

TEST_F(LedgerFileTest, ANewerSchemaIsRefused) {
  close();
  plain_sql(paths_.database, "PRAGMA user_version = 2");
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("schema version 2"));
}

TEST_F(LedgerFileTest, AnotherFileIsNoLedger) {
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

TEST_F(LedgerFileTest, AMissingDatabaseIsNamed) {
  close();
  std::filesystem::remove(paths_.database);
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message, HasSubstr(paths_.database.string()));
}

}  // namespace
}  // namespace tidewaiter
