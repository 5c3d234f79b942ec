// Measures that are more than totals, through the language and both engines, against figures
// computed by hand or by a standard formula worked out in the comment.

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/evaluation.h"
#include "policies/language/load.h"
#include "written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// One request of the written day.
struct Request {
  std::string time;
  std::int64_t tokens = 0;
  std::string model = "m";
  std::int64_t requests = 1;
};

Policy policy_of(const std::string& measures, const std::string& report_when,
                 const std::string& select = "") {
  const std::string text =
      "policy: p\nversion: 1\ntitle: t\nstatus: active\nbasis: [{control: c}]\nkind: extraction\n"
      "severity: low\n" +
      select + "window: {length: 1h, wait_for_late: 2h}\nmeasure:\n" + measures +
      "report_when: \"" + report_when + "\"\n";
  LoadOutcome outcome = load_policies(std::vector<PolicyText>{{"p.yaml", text}}, UtcTime{});
  for (const Diagnostic& diagnostic : outcome.diagnostics) {
    if (diagnostic.level == DiagnosticLevel::kError) ADD_FAILURE() << to_text(diagnostic);
  }
  return outcome.set.policies.empty() ? Policy{} : outcome.set.policies.front();
}

/// What the closed window [10:00, 11:00) of one account comes to, by one engine.
std::vector<std::string> said_of(EngineKind engine, const Policy& policy,
                                 const std::vector<Request>& requests) {
  Log log(policy, engine);
  for (const Request& request : requests) {
    Record record = Log::record("a", request.time);
    record.requests = request.requests;
    set_value(record, *find_field("output_tokens"), request.tokens);
    set_value(record, *find_field("model"), request.model);
    log.add(std::move(record));
  }
  log.drain("10:00", "11:00");
  std::vector<std::string> all;
  for (const Step& step : log.steps()) {
    std::string line(step_name(step.kind));
    for (const Figure& figure : step.figures) {
      line += " " + figure.name + "=" + format_value(figure.value, figure.type);
    }
    all.push_back(std::move(line));
  }
  return all;
}

void expect_figures(const std::string& measures, const std::vector<Request>& requests,
                    const std::string& figures) {
  SCOPED_TRACE(measures);
  const Policy policy = policy_of("  n: count()\n" + measures, "n < 1000");
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    EXPECT_THAT(said_of(engine, policy, requests), ElementsAre("finding.opened " + figures));
  }
}

const std::vector<Request> kFour = {{"10:00", 2}, {"10:10", 4}, {"10:20", 4}, {"10:40", 10}};

TEST(Statistics, MeanAndDeviation) {
  // Mean 20 / 4 = 5; squares 9 + 1 + 1 + 25 = 36; 36 / 4 = 9; root 3; 3 / 5 = 0.6.
  expect_figures("  a: avg(output_tokens)\n  s: stddev(output_tokens)\n  c: cv(output_tokens)\n",
                 kFour, "n=4 a=5 s=3 c=0.6");
}

TEST(Statistics, MeanOfDurationsIsRoundedToEven) {
  // No record has a length, so that each duration is 0; 5 µs over two records is 2.5 µs.
  expect_figures("  a: avg(duration)\n  b: avg(seconds(output_tokens / 1000000))\n",
                 {{"10:00", 2}, {"10:10", 3}}, "n=2 a=0s b=2us");
  expect_figures("  b: avg(seconds(output_tokens / 1000000))\n", {{"10:00", 3}, {"10:10", 4}},
                 "n=2 b=4us");
}

TEST(Statistics, InterarrivalOfEvenTimesDoesNotVary) {
  expect_figures("  c: cv(interarrival)\n", {{"10:00"}, {"10:10"}, {"10:20"}, {"10:30"}},
                 "n=4 c=0");
  // Gaps 10 and 30 min: mean 20, deviation 10.
  expect_figures("  c: cv(interarrival)\n", {{"10:00"}, {"10:10"}, {"10:40"}}, "n=3 c=0.5");
  // One gap has no deviation that says anything.
  expect_figures("  c: cv(interarrival)\n", {{"10:00"}, {"10:10"}}, "n=2 c=null");
}

TEST(Statistics, EntropyIsInBitsAndWeighted) {
  // Four values alike: log2(4) = 2 bits.
  expect_figures("  e: entropy(model)\n",
                 {{"10:00", 0, "a"}, {"10:01", 0, "b"}, {"10:02", 0, "c"}, {"10:03", 0, "d"}},
                 "n=4 e=2");
  // Weights 2, 1, 1: 1/2 · 1 + 1/4 · 2 + 1/4 · 2 = 1.5 bits.
  expect_figures("  e: entropy(model)\n",
                 {{"10:00", 0, "a", 2}, {"10:01", 0, "b"}, {"10:02", 0, "c"}}, "n=4 e=1.5");
  expect_figures("  e: entropy(model)\n", {{"10:00", 0, "a", 7}}, "n=7 e=0");
}

TEST(Statistics, TopShareIsOfRequests) {
  const std::vector<Request> requests = {
      {"10:00", 0, "a", 5}, {"10:01", 0, "b", 2}, {"10:02", 0, "c", 1}, {"10:03", 0, "b", 2}};
  expect_figures("  t: top_share(model, 1)\n  u: top_share(model, 2)\n  v: top_share(model, 9)\n",
                 requests, "n=10 t=0.5 u=0.9 v=1");
}

TEST(Statistics, GiniIsOfTheGroupsTotals) {
  // All alike: 0. Totals 1, 3: (−1·1 + 1·3) / (2 · 4) = 0.25.
  expect_figures("  g: gini(output_tokens, model)\n", {{"10:00", 3, "a"}, {"10:01", 3, "b"}},
                 "n=2 g=0");
  expect_figures("  g: gini(output_tokens, model)\n",
                 {{"10:00", 1, "a"}, {"10:01", 1, "b"}, {"10:02", 2, "b"}}, "n=3 g=0.25");
  // Of doubles the same: totals 0.5 and 1.5.
  expect_figures("  g: gini(output_tokens / 2, model)\n",
                 {{"10:00", 1, "a"}, {"10:01", 1, "b"}, {"10:02", 2, "b"}}, "n=3 g=0.25");
  // Nothing to share out.
  expect_figures("  g: gini(output_tokens, model)\n", {{"10:00", 0, "a"}}, "n=1 g=null");
}

TEST(Statistics, FirstAndLastAreByTimeWhateverTheOrderOfArrival) {
  expect_figures("  f: first(output_tokens)\n  l: last(output_tokens)\n",
                 {{"10:30", 7}, {"10:05", 1}, {"10:45", 9}, {"10:20", 2}}, "n=4 f=1 l=9");
}

/// Of those of the earliest time the least, of those of the latest the greatest.
TEST(Statistics, FirstAndLastOfOneTimeAreWhateverTheOrderOfArrival) {
  const std::string measures =
      "  f: first(output_tokens)\n  l: last(output_tokens)\n  r: last(output_tokens / 2)\n";
  std::vector<Request> requests = {{"10:05", 3}, {"10:05", 1}, {"10:05", 4}, {"10:20", 0},
                                   {"10:20", 9}, {"10:45", 7}, {"10:45", 8}, {"10:45", 5}};
  expect_figures(measures, requests, "n=8 f=1 l=8 r=4");
  std::ranges::reverse(requests);
  expect_figures(measures, requests, "n=8 f=1 l=8 r=4");
  expect_figures(measures, {{"10:05", 3}, {"10:05", 2}}, "n=2 f=2 l=3 r=1.5");
}

TEST(Statistics, RateIsASecond) {
  // 36 requests and 7200 tokens in 3600 s.
  expect_figures("  r: rate()\n  t: rate(output_tokens)\n", {{"10:00", 7200, "m", 36}},
                 "n=36 r=0.01 t=2");
}

TEST(Statistics, RateReportsWhileItsWindowIsOpen) {
  const Policy policy = policy_of("  r: rate()\n", "r > 0.0005");
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(policy, engine);
    log.add("a", "10:00");
    EXPECT_THAT(log.news(), IsEmpty());
    log.add("a", "10:01");  // 2 / 3600 = 0.00055…
    EXPECT_THAT(log.news(), ElementsAre("(3,0) finding.opened 10:00+1 r=0.0005555555555555556"));
  }
}

TEST(Statistics, MeansWaitUntilTheWindowIsClosed) {
  const Policy policy = policy_of("  a: avg(requests)\n", "a >= 1");
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(policy, engine);
    log.add("a", "10:00");
    EXPECT_THAT(log.news(), IsEmpty());
    log.drain("10:00", "11:00");
    EXPECT_THAT(log.news(), ElementsAre("(3,0) finding.opened 10:00+1 a=1"));
  }
}

TEST(Statistics, AFormulaIsOverTheMeasuresAboveIt) {
  expect_figures("  t: sum(output_tokens)\n  each: t / n\n  half: round(each / 2) + n\n", kFour,
                 "n=4 t=20 each=5 half=7");
}

/// Whether the record counts is unknown, but no aggregate would see it: nothing is in doubt.
TEST(Statistics, AFormulaIsAsCertainAsItsMeasures) {
  const Policy policy = policy_of("  n: count() where model == 'x'\n  twice: n * 2\n", "twice <= 4",
                                  "select: {s: {region: eu}}\n");
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(policy, engine);
    Record record = Log::record("a", "10:00");  // without a region
    set_value(record, *find_field("model"), std::string("m"));
    log.add(std::move(record));
    log.drain("10:00", "11:00");
    EXPECT_THAT(log.news(), ElementsAre("(3,0) finding.opened 10:00+1 n=0 twice=0"));
  }
}

TEST(Statistics, AFormulaReportsAsSoonAsNoCompletionCanUndoIt) {
  const Policy policy = policy_of("  n: count()\n  twice: n * 2\n", "twice > 3");
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(policy, engine);
    log.add("a", "10:00");
    EXPECT_THAT(log.news(), IsEmpty());
    log.add("a", "10:01");
    EXPECT_THAT(log.news(), ElementsAre("(3,0) finding.opened 10:00+1 n=2 twice=4"));
  }
}

/// An unknown value could be any: the figure is of what is known, and nothing is reported.
TEST(Statistics, AMissingValueLeavesThemUnknown) {
  for (const char* measure :
       {"avg(output_tokens)", "stddev(output_tokens)", "gini(output_tokens, model)",
        "entropy(output_tokens)", "top_share(output_tokens, 1)", "first(output_tokens)"}) {
    SCOPED_TRACE(measure);
    const Policy policy = policy_of("  x: " + std::string(measure) + "\n", "x >= 0 or x < 0");
    for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
      Log log(policy, engine);
      Record record = Log::record("a", "10:00");
      set_value(record, *find_field("model"), std::string("m"));
      log.add(std::move(record));
      log.drain("10:00", "11:00");
      EXPECT_THAT(log.news(), ElementsAre("(3,0) coverage.gap not-evaluable 1"));
    }
  }
}

TEST(Statistics, ARevisionTakesItsSampleBack) {
  const Policy policy =
      policy_of("  s: stddev(output_tokens)\n  l: last(output_tokens)\n", "s >= 0");
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(policy, engine);
    Record first = Log::record("a", "10:00");
    set_value(first, *find_field("output_tokens"), std::int64_t{2});
    Record second = Log::record("a", "10:10");
    set_value(second, *find_field("output_tokens"), std::int64_t{100});
    log.add(std::move(first));
    const std::int64_t seq = log.add(second);
    set_value(second, *find_field("output_tokens"), std::int64_t{8});
    log.revise(seq, std::move(second));
    log.drain("10:00", "11:00");
    // Mean 5, squares 9 + 9, root of 9.
    EXPECT_THAT(log.news(), ElementsAre("(5,0) finding.opened 10:00+1 s=3 l=8"));
  }
}

std::string clock_of(int hour, int minute) {
  const std::string minutes = std::to_string(minute);
  return (hour < 10 ? "0" : "") + std::to_string(hour) + ":" + (minute < 10 ? "0" : "") + minutes;
}

void add_many(Log& log, int hour, int count) {
  for (int i = 0; i < count; ++i) log.add("a", clock_of(hour, i));
}

const std::string kOwnHistory = "  n: count()\n  z: deviation(n, own, 8h)\n";

/// A history of 1, 2, …, 8 requests an hour: median 4.5; distances 3.5, 2.5, 1.5, 0.5, 0.5, 1.5,
/// 2.5, 3.5, and their median is 2. The 14th request scores 0.6745 · 9.5 / 2 = 3.2, the 15th
/// 0.6745 · 10.5 / 2 = 3.541125.
TEST(Deviation, ReportsTheFirstRequestThatIsUnusual) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(policy_of(kOwnHistory, "z > 3.5"), engine);
    for (int hour = 0; hour < 8; ++hour) add_many(log, hour, hour + 1);
    log.drain("00:00", "08:00");
    (void)log.news();  // the first eight hours could not be told
    add_many(log, 8, 14);
    EXPECT_THAT(log.news(), IsEmpty());
    log.add("a", "08:30");
    EXPECT_THAT(log.news(), ElementsAre("(53,0) finding.opened 08:00+1 n=15 z=3.541125"));
  }
}

/// An hour without a request counts as 0 requests: it is known, since nothing is missing.
TEST(Deviation, QuietWindowsAreHistoryToo) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(policy_of(kOwnHistory, "z > 3.5"), engine);
    for (const int hour : {0, 1, 2, 3}) add_many(log, hour, 2);
    log.drain("00:00", "08:00");
    (void)log.news();
    // Median of 2, 2, 2, 2, 0, 0, 0, 0 is 1, all at distance 1: 0.6745 · 6 = 4.047.
    add_many(log, 8, 6);
    EXPECT_THAT(log.news(), IsEmpty());  // 0.6745 · 5 = 3.37
    log.add("a", "08:30");
    EXPECT_THAT(log.news(), ElementsAre("(17,0) finding.opened 08:00+1 n=7 z=4.047"));
  }
}

TEST(Deviation, TooLittleHistoryIsUnknown) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(policy_of(kOwnHistory, "z > 3.5 or z <= 3.5"), engine);
    for (int hour = 2; hour < 8; ++hour) add_many(log, hour, hour);
    log.drain("02:00", "08:00");
    (void)log.news();
    add_many(log, 8, 40);
    log.drain("02:00", "09:00");  // six hours are known
    EXPECT_THAT(log.news(), ElementsAre("(70,0) coverage.gap not-evaluable 1"));
    // Two more come to be known, both without a request. So 7:00 has a history of seven hours:
    // 0, 0, 2, 3, 4, 5, 6, median 3; distances 3, 3, 1, 0, 1, 2, 3, median 2; 0.6745 · 4 / 2.
    log.drain("00:00", "09:00");
    EXPECT_THAT(log.news(), ElementsAre("(71,0) finding.opened 07:00+2 n=7 z=1.349"));
  }
}

/// Where more than half of the history is alike, no distance can be told.
TEST(Deviation, AHistoryWithoutSpreadIsUnknown) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(policy_of(kOwnHistory, "z > 3.5 or z <= 3.5"), engine);
    for (int hour = 0; hour < 8; ++hour) add_many(log, hour, 3);
    log.drain("00:00", "08:00");
    (void)log.news();
    add_many(log, 8, 40);
    log.drain("00:00", "09:00");
    EXPECT_THAT(log.news(), ElementsAre("(67,0) coverage.gap not-evaluable 1"));
  }
}

/// A late record changes what was usual, and with it what rests on it.
TEST(Deviation, LateHistoryRestates) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(policy_of(kOwnHistory, "z > 3.5"), engine);
    for (int hour = 0; hour < 8; ++hour) add_many(log, hour, hour + 1);
    add_many(log, 8, 15);
    log.drain("00:00", "09:00");
    EXPECT_THAT(log.news(), ElementsAre("(53,0) finding.opened 08:00+1 n=15 z=3.541125",
                                        "(53,1) coverage.gap not-evaluable 7"));
    // 9 in the last hour: the distances are 3.5, 2.5, 1.5, 0.5, 0.5, 1.5, 2.5, 4.5, their median
    // is 2 as before, and so is the median 4.5.
    log.add("a", "07:50");
    EXPECT_THAT(log.news(), IsEmpty());
    // 6 in the hour before that had 5 … : 1, 2, 3, 4, 5, 6, 8, 9: distances 3.5, 2.5, 1.5, 0.5,
    // 0.5, 1.5, 3.5, 4.5, median 2. One more makes it 1, 2, 3, 4, 5, 6, 9, 9, and nothing moves.
    log.add("a", "08:40");
    EXPECT_THAT(log.news(), ElementsAre("(55,0) finding.restated 08:00+1 n=16 z=3.878375 was 15 "
                                        "late-data"));
  }
}

const std::string kSummedHistory = "  n: count()\n  c: cusum(n, own, 10h)\n";

/// 4, 2, 6, 3, 5, 1, 7 requests an hour say what is usual: median 4; distances 0, 2, 2, 1, 1, 3, 3,
/// their median 2; 1.4826 · 2 = 2.9652. Summed are 8, 1, 9: 4 / 2.9652 − 0.5 = 0.849, then 0, then
/// 5 / 2.9652 − 0.5 = 1.1862. The 16th request makes it 1.1862 + 12 / 2.9652 − 0.5 = 4.733, the
/// 17th 1.1862 + 13 / 2.9652 − 0.5 = 5.0704.
const std::vector<int> kTenHours = {4, 2, 6, 3, 5, 1, 7, 8, 1, 9};

TEST(Cusum, ReportsTheFirstRequestThatMakesAShift) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(policy_of(kSummedHistory, "c > 5"), engine);
    for (int hour = 0; hour < 10; ++hour) {
      add_many(log, hour, kTenHours[static_cast<std::size_t>(hour)]);
    }
    log.drain("00:00", "10:00");
    (void)log.news();  // the first seven hours could not be told
    add_many(log, 10, 16);
    EXPECT_THAT(log.news(), IsEmpty());
    log.add("a", "10:30");
    EXPECT_THAT(log.news(), ElementsAre("(65,0) finding.opened 10:00+1 n=17 c=5.070416835289357"));
  }
}

/// No figure is so low that its sum is below 0: what is above −1 is known of an open window.
TEST(Cusum, IsNeverBelowZero) {
  const auto answer = [](const std::string& time, std::int64_t tokens) {
    Record record = Log::record("a", time);
    set_value(record, *find_field("output_tokens"), tokens);
    return record;
  };
  const std::string measures =
      "  n: sum(output_tokens - 100)\n  c: cusum(n, own, 10h)\n  most: max(output_tokens)\n";
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(policy_of(measures, "c > -1 and most > 50"), engine);
    for (int hour = 0; hour < 10; ++hour) {
      log.add(answer(clock_of(hour, 0), kTenHours[static_cast<std::size_t>(hour)]));
    }
    log.drain("00:00", "10:00");
    (void)log.news();
    log.add(answer("11:30", 60));
    EXPECT_THAT(log.news(), IsEmpty());  // the hour before has not settled
    log.add(answer("10:30", 60));
    EXPECT_THAT(log.news(), ElementsAre(testing::HasSubstr("finding.opened 10:00+1")));
  }
}

TEST(Cusum, TooLittleHistoryIsUnknown) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(policy_of(kSummedHistory, "c >= 0"), engine);
    for (int hour = 4; hour < 10; ++hour) {
      add_many(log, hour, kTenHours[static_cast<std::size_t>(hour)]);
    }
    log.drain("04:00", "10:00");
    (void)log.news();
    add_many(log, 10, 40);
    log.drain("04:00", "11:00");  // six hours are known
    EXPECT_THAT(log.news(), ElementsAre("(74,0) coverage.gap not-evaluable 1"));
  }
}

/// An hour of the history that is late grows, and with it the sum: 8, 1, 10 make
/// 6 / 2.9652 − 0.5 = 1.5235, and 17 in the hour after it 1.5235 + 13 / 2.9652 − 0.5 = 5.4077.
TEST(Cusum, LateHistoryRestates) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(policy_of(kSummedHistory, "c > 5"), engine);
    for (int hour = 0; hour < 10; ++hour) {
      add_many(log, hour, kTenHours[static_cast<std::size_t>(hour)]);
    }
    add_many(log, 10, 17);
    log.drain("00:00", "11:00");
    (void)log.news();
    log.add("a", "09:50");
    EXPECT_THAT(log.news(),
                ElementsAre(testing::HasSubstr("finding.restated 10:00+1 n=17 c=5.407")));
  }
}

}  // namespace
}  // namespace tidewaiter
