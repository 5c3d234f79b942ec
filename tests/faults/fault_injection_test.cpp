// Every call by which the append path reaches for its files fails once, in every way, or is the one
// at which the process dies; then two of them. After each the state folder holds, what was
// acknowledged as durable is there, no second head of one size was signed, and the next start ends
// the work.

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "policies/model/digest.h"
#include "storage/ledger/creation.h"
#include "tests/faults/struck_program.h"
#include "tests/unit/fsck/state_work.h"
#include "tests/unit/verify/small_ledger.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

/// Runs the driver in a copy of one fresh state for each plan of faults.
class FaultInjection : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch_ = new test::ScratchFolder();
    // The verifier's private copies too lie where a sync takes no time.
    ::setenv("TMPDIR", path("").c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
    fs::create_directory(path("fresh"));
    const auto made = StateWork::create(path("fresh"));
    ASSERT_TRUE(made) << made.error().message;
    trace_ = new std::vector<std::string>(trace());
  }
  static void TearDownTestSuite() {
    delete trace_;
    delete scratch_;
    trace_ = nullptr;
    scratch_ = nullptr;
  }

  static fs::path path(const char* name) { return *scratch_ / name; }

  static void make_fresh() {
    for (const char* name : {"state", "receipts", "signatures", "trace", "said"}) {
      fs::remove_all(path(name));
    }
    fs::copy(path("fresh"), path("state"), fs::copy_options::recursive);
  }

  /// The driver's exit status, or 128 and the signal that killed it.
  static int drive(const std::string& plan) { return drive(plan, path("state"), path("receipts")); }
  static int drive(const std::string& plan, const std::string& first, const std::string& second) {
    return run_struck({path("state"), path("trace"), path("signatures"), path("said")}, plan,
                      {TIDEWAITER_FAULT_DRIVER, first, second});
  }

  /// The calls of a run without faults.
  static std::vector<std::string> trace() {
    make_fresh();
    EXPECT_EQ(drive(""), 0) << text_of(path("said"));
    return lines_of(path("trace"));
  }

  static void check_durable(const std::string& plan) {
    const auto ledger = Ledger::open(paths_in(path("state")), Ledger::Mode::kReadOnly);
    ASSERT_TRUE(ledger) << plan << ": " << ledger.error().message;
    for (const std::string& line : lines_of(path("receipts"))) {
      std::istringstream words(line);
      std::string durable;
      std::int64_t index = -1;
      std::string hash;
      words >> durable >> index >> hash;
      const auto entry = (*ledger)->entry(index);
      ASSERT_TRUE(entry) << plan << ": entry " << index << " was acknowledged and is gone";
      EXPECT_EQ(to_hex(sha256(*entry)), hash) << plan << ": entry " << index;
    }
  }

  static void check_all(const std::string& plan) {
    const StateReport report = check_folder(path("state"));
    EXPECT_EQ(problems_of(report), "") << plan;
    check_durable(plan);
    EXPECT_EQ(fault_of_signatures(path("signatures")), "") << plan;
  }

  /// One run with faults and one without.
  static void strike(const std::vector<Strike>& strikes) {
    const std::string plan = plan_of(strikes);
    make_fresh();
    const int status = drive(plan);
    // 0: nothing was lost by trying again; 1: the driver gave up; a signal: that of the plan.
    EXPECT_TRUE(status == 0 || status == 1 || status == 128 + SIGKILL)
        << plan << " ended with " << status << ": " << text_of(path("said"));
    check_all(plan);
    fs::remove(path("said"));
    EXPECT_EQ(drive(""), 0) << "after " << plan << ": " << text_of(path("said"));
    check_all("after " + plan);
  }

  /// A call that changes something fails with `first`, and one of the next calls is struck by
  /// `second`: most of these lie in what makes good for the first, or tries again.
  static void strike_pairs(const char* first, const char* second) {
    int runs = 0;
    for (std::size_t call = 1; call <= trace_->size(); ++call) {
      if (is_read((*trace_)[call - 1])) continue;
      for (std::size_t distance = 1; distance <= kNear; ++distance) {
        ASSERT_NO_FATAL_FAILURE(strike({{call, first}, {call + distance, second}}));
        ++runs;
      }
      ASSERT_FALSE(HasFailure()) << "at " << (*trace_)[call - 1];
    }
    std::cout << runs << " pairs of " << first << " and " << second << '\n';
  }

  static constexpr std::size_t kNear = 6;
  static test::ScratchFolder* scratch_;
  static std::vector<std::string>* trace_;
};
test::ScratchFolder* FaultInjection::scratch_ = nullptr;
std::vector<std::string>* FaultInjection::trace_ = nullptr;

TEST_F(FaultInjection, TheShimSeesTheWritesOfEveryStore) {
  for (const char* call :
       {"pwrite ledger.db-wal", "pwrite lock.db", "pwrite vault.db", "pwrite records.db-wal",
        "fdatasync ledger.db-wal", "fdatasync lock.db", "fdatasync vault.db",
        "fdatasync records.db-wal", "unlink lock.db-journal", "unlink vault.db-journal",
        "open ledger.db", "read ledger.key"}) {
    EXPECT_NE(std::ranges::find(*trace_, call), trace_->end()) << call;
  }
}

TEST_F(FaultInjection, AStrikeIsNoticed) {
  make_fresh();
  ASSERT_EQ(trace_->front(), "open records.db");
  EXPECT_EQ(drive("1:KILL"), 128 + SIGKILL);
  EXPECT_EQ(lines_of(path("trace")).size(), 1U);
  make_fresh();
  EXPECT_EQ(drive("1:EIO"), 0);
  EXPECT_GT(lines_of(path("trace")).size(), trace_->size());  // it was tried again
}

TEST_F(FaultInjection, EveryCallFailsInEveryWay) {
  int runs = 0;
  for (std::size_t call = 1; call <= trace_->size(); ++call) {
    for (const char* fault : {"EIO", "ENOSPC", "EDQUOT", "KILL"}) {
      const bool about_space =
          std::string_view(fault) == "ENOSPC" || std::string_view(fault) == "EDQUOT";
      if (about_space && is_read((*trace_)[call - 1])) continue;  // reading takes no room
      ASSERT_NO_FATAL_FAILURE(strike({{call, fault}}));
      ++runs;
    }
    ASSERT_FALSE(HasFailure()) << "at " << (*trace_)[call - 1];
  }
  std::cout << trace_->size() << " calls, " << runs << " faults\n";
}

/// The making of a ledger, which is either undone or gone on with.
class CreationFaults : public FaultInjection {
 protected:
  static int create(const std::string& plan) {
    for (const char* name : {"state", "signatures", "trace", "said"}) fs::remove_all(path(name));
    fs::create_directory(path("state"));
    return drive(plan, "--create", path("state"));
  }

  /// As a start does it that finds the marker of a creation that has not ended.
  static void settle(const std::string& plan) {
    const LedgerPaths paths = paths_in(path("state"));
    const auto left = inspect_creation(paths);
    ASSERT_TRUE(left) << plan << ": " << left.error().message;
    if (*left == CreationState::kUnfinished) {
      const auto removed = remove_unfinished(paths);
      ASSERT_TRUE(removed) << plan << ": " << removed.error().message;
      EXPECT_TRUE(fs::is_empty(path("state"))) << plan;
      const auto made = Ledger::create(paths, kOrigin, kNow);
      ASSERT_TRUE(made) << plan << ": " << made.error().message;
    }
    const auto ledger = Ledger::open(paths, Ledger::Mode::kReadWrite);
    ASSERT_TRUE(ledger) << plan << ": " << ledger.error().message;
    EXPECT_EQ(problems_of(check_folder(path("state"))), "") << plan;
  }
};

TEST_F(CreationFaults, EveryCallFailsInEveryWay) {
  ASSERT_EQ(create(""), 0);
  const std::vector<std::string> calls = lines_of(path("trace"));
  int undone = 0;
  for (std::size_t call = 1; call <= calls.size(); ++call) {
    for (const char* fault : {"EIO", "ENOSPC", "EDQUOT", "KILL"}) {
      const std::string plan = plan_of({{call, fault}});
      const int status = create(plan);
      EXPECT_TRUE(status == 0 || status == 1 || status == 128 + SIGKILL) << plan;
      // What was refused has left nothing, as it says.
      if (status == 1) {
        EXPECT_TRUE(fs::is_empty(path("state"))) << plan;
        ++undone;
      }
      ASSERT_NO_FATAL_FAILURE(settle(plan));
    }
    ASSERT_FALSE(HasFailure()) << "at " << calls[call - 1];
  }
  EXPECT_GT(undone, 0);
  std::cout << calls.size() << " calls, of which " << undone << " faults were undone\n";
}

TEST_F(FaultInjection, EveryPairOfErrorsThatLieNear) { strike_pairs("EIO", "EIO"); }
TEST_F(FaultInjection, EveryErrorWithADeathSoonAfter) { strike_pairs("ENOSPC", "KILL"); }

}  // namespace
}  // namespace tidewaiter
