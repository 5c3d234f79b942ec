// The bound of what evaluation holds: which policies are chosen, and what becomes of one that is.

#include "daemon/pipeline/state_limit.h"

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include "cycle_scene.h"
#include "daemon/pipeline/coverage_json.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// 100 shared, and policies that hold so much.
EvaluationFootprint holding(const std::vector<std::pair<std::string, std::int64_t>>& policies) {
  EvaluationFootprint footprint{100, {}};
  for (const auto& [policy, bytes] : policies)
    footprint.policies.push_back({policy, bytes, 0, RecordKind::kUsage});
  return footprint;
}

TEST(PoliciesToEvict, NobodyWithinTheBound) {
  EXPECT_THAT(policies_to_evict(holding({{"a", 500}, {"b", 400}}), 1000), IsEmpty());
}

TEST(PoliciesToEvict, TheGreatestUntilThreeQuartersAreLeft) {
  // 1,001 of at most 1,000: without b there are 601, which is below 750.
  EXPECT_THAT(policies_to_evict(holding({{"a", 301}, {"b", 400}, {"c", 200}}), 1000),
              ElementsAre("b"));
  // 1,200: without b there are 800.
  EXPECT_THAT(policies_to_evict(holding({{"a", 350}, {"b", 400}, {"c", 350}}), 1000),
              ElementsAre("b", "a"));
}

TEST(PoliciesToEvict, NobodyIsBlindForNothing) {
  // A sixty-fourth of the bound is 15: a holds less.
  EXPECT_THAT(policies_to_evict(holding({{"a", 10}, {"b", 920}}), 1000), ElementsAre("b"));
  // Without b there would still be 1,010.
  EvaluationFootprint footprint = holding({{"a", 10}, {"b", 920}});
  footprint.shared_bytes = 1000;
  EXPECT_THAT(policies_to_evict(footprint, 1000), IsEmpty());
}

TEST(PoliciesToEvict, FindingsAboutFindingsStay) {
  EvaluationFootprint footprint = holding({{"a", 900}, {"b", 600}});
  footprint.policies[0].reads = RecordKind::kFinding;
  EXPECT_THAT(policies_to_evict(footprint, 1000), ElementsAre("b"));
}

TEST(FootprintInCoverage, ReadsBack) {
  CoverageReport report{7, {}, holding({{"a", 500}})};
  report.footprint.policies[0].time_ns = 12;
  const auto read = coverage_from_json(coverage_to_json(report));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->footprint.shared_bytes, 100);
  ASSERT_EQ(read->footprint.policies.size(), 1U);
  EXPECT_EQ(read->footprint.policies[0].bytes, 500);
  EXPECT_EQ(read->footprint.policies[0].time_ns, 12);
  const auto before = coverage_from_json(R"({"entry": 1, "policies": []})");
  ASSERT_TRUE(before);
  EXPECT_EQ(before->footprint.bytes(), 0);
  EXPECT_FALSE(
      coverage_from_json(R"({"entry": 1, "policies": [], "footprint": {"policies": []}})"));
}

class StateLimitTest : public CycleTest {
 protected:
  StateLimitTest() {
    engine_ = EngineKind::kColumnar;
    log_ = &events_;
  }
  std::vector<std::string> entries() {
    std::vector<std::string> all;
    const auto book = ledger();
    for (std::int64_t i = 0; i < book->head()->size; ++i) all.push_back(*book->entry(i));
    return all;
  }
  std::ostringstream said_;
  EventLog events_{LogLevel::kDebug, LogFormat::kText,
                   std::make_shared<spdlog::sinks::ostream_sink_mt>(said_)};
};

TEST_F(StateLimitTest, WithoutABoundNothingIsForgotten) {
  ASSERT_TRUE(live());
  EXPECT_THAT(said_.str(), Not(HasSubstr("state_")));
  const auto coverage = coverage_from_json(*ledger()->coverage());
  ASSERT_TRUE(coverage);
  ASSERT_EQ(coverage->footprint.policies.size(), 1U);
  EXPECT_EQ(coverage->footprint.policies[0].policy, "test.volume");
  EXPECT_GT(coverage->footprint.policies[0].bytes, 0);
  EXPECT_GT(coverage->footprint.policies[0].time_ns, 0);
}

/// What is forgotten stands in the ledger, and no start says anything else.
TEST_F(StateLimitTest, BeyondTheBoundTheLedgerSaysWhatIsForgotten) {
  ASSERT_TRUE(live());
  const auto unbounded = coverage_from_json(*ledger()->coverage());
  ASSERT_TRUE(unbounded);
  const EvaluationFootprint& held = unbounded->footprint;
  state_at_most_ = held.shared_bytes + held.policies.at(0).bytes / 2;
  std::filesystem::remove_all(config_.state);
  said_.str("");
  ASSERT_TRUE(live());
  EXPECT_THAT(said_.str(), HasSubstr("state_evicted"));
  const std::vector<std::string> once = entries();
  EXPECT_THAT(once, testing::Contains(testing::AllOf(HasSubstr(R"("typ":"coverage.gap")"),
                                                     HasSubstr(R"("reason":"state-evicted")"))));
  EXPECT_THAT(once, testing::Contains(testing::AllOf(HasSubstr(R"("typ":"finding.closed")"),
                                                     HasSubstr(R"("reason":"state-evicted")"))));
  EXPECT_TRUE(verified().ok());
  state_at_most_.reset();
  said_.str("");
  ASSERT_TRUE(live());
  EXPECT_EQ(entries(), once);
  EXPECT_THAT(said_.str(), Not(HasSubstr("state_evicted")));
}

/// What a judge holds that has not read all of the log says nothing about the log's end.
TEST_F(StateLimitTest, ABrokenOffReplayEvictsNobody) {
  ASSERT_TRUE(live());
  const StatePaths paths = state_paths(config_);
  auto records = *RecordLog::open(paths.records, RecordLog::Mode::kReadWrite);
  auto book = *Ledger::open(paths.ledger, Ledger::Mode::kReadWrite);
  const LogOffset head = *records->head();
  CycleParts parts;
  parts.records = records.get();
  parts.ledger = book.get();
  parts.now = [this] { return now_; };
  parts.state_at_most = 1;
  parts.look_least = 1;
  auto cycle = *Cycle::resume(std::move(parts));
  std::stop_source stop;
  stop.request_stop();
  const auto report = cycle->run(nullptr, stop.get_token());
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->interrupted);
  EXPECT_EQ(*records->head(), head);
}

}  // namespace
}  // namespace tidewaiter
