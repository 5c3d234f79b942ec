// What the daemon notices about its sources becomes records of its own, and findings by policies
// that read them.
#include "storage/records/own_records.h"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cycle_scene.h"
#include "daemon/pipeline/source_gap.h"
#include "policies/model/field_catalogue.h"
#include "tests/unit/log_entries.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

UtcTime at(std::string_view text) { return parse_time(text).value(); }

std::string policy_over(const std::string& action) {
  return "policy: test.noticed\nversion: 1\ntitle: T\nstatus: active\nowner: o\n"
         "basis: [{control: C}]\nkind: control-failure\nseverity: medium\ndescription: D\n"
         "reads: audit\nselect: {told: {action: " +
         action +
         ", source: tidewaiter}}\n"
         "for_each: target.id\nwindow: 24h\nrespond: [{case: control-failure}]\n";
}

/// Has nothing to give, and had something to read since `since`.
class BehindConnector : public ScriptedConnector {
 public:
  explicit BehindConnector(const std::optional<UtcTime>& since,
                           std::optional<Error> end = std::nullopt)
      : ScriptedConnector({}, std::move(end)), since_(since) {}
  std::optional<UtcTime> behind_since(const std::string&, UtcTime) const override { return since_; }

 private:
  const std::optional<UtcTime>& since_;
};

/// Gives one bucket, that is final, with other figures each time.
class ClosingConnector : public ScriptedConnector {
 public:
  ClosingConnector() : ScriptedConnector({}, std::nullopt) {}
  Result<std::optional<Page>> next(const std::string& cursor, UtcTime, const PullWatch&) override {
    if (cursor.size() >= 2) return std::nullopt;
    Record record;
    record.source = "gw";
    record.id = sha256("bucket");
    record.time = at("2026-01-01T10:00:00Z");
    record.duration = kHour;
    record.requests = cursor.empty() ? 5 : 7;
    Page page;
    page.source = "gw";
    page.records = {record};
    page.closes = true;
    page.cursor = cursor + "x";
    return page;
  }
};

class OwnRecordsTest : public CycleTest {
 protected:
  OwnRecordsTest() { now_ = at("2026-01-01T12:00:00Z"); }

  /// One life of a process, of one cycle. False: it was killed.
  bool live(std::unique_ptr<Connector> connector, Fault fault = {}) {
    EXPECT_TRUE(init_state(config_, now_));
    const StatePaths paths = state_paths(config_);
    FaultyLog log(*RecordLog::open(paths.records, RecordLog::Mode::kReadWrite), fault);
    const auto book = *Ledger::open(paths.ledger, Ledger::Mode::kReadWrite);
    CycleParts parts;
    parts.records = &log;
    parts.ledger = book.get();
    parts.now = [this] { return now_; };
    auto cycle = *Cycle::resume(std::move(parts));
    Source source = source_of("gw", std::move(connector));
    source.config.contract.emplace();
    source.config.contract->bucket = kHour;
    source.config.poll_every = Duration{15 * kMinute.us};
    std::vector<Source> sources;
    sources.push_back(std::move(source));
    cycle->set_sources(std::move(sources));
    return cycle->set_policies(texts_, set_).has_value() && cycle->run(nullptr, {}).has_value();
  }
  /// What `status` of the records says that the daemon has made.
  std::vector<std::string> noticed() {
    const auto log = RecordLog::open(state_paths(config_).records, RecordLog::Mode::kReadOnly);
    std::vector<std::string> all;
    for (const LogEntry& entry : read_all(**log)) {
      const auto* const record = std::get_if<Record>(&entry.body);
      if (record == nullptr || record->source != kOwnSource) continue;
      all.push_back(std::get<std::string>(field_value(*record, field_id("status"))));
    }
    return all;
  }
  std::vector<std::string> subjects() {
    std::vector<std::string> all;
    const auto found = ledger()->findings({});
    for (const FindingState& finding : *found) all.push_back(finding.subject);
    return all;
  }
};

TEST_F(OwnRecordsTest, AGapOfMoreThanTwoCyclesIsAFindingOnce) {
  use_policies({{"p.yaml", policy_over("source.gap")}});
  // Buckets are longer than the time between polls: two of them are two cycles.
  std::optional<UtcTime> since = at("2026-01-01T10:00:00Z");
  ASSERT_TRUE(live(std::make_unique<BehindConnector>(since)));
  EXPECT_THAT(noticed(), IsEmpty());
  now_ = now_ + kMinute;
  const Error away{ErrorCode::kUnavailable, "away"};
  ASSERT_TRUE(live(std::make_unique<BehindConnector>(since, away)));
  EXPECT_THAT(noticed(), ElementsAre("not read from 2026-01-01T10:00:00Z to "
                                     "2026-01-01T12:01:00Z: nobody asked"));
  EXPECT_THAT(subjects(), ElementsAre("target.id:tidewaiter/gw"));

  now_ = now_ + kHour;
  ASSERT_TRUE(live(std::make_unique<BehindConnector>(since)));
  EXPECT_THAT(noticed(), SizeIs(1)) << "it is the same gap";
  since = std::nullopt;
  ASSERT_TRUE(live(std::make_unique<BehindConnector>(since)));
  since = now_;
  now_ = now_ + Duration{3 * kHour.us};
  ASSERT_TRUE(live(std::make_unique<BehindConnector>(since)));
  EXPECT_THAT(noticed(), SizeIs(2)) << "and this is another";
}

TEST_F(OwnRecordsTest, AGapIsToldOnceWhereverItIsCutOff) {
  for (const bool after : {false, true}) {
    for (std::int64_t write = 0; write < 3; ++write) {
      SCOPED_TRACE(std::to_string(write) + (after ? " after" : " before"));
      std::filesystem::remove_all(config_.state);
      const std::optional<UtcTime> since = at("2026-01-01T08:00:00Z");
      Fault fault;
      fault.at = write;
      fault.after = after;
      live(std::make_unique<BehindConnector>(since), fault);
      now_ = now_ + kMinute;
      ASSERT_TRUE(live(std::make_unique<BehindConnector>(since)));
      EXPECT_THAT(noticed(), SizeIs(1));
    }
  }
}

TEST_F(OwnRecordsTest, FiguresThatWereClosedAreAFindingOnceWhereverItIsCutOff) {
  use_policies({{"p.yaml", policy_over("source.restated")}});
  for (const bool after : {false, true}) {
    for (std::int64_t write = 0; write < 6; ++write) {
      SCOPED_TRACE(std::to_string(write) + (after ? " after" : " before"));
      std::filesystem::remove_all(config_.state);
      Fault fault;
      fault.at = write;
      fault.after = after;
      live(std::make_unique<ClosingConnector>(), fault);
      ASSERT_TRUE(live(std::make_unique<ClosingConnector>()));
      EXPECT_THAT(noticed(), SizeIs(1));
      EXPECT_THAT(subjects(), ElementsAre("target.id:tidewaiter/gw"));
    }
  }
}

TEST(SourceGap, ACycleIsAsLongAsASourcePollsOrAsItsBucketsAre) {
  SourceConfig config;
  config.contract.emplace();
  config.contract->bucket = kHour;
  config.poll_every = Duration{15 * kMinute.us};
  config.poll_jitter = kMinute;
  EXPECT_EQ(longest_silence(config), (Duration{2 * kHour.us + kMinute.us}));
  config.poll_every = Duration{3 * kHour.us};
  EXPECT_EQ(longest_silence(config), (Duration{6 * kHour.us + kMinute.us}));
}

TEST(SourceGap, OfSourcesThatAreNoMoreNothingIsRemembered) {
  const SourceGap first{"a", {1}, {9}, "w"};
  const std::optional<Page> told = page_of_gap("", first, {"a", "b"});
  ASSERT_TRUE(told);
  EXPECT_FALSE(page_of_gap(told->cursor, first, {"a", "b"}));
  const std::optional<Page> other = page_of_gap(told->cursor, {"b", {2}, {9}, "w"}, {"b"});
  ASSERT_TRUE(other);
  EXPECT_EQ(other->cursor, R"({"gaps":{"b":2}})");
  EXPECT_TRUE(page_of_gap("no cursor", first, {"a"}));
}

}  // namespace
}  // namespace tidewaiter
