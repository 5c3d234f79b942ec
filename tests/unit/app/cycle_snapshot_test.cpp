// Snapshots of evaluation: what a start takes up, and what it does not.

#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include "cycle_scene.h"
#include "storage/snapshot/snapshot_file.h"
#include "tests/unit/file_size_limit.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SnapshotTest : public CycleTest {
 protected:
  SnapshotTest() {
    engine_ = EngineKind::kColumnar;
    snapshot_ = state_paths(config_).snapshot;
    log_ = &events_;
    progress_ = [this](const CycleProgress& progress) {
      if (progress.phase == CyclePhase::kReplay) ++replayed_;
    };
  }

  /// What the log of the program says of one more life.
  std::string next_life() {
    said_.str("");
    replayed_ = 0;
    const Result<CycleReport> report = live();
    EXPECT_TRUE(report) << report.error().message;
    return said_.str();
  }
  std::string bytes() const {
    std::ifstream file(snapshot_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// A life of the first four pages, and after `between` one of all of them.
  template <class Between>
  std::string go_on_after(const Between& between) {
    const auto all = script_;
    script_.resize(4);
    EXPECT_THAT(next_life(), HasSubstr("snapshot_written"));
    between();
    script_ = all;
    return next_life();
  }
  /// What a life without snapshots finds.
  std::vector<std::string> found_without() {
    const std::filesystem::path place = std::exchange(snapshot_, {});
    EXPECT_TRUE(live());
    auto found = findings();
    std::filesystem::remove_all(config_.state);
    snapshot_ = place;
    return found;
  }

  std::ostringstream said_;
  EventLog events_{LogLevel::kDebug, LogFormat::kText,
                   std::make_shared<spdlog::sinks::ostream_sink_mt>(said_)};
  std::int64_t replayed_ = 0;  ///< pieces of the log that were judged again
};

TEST_F(SnapshotTest, AStartGoesOnFromThere) {
  const auto want = found_without();
  const std::string said = go_on_after([] {});
  EXPECT_THAT(said, AllOf(HasSubstr("snapshot_taken_up"), HasSubstr("snapshot_written")));
  EXPECT_EQ(replayed_, 0);
  EXPECT_EQ(findings(), want);
  EXPECT_TRUE(verified().ok());
  EXPECT_EQ(std::filesystem::status(snapshot_).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(SnapshotTest, NothingNewIsNotWrittenAgain) {
  EXPECT_THAT(next_life(), HasSubstr("snapshot_written"));
  EXPECT_THAT(next_life(), AllOf(HasSubstr("snapshot_taken_up"), Not(HasSubstr("written"))));
}

TEST_F(SnapshotTest, OneThatIsNotWholeIsMadeAnew) {
  const auto want = found_without();
  const std::string said = go_on_after([this] {
    std::string torn = bytes();
    torn.resize(torn.size() / 2);
    write_file(snapshot_, torn);
  });
  EXPECT_THAT(said, AllOf(HasSubstr("snapshot_unused"), HasSubstr("not whole"),
                          HasSubstr("snapshot_written")));
  EXPECT_GT(replayed_, 0);
  EXPECT_EQ(findings(), want);
}

TEST_F(SnapshotTest, OneOfAnotherVersionIsMadeAnew) {
  const auto want = found_without();
  const std::string said = go_on_after([this] {
    const auto other = SnapshotReader::open(snapshot_);
    ASSERT_TRUE(other);
    SnapshotHead head = (*other)->head();
    head.code.front() = head.code.front() == '0' ? '1' : '0';
    const auto writer = SnapshotWriter::create(snapshot_, head);
    ASSERT_TRUE(writer);
    (*writer)->body() << (*other)->body().rdbuf();
    ASSERT_TRUE((*writer)->commit());
  });
  EXPECT_THAT(said, HasSubstr("another version"));
  EXPECT_EQ(findings(), want);
}

// The ledger was put back from a backup: what lies between has to be judged and recorded again.
TEST_F(SnapshotTest, OneThatIsAheadOfTheLedgerIsNotUsed) {
  const auto all = script_;
  const auto want = found_without();
  script_.resize(2);
  next_life();
  const std::filesystem::path copy = folder_ / "copy";
  std::filesystem::copy(config_.state, copy, std::filesystem::copy_options::recursive);
  script_ = all;
  next_life();
  const std::string later = bytes();
  std::filesystem::remove_all(config_.state);
  std::filesystem::copy(copy, config_.state, std::filesystem::copy_options::recursive);
  write_file(snapshot_, later);
  EXPECT_THAT(next_life(), AllOf(HasSubstr("snapshot_unused"), HasSubstr("judged up to entry")));
  EXPECT_EQ(findings(), want);
}

// What retention drops stays in the memory of a process, and must not come to its files.
TEST_F(SnapshotTest, NoneIsUsedThatMayHoldWhatWasDropped) {
  const std::string said = go_on_after([this] {
    const auto records = RecordLog::open(state_paths(config_).records, RecordLog::Mode::kReadWrite);
    ASSERT_TRUE(records);
    ASSERT_EQ((*records)->drop_before(*parse_time("2026-01-02"), now_).value(), 7);
  });
  // This process has read what is left, and may write that.
  EXPECT_THAT(said, AllOf(HasSubstr("snapshot_unused"), HasSubstr("records were dropped"),
                          HasSubstr("snapshot_written")));
  EXPECT_GT(replayed_, 0);
}

TEST_F(SnapshotTest, IsExactlyOnceWhereverItIsCutOff) { expect_exactly_once(); }

TEST_F(SnapshotTest, FindingsOfFindingsAreExactlyOnceWhereverItIsCutOff) {
  const std::string reader =
      "policy: test.reader\nversion: 1\ntitle: t\nstatus: active\nbasis: [{control: c}]\n"
      "kind: coordination\nseverity: high\nreads: finding\nfor_each: account\nwindow: 24h\n"
      "measure: {policies: distinct(finding.policy)}\nreport_when: policies >= 2\n";
  use_policies({{"p.yaml", volume_policy()},
                {"q.yaml", volume_policy("test.lower", "2")},
                {"r.yaml", reader}});
  expect_exactly_once();
}

// Other policies are activated over the whole log, which a snapshot has none of.
TEST_F(SnapshotTest, OtherPoliciesComeIntoForceAfterIt) {
  const std::string said = go_on_after([this] {
    use_policies({{"p.yaml", volume_policy()}, {"q.yaml", volume_policy("test.lower", "2")}});
  });
  EXPECT_THAT(said, HasSubstr("snapshot_taken_up"));
  const auto went_on = findings();
  EXPECT_THAT(went_on, testing::Contains(HasSubstr("test.lower account:gw/a")));
  std::filesystem::remove(snapshot_);
  EXPECT_THAT(next_life(), Not(HasSubstr("taken_up")));
  EXPECT_EQ(findings(), went_on);
}

TEST_F(SnapshotTest, WhereItFindsNoRoomAllElseGoesOn) {
  std::mt19937 random(7);
  for (int i = 0; i < 4000; ++i) {
    std::string name;
    for (int j = 0; j < 40; ++j) name += static_cast<char>('a' + random() % 26);
    script_[0].lines.push_back(usage_line("x" + std::to_string(i), "2026-01-01T10:05:00Z", name));
  }
  std::optional<FileSizeLimit> limit;
  progress_ = [&limit](const CycleProgress& progress) {
    if (progress.phase != CyclePhase::kSave) return;
    if (progress.done) return limit.reset();
    if (!limit) limit.emplace(50'000U);
  };
  EXPECT_THAT(next_life(), AllOf(HasSubstr("snapshot_failed"), HasSubstr("File too large")));
  EXPECT_FALSE(std::filesystem::exists(snapshot_));
  EXPECT_FALSE(std::filesystem::exists(snapshot_.string() + ".new"));
  progress_ = {};
  EXPECT_THAT(next_life(), HasSubstr("snapshot_written"));
  EXPECT_GT(std::filesystem::file_size(snapshot_), 50'000U);
}

TEST_F(SnapshotTest, WhatAnInterruptedWriterLeftGoesAtAStart) {
  next_life();
  const std::filesystem::path left = snapshot_.string() + ".new";
  write_file(left, "half of one");
  next_life();
  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST_F(SnapshotTest, TheReferenceEngineLeavesThemAlone) {
  next_life();
  const std::string before = bytes();
  engine_ = EngineKind::kReference;
  EXPECT_THAT(next_life(), Not(HasSubstr("snapshot")));
  EXPECT_EQ(bytes(), before);
}

TEST_F(SnapshotTest, WhereItCannotBeWrittenAllElseGoesOn) {
  const auto want = found_without();
  snapshot_ = folder_ / "nowhere/evaluation.snapshot";
  EXPECT_THAT(next_life(), HasSubstr("snapshot_failed"));
  EXPECT_EQ(findings(), want);
}

}  // namespace
}  // namespace tidewaiter
