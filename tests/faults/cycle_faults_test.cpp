// The program itself under the fault shim: `tidewaiter run --once` pulls, judges, records, signs
// and delivers, and every call by which it reaches for its state folder fails once, or is the one
// at which it dies. It says so by its status; the folder holds; and the next run ends the work,
// with the findings of a run that nothing disturbed.

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/faults/struck_program.h"
#include "tests/unit/app/temporary_folder.h"
#include "tests/unit/fsck/state_work.h"
#include "tests/unit/verify/small_ledger.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr int kDone = 0;
constexpr int kRefused = 4;
constexpr int kUnavailable = 5;

/// By hand: account `a` has three requests from 10:01 to 10:03 and account `c` four, which the
/// policy (three in an hour) reports; account `b` has one.
class CycleFaults : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    // The verifier's private copies too lie where a sync takes no time.
    ::setenv("TMPDIR", path("").c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
    write_file(path("tidewaiter.yaml"),
               "state: state\npolicies: [policies]\n"
               "sources: [{name: gateway, kind: file, record: usage, path: usage.jsonl, "
               "format: jsonl}]\n"
               "storage: {reserve: 0B}\n"
               "ledger: {origin: " +
                   std::string(kOrigin) +
                   "}\n"
                   "notify: {channels: [{name: operations, kind: log}]}\n");
    write_file(path("policies/volume.yaml"), volume_policy());
    std::string usage;
    for (const char* id : {"a1", "a2", "a3", "b1", "c1", "c2", "c3", "c4"}) {
      usage += usage_line(id, "2026-10-05T10:0" + std::string(id + 1) + ":00Z", {id, 1});
    }
    write_file(path("usage.jsonl"), usage);
    ASSERT_EQ(tidewaiter("", {"init"}), kDone) << text_of(path("said"));
    fs::copy(path("state"), path("fresh"), fs::copy_options::recursive);
  }

  [[nodiscard]] fs::path path(const char* name) const { return folder_ / name; }

  int tidewaiter(const std::string& plan, const std::vector<std::string>& words) {
    std::vector<std::string> command{TIDEWAITER_PROGRAM, "--config", path("tidewaiter.yaml")};
    command.insert(command.end(), words.begin(), words.end());
    return run_struck({path("state"), path("trace"), path("signatures"), path("said")}, plan,
                      command);
  }

  /// A run in a fresh state.
  int run_fresh(const std::string& plan) {
    for (const char* name : {"state", "trace", "signatures", "said"}) fs::remove_all(path(name));
    fs::copy(path("fresh"), path("state"), fs::copy_options::recursive);
    return tidewaiter(plan, {"run", "--once"});
  }

  /// What the ledger says of each finding, without what is made anew in every state.
  [[nodiscard]] std::vector<std::string> findings() const {
    const auto ledger = Ledger::open(paths_in(path("state")), Ledger::Mode::kReadOnly);
    EXPECT_TRUE(ledger);
    const auto all = ledger ? (*ledger)->findings({}) : Result<std::vector<FindingState>>();
    EXPECT_TRUE(all);
    std::vector<std::string> told;
    for (const FindingState& finding : *all) {
      told.push_back(finding.subject + ' ' + format_time(finding.run.from) + ' ' +
                     std::string(step_name(finding.state)));
    }
    std::ranges::sort(told);
    return told;
  }

  void check(const std::string& when) const {
    EXPECT_EQ(problems_of(check_folder(path("state"))), "") << when;
    EXPECT_EQ(fault_of_signatures(path("signatures")), "") << when;
  }

  void strike(const Strike& strike, const std::string& call,
              const std::vector<std::string>& undisturbed) {
    const std::string plan = plan_of({strike}) + " (" + call + ")";
    const int status = run_fresh(plan_of({strike}));
    // An error while reading is damage to SQLite (SQLITE_IOERR_CORRUPTFS).
    const bool may_refuse = is_read(call) && std::string_view(strike.fault) == "EIO";
    EXPECT_TRUE(status == kDone || status == kUnavailable || status == 128 + SIGKILL ||
                (status == kRefused && may_refuse))
        << plan << " ended with " << status << ": " << text_of(path("said"));
    check(plan);
    fs::remove(path("said"));
    EXPECT_EQ(tidewaiter("", {"run", "--once"}), kDone)
        << "after " << plan << ": " << text_of(path("said"));
    check("after " + plan);
    EXPECT_EQ(findings(), undisturbed) << plan;
  }

  test::ScratchFolder folder_;
};

TEST_P(CycleFaults, NothingIsLostAtAnyCall) {
  ASSERT_EQ(run_fresh(""), kDone) << text_of(path("said"));
  const std::vector<std::string> calls = lines_of(path("trace"));
  const std::vector<std::string> undisturbed = findings();
  ASSERT_EQ(undisturbed.size(), 2U);
  const std::string_view fault = GetParam();
  int runs = 0;
  for (std::size_t call = 1; call <= calls.size(); ++call) {
    // Reading takes no room.
    if (is_read(calls[call - 1]) && (fault == "ENOSPC" || fault == "EDQUOT")) continue;
    strike({call, GetParam()}, calls[call - 1], undisturbed);
    ++runs;
    ASSERT_FALSE(HasFailure());
  }
  std::cout << calls.size() << " calls, " << runs << " faults\n";
}

INSTANTIATE_TEST_SUITE_P(All, CycleFaults, testing::Values("EIO", "ENOSPC", "EDQUOT", "KILL"),
                         [](const auto& fault) { return std::string(fault.param); });

}  // namespace
}  // namespace tidewaiter
