// What goes out of a ledger in PostgreSQL is what goes out of one in a file: the verifier and the
// second one, which knows the format by its page alone, take it.
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/ledger/ledger_in_file.h"
#include "storage/ledger/log_export.h"
#include "storage/verify/report.h"
#include "storage/verify/tile_log.h"
#include "storage/verify/verify.h"
#include "tests/unit/ledger/ledger_fixture.h"

namespace tidewaiter {
namespace {

/// A signed ledger with findings that open, go on and end, events, gaps and messages.
class LedgerExports : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    if (IsSkipped()) return;
    LedgerCommit first = commit_of({opened_step(1, 0, "a"), gap_step(1, 1, 2)}, 1);
    first.events = {{"config.changed", "{}"}};
    first.outbox = {{0, "ops", R"({"finding":"f"})"}};
    first.coverage = R"({"judged":1})";
    commit(first);
    Step longer = next_step(opened_step(1, 0, "a"), StepKind::kRestated, 2, 0, "run-changed");
    longer.run.to = longer.run.to + kHour;
    commit(commit_of({longer, next_step(longer, StepKind::kClosed, 3, 0, "run-ended")}, 3));
    // More than one bundle of entries, and a page of rows.
    for (std::int64_t seq = 4; seq < 1504; seq += 500) {
      std::vector<Step> steps;
      for (std::int64_t i = 0; i < 500; ++i) {
        steps.push_back(opened_step(seq + i, 0, "b" + std::to_string(i % 5)));
      }
      commit(commit_of(std::move(steps), seq + 499));
    }
    ASSERT_TRUE(ledger_->sign(kNow));
    key_ = ledger_->verifier_key();
  }
  std::string key_;
};

TEST_F(LedgerExports, TheFolderOfTilesHolds) {
  const auto done = export_log(*ledger_, dir_.path() / "log", [](std::int64_t, std::int64_t) {});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->checkpoint.head, *ledger_->head());
  const VerifyReport report = verify_tile_log(dir_.path() / "log", key_);
  EXPECT_TRUE(report.ok()) << verdict_text(report);
  EXPECT_EQ(report.signed_size, 1506);
}

/// More findings than are asked for at once, some with several entries: each has what it has when
/// it is asked for alone.
TEST_F(LedgerExports, FindingsHaveTheirOwnEntriesHoweverManyAreRead) {
  std::vector<Step> more;
  for (std::int64_t i = 0; i < 1500; i += 25) {
    const Step opened = opened_step(4 + i, 0, "b" + std::to_string(i % 500 % 5));
    more.push_back(next_step(opened, StepKind::kRestated, 1600 + i, 0, "run-changed"));
  }
  commit(commit_of(std::move(more), 3200));
  const auto all = ledger_->findings({});
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->size(), 1501U);
  std::size_t entries = 0;
  for (std::size_t i = 0; i < all->size(); i += 5) {
    FindingQuery query;
    query.id_prefix = (*all)[i].id;
    const auto one = ledger_->findings(query);
    ASSERT_TRUE(one && one->size() == 1U) << (*all)[i].id;
    EXPECT_EQ((*all)[i].entries, one->front().entries);
    EXPECT_EQ((*all)[i].unchanged, one->front().unchanged);
  }
  for (const FindingState& finding : *all) entries += finding.entries.size();
  EXPECT_EQ(entries, 1500U + 60U + 3U);
}

TEST_F(LedgerExports, BothVerifiersTakeTheCopy) {
  const auto file = LedgerInFile::of(paths_);
  ASSERT_TRUE(file) << file.error().message;
  const std::string database = file->paths().database.string();
  const VerifyReport report = verify_ledger({database, paths_.lock, key_});
  EXPECT_TRUE(report.ok()) << verdict_text(report);
  EXPECT_EQ(report.head, *ledger_->head());
  const std::string command = std::string("python3 -B ") + SECOND_VERIFIER + " '" + database +
                              "' --lock '" + paths_.lock.string() + "' --key '" + key_ +
                              "' --all-signed";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace tidewaiter
