// The columnar engine against hand computation: each expectation follows from docs/evaluation.md.

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/evaluation.h"
#include "tests/unit/engine/written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Columnar, FollowsTheWorkedExample) {
  Policy policy = counting("n >= 3");
  policy.window.wait_for_late = Duration{3 * kHour.us};
  Log log(policy);  // entry 1 activates: the page's entries are one later here
  log.add("a", "10:05");
  log.add("a", "10:10");
  EXPECT_THAT(log.news(), IsEmpty());
  log.add("a", "10:15");
  EXPECT_THAT(log.news(), ElementsAre("(4,0) finding.opened 10:00+1 n=3"));
  EXPECT_EQ(log.steps()[0].finding, finding_id("log", "p", 4, 0));
  EXPECT_THAT(log.steps()[0].evidence, ElementsAre(2, 3, 4));
  log.add("a", "10:20");
  EXPECT_THAT(log.news(), IsEmpty());
  log.drain("10:00", "11:00");
  EXPECT_THAT(log.news(), ElementsAre("(6,0) finding.restated 10:00+1 n=4 was 3 window-closed"));
  log.drain("10:00", "12:00");
  EXPECT_THAT(log.news(), ElementsAre("(7,0) finding.closed 10:00+1 n=4"));
  log.add("a", "10:30");
  EXPECT_THAT(log.news(), ElementsAre("(8,0) finding.restated 10:00+1 n=5 was 4 late-data"));
  log.add("a", "09:30");
  EXPECT_THAT(log.news(), IsEmpty());
  log.drain("10:00", "12:00");
  EXPECT_THAT(log.news(), ElementsAre("(10,0) coverage.gap not-evaluable 1"));
  EXPECT_EQ(log.coverage().windows_not_evaluable, 1);
}

/// What was closed is closed no more when its run has changed, until the new run has ended.
TEST(Columnar, LateDataThatLengthensAClosedRunOpensItAgain) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(counting("n >= 1"), engine);  // waits for two hours
    log.add("a", "10:05");
    log.drain("10:00", "12:00");
    EXPECT_THAT(log.news(), ElementsAre("(2,0) finding.opened 10:00+1 n=1",
                                        "(3,0) finding.closed 10:00+1 n=1"));
    log.add("a", "11:05");  // settled, but the window after it is not
    EXPECT_THAT(log.news(), ElementsAre("(4,0) finding.restated 10:00+2 n=1 was 1 run-changed"));
    log.add("a", "10:10");
    EXPECT_THAT(log.news(), ElementsAre("(5,0) finding.restated 10:00+2 n=2 was 1 late-data"));
    log.drain("10:00", "13:00");
    EXPECT_THAT(log.news(), ElementsAre("(6,0) finding.closed 10:00+2 n=2"));
    log.drain("10:00", "14:00");
    log.add("a", "12:05");  // the run grows by a window, the one after it has settled
    EXPECT_THAT(log.news(), ElementsAre("(8,0) finding.restated 10:00+3 n=2 was 2 run-changed",
                                        "(8,1) finding.closed 10:00+3 n=2"));
  }
}

TEST(Columnar, BehindTheWatermarkByMoreThanItWaitsIsTooLate) {
  Log log(counting("n >= 1"));  // waits for two hours
  log.drain("08:00", "12:00");
  log.add("a", "10:00");
  log.add("a", "09:59");
  EXPECT_THAT(log.news(),
              ElementsAre("(3,0) finding.opened 10:00+1 n=1", "(3,1) finding.closed 10:00+1 n=1"));
  log.drain("08:00", "12:00");
  EXPECT_THAT(log.news(), ElementsAre("(5,0) coverage.gap too-late 1"));
}

/// Late is what the watermark says, whichever source delivers.
TEST(Columnar, ASourceThatLagsHoldsTheOthersDataInTime) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(counting("n >= 1"), engine);  // waits for two hours
    log.drain("06:00", "10:00", "lags");
    log.drain("06:00", "12:00", "s");
    // The watermark is 10:00: in time, though s itself has drained beyond 9:30 by more than 2 h.
    log.add("a", "09:30");
    EXPECT_THAT(log.news(), ElementsAre("(4,0) finding.opened 09:00+1 n=1"));
    // Without the one that lags it is 12:00, and 9:00 has settled. What that one delivers now is in
    // time all the same: nobody had drained beyond 10:00 but `s`.
    log.idle("lags");
    EXPECT_THAT(log.news(), ElementsAre("(5,0) finding.closed 09:00+1 n=1",
                                        "(5,1) coverage.gap source-idle:lags 1"));
    Record late = Log::record("b", "09:30");
    late.source = "lags";
    log.add(std::move(late));
    EXPECT_THAT(log.news(), ElementsAre("(6,0) finding.opened 09:00+1 n=1",
                                        "(6,1) finding.closed 09:00+1 n=1"));
    // Once it has caught up, it is late by the same measure as all others.
    log.drain("06:00", "12:00", "lags");
    log.add("c", "09:30");
    log.drain("06:00", "12:00", "s");
    EXPECT_THAT(log.news(), ElementsAre("(9,0) coverage.gap too-late 1"));
  }
}

TEST(Columnar, FewerThanWaitsUntilTheWindowIsClosed) {
  Log log(counting("n < 3"));
  log.add("a", "10:05");
  EXPECT_THAT(log.news(), IsEmpty());
  log.drain("10:00", "11:00");
  EXPECT_THAT(log.news(), ElementsAre("(3,0) finding.opened 10:00+1 n=1"));
}

TEST(Columnar, SlidingWindowsMakeOneRun) {
  Policy policy = counting("n >= 2");
  policy.window.every = Duration{30 * kMinute.us};
  Log log(policy);
  log.add("a", "10:05");
  log.add("a", "10:35");
  // Windows of one hour each half hour: only [10:00, 11:00) holds both.
  EXPECT_THAT(log.news(), ElementsAre("(3,0) finding.opened 10:00+1 n=2"));
  log.add("a", "10:40");
  // [10:30, 11:30) holds 10:35 and 10:40: the run grows, in silence.
  EXPECT_THAT(log.news(), IsEmpty());
  log.drain("09:00", "13:00");
  EXPECT_THAT(log.news(), ElementsAre("(5,0) finding.restated 10:00+2 n=3 was 2 window-closed",
                                      "(5,1) finding.closed 10:00+2 n=3"));
}

TEST(Columnar, QuantileIsTheNearestRank) {
  Policy policy = base_policy();
  add_measure(policy, "q", Aggregate::kQuantile, "output_tokens", {1, 2});
  add_measure(policy, "low", Aggregate::kMin, "output_tokens");
  add_measure(policy, "sum", Aggregate::kSum, "output_tokens");
  add_measure(policy, "kinds", Aggregate::kDistinct, "output_tokens");
  report_when(policy, "q >= 0");
  Log log(policy);
  for (const std::int64_t tokens : {50, 20, 15, 40, 20}) log.add_tokens("10:05", tokens);
  log.news();
  log.drain("10:00", "11:00");
  // Sorted 15 20 20 40 50: rank ceil(0.5 · 5) = 3.
  EXPECT_EQ(log.steps().back().figures[0].value, Value(std::int64_t{20}));
  EXPECT_EQ(log.steps().back().figures[1].value, Value(std::int64_t{15}));
  EXPECT_EQ(log.steps().back().figures[2].value, Value(std::int64_t{145}));
  EXPECT_EQ(log.steps().back().figures[3].value, Value(std::int64_t{4}));
}

TEST(Columnar, UnknownInputsLeaveTheWindowNotEvaluable) {
  Policy policy = counting("n >= 2");
  policy.condition = over_fields("output_tokens > 5");
  Log log(policy);
  log.add("a", "10:05");  // no output_tokens: maybe
  log.add_tokens("10:06", 9);
  log.drain("10:00", "11:00");
  EXPECT_THAT(log.news(), ElementsAre("(4,0) coverage.gap not-evaluable 1"));
  EXPECT_EQ(log.coverage().records_unknown, 1);
  EXPECT_EQ(log.coverage().records_selected, 1);
}

TEST(Columnar, ExemptionEndsAtItsTime) {
  Policy policy = counting("n >= 1");
  policy.exempt.push_back({over_fields("account == 'a'"), at("10:30"), "x", "y"});
  Log log(policy);
  log.add("a", "10:29");
  EXPECT_THAT(log.news(), IsEmpty());
  EXPECT_EQ(log.coverage().records_exempt, 1);
  log.add("a", "10:30");
  EXPECT_THAT(log.news(), ElementsAre("(3,0) finding.opened 10:00+1 n=1"));
}

TEST(Columnar, RevisionRestatesAndWithdraws) {
  Policy policy = base_policy();
  add_measure(policy, "sum", Aggregate::kSum, "output_tokens");
  report_when(policy, "sum >= 10");
  Log log(policy);
  const std::int64_t first = log.add_tokens("10:05", 12);
  log.drain("10:00", "11:00");
  log.news();
  Record now = Log::record("a", "10:05");
  set_value(now, *find_field("output_tokens"), std::int64_t{20});
  const std::int64_t second = log.revise(first, now);
  EXPECT_THAT(log.news(), ElementsAre("(4,0) finding.restated 10:00+1 sum=20 was 12 revised-data"));
  set_value(now, *find_field("output_tokens"), std::int64_t{1});
  log.revise(second, now);
  EXPECT_THAT(log.news(), ElementsAre("(5,0) finding.withdrawn 10:00+1 sum=20 no-longer-hol"));
}

TEST(Columnar, RunsMergeAndSplit) {
  Log log(counting("n >= 1"));
  log.add("a", "10:05");
  log.add("a", "12:05");
  EXPECT_THAT(log.news(),
              ElementsAre("(2,0) finding.opened 10:00+1 n=1", "(3,0) finding.opened 12:00+1 n=1"));
  const std::int64_t bridge = log.add("a", "11:05");
  EXPECT_THAT(log.news(), ElementsAre("(4,0) finding.withdrawn 12:00+1 n=1 merged:" +
                                      log.steps()[0].finding.substr(0, 6)));
  Record elsewhere = Log::record("b", "11:05");
  log.revise(bridge, elsewhere);
  // The oldest keeps the first part; the second part is a new finding; b has one of its own.
  EXPECT_THAT(log.news(),
              ElementsAre("(5,0) finding.opened 12:00+1 n=1", "(5,1) finding.opened 11:00+1 n=1"));
}

TEST(Columnar, NewPolicyIsComparedWithTheOld) {
  Log log(counting("n >= 2"));
  log.add("a", "10:05");
  log.add("a", "10:06");
  log.add("b", "10:07");
  log.news();
  Policy stricter = counting("n >= 1");
  stricter.hash = sha256("p2");
  log.activate(stricter);
  EXPECT_THAT(log.news(), ElementsAre("(5,0) finding.restated 10:00+1 n=2 was 2 policy-change",
                                      "(5,1) finding.opened 10:00+1 n=1 historical"));
  EXPECT_EQ(log.steps()[1].finding, log.steps()[0].finding);
  Policy none = counting("n >= 9");
  none.hash = sha256("p3");
  log.activate(none);
  EXPECT_THAT(log.news(),
              ElementsAre("(6,0) finding.withdrawn 10:00+1 n=2 policy-change",
                          "(6,1) finding.withdrawn 10:00+1 n=1 policy-change historical"));
}

Policy quantile_policy(Fraction q) {
  Policy policy = base_policy();
  add_measure(policy, "q", Aggregate::kQuantile, "output_tokens", q);
  report_when(policy, "q >= 0");
  return policy;
}

/// q · n is whole, and as doubles a little more: 0.07 · 100 is 7.000000000000001.
TEST(Columnar, RankOfAQuantileIsExact) {
  struct Case {
    Fraction q;
    std::int64_t values;
    std::int64_t rank;
  };
  for (const Case& one : {Case{{7, 100}, 100, 7}, Case{{7, 50}, 50, 7}, Case{{7, 25}, 25, 7},
                          Case{{11, 20}, 100, 55}, Case{{14, 25}, 25, 14}}) {
    for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
      Log log(quantile_policy(one.q), engine);
      for (std::int64_t i = 1; i <= one.values; ++i) log.add_tokens("10:05", i);
      log.drain("10:00", "11:00");
      EXPECT_EQ(log.steps().back().figures[0].value, Value(one.rank))
          << one.q.numerator << "/" << one.q.denominator << " of " << one.values;
    }
  }
}

/// Beside an account whose sum is large, thresholds go on being useless for sums that overflow.
TEST(Columnar, LargeSumsOfOneSubjectDoNotMakeAnothersCertain) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Policy policy = base_policy();
    add_measure(policy, "sum", Aggregate::kSum, "output_tokens");
    report_when(policy, "sum >= 10");
    Log log(policy, engine);
    for (const char* account : {"a", "b", "b"}) {
      Record record = Log::record(account, "10:05");
      set_value(record, *find_field("output_tokens"), std::int64_t{5'000'000'000'000'000'000});
      log.add(std::move(record));
    }
    // b's sum does not fit int64: it may be null, and so nothing is certain of it.
    EXPECT_THAT(log.news(), ElementsAre("(2,0) finding.opened 10:00+1 sum=5000000000000000000",
                                        "(3,0) finding.opened 10:00+1 sum=5000000000000000000",
                                        "(4,0) finding.withdrawn 10:00+1 sum=5000000000000000000 "
                                        "no-longer-hol"));
  }
}

/// A whole number and a double are compared as doubles: beyond 2^53 the sum rounds up to it.
TEST(Columnar, AThresholdThatIsRoundedIsComparedAsItIs) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Policy policy = base_policy();
    add_measure(policy, "sum", Aggregate::kSum, "output_tokens");
    report_when(policy, "sum >= 10000000000000000.0");
    Log log(policy, engine);
    log.add_tokens("10:05", 9'999'999'999'999'999);
    EXPECT_THAT(log.news(), ElementsAre("(2,0) finding.opened 10:00+1 sum=9999999999999999"));
  }
}

TEST(Columnar, SumBeyondInt64IsNull) {
  Policy policy = base_policy();
  add_measure(policy, "sum", Aggregate::kSum, "output_tokens");
  report_when(policy, "sum >= 10");
  Log log(policy);
  log.add_tokens("10:05", 9'000'000'000'000'000'000);
  log.add_tokens("10:06", 9'000'000'000'000'000'000);
  log.drain("10:00", "11:00");
  EXPECT_THAT(log.news(), ElementsAre("(2,0) finding.opened 10:00+1 sum=9000000000000000000",
                                      "(3,0) finding.withdrawn 10:00+1 sum=9000000000000000000 "
                                      "no-longer-hol",
                                      "(4,0) coverage.gap not-evaluable 1"));
}

std::vector<std::string> run_cut(const std::vector<LogEntry>& entries, std::uint64_t seed) {
  auto set = std::make_shared<PolicySet>();
  set->policies.push_back(counting("n >= 3"));
  set->policies.back().window.every = Duration{10 * kMinute.us};
  const auto evaluation = make_evaluation(EngineKind::kColumnar, "log");
  std::vector<Step> steps;
  EXPECT_TRUE(evaluation->activate(
      set, 1, [](auto, const auto&) { return Result<void>(); }, steps));
  std::mt19937_64 random(seed);
  for (std::size_t from = 0; from < entries.size();) {
    const std::size_t size = seed == 0 ? entries.size() : 1 + random() % 700;
    const std::size_t to = std::min(entries.size(), from + size);
    evaluation->apply(std::span(entries).subspan(from, to - from), steps);
    from = to;
  }
  std::vector<std::string> all;
  for (const Step& step : steps) all.push_back(said(step) + step.finding);
  return all;
}

TEST(Columnar, BatchesDoNotMatter) {
  std::mt19937_64 random(7);
  std::vector<LogEntry> entries;
  for (std::int64_t seq = 2; seq < 6000; ++seq) {
    LogEntry entry;
    entry.seq = seq;
    if (seq % 500 == 0) {
      entry.body = Control{SourceDrained{
          "s", RecordKind::kUsage, {at("00:00"), at("00:00") + Duration{seq * kSecond.us * 10}}}};
    } else {
      Record record = Log::record(std::string(1, static_cast<char>('a' + random() % 20)), "00:00");
      record.time = at("00:00") + Duration{seq * kSecond.us * 10 -
                                           static_cast<std::int64_t>(random() % 3600) * kSecond.us};
      entry.body = std::move(record);
    }
    entries.push_back(std::move(entry));
  }
  const std::vector<std::string> whole = run_cut(entries, 0);
  EXPECT_GT(whole.size(), 20U);
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    EXPECT_EQ(run_cut(entries, seed), whole) << "seed " << seed;
  }
}

}  // namespace
}  // namespace tidewaiter
