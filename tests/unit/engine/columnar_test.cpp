// The columnar engine against hand computation: each expectation follows from docs/evaluation.md.

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/columnar_evaluation.h"
#include "policies/language/expression.h"
#include "policies/model/time.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

UtcTime at(std::string_view clock) {
  return parse_time("2026-01-01T" + std::string(clock) + ":00Z").value();
}

Expr parsed(std::string_view text, const ExprScope& scope) {
  std::vector<Diagnostic> diagnostics;
  const auto expr = parse_expression(text, scope, {}, diagnostics);
  EXPECT_TRUE(expr) << text << (diagnostics.empty() ? "" : ": " + diagnostics.front().message);
  return expr.value_or(Expr{});
}

Expr over_fields(std::string_view text) {
  ExprScope scope;
  scope.fields = RecordKind::kUsage;
  return parsed(text, scope);
}

/// A policy for each account over tumbling hours, condition true.
Policy base_policy() {
  Policy policy;
  policy.id = "p";
  policy.status = PolicyStatus::kActive;
  policy.condition.literal = true;
  policy.for_each = {*find_field("account")};
  policy.window = {kHour, kHour, Duration{2 * kHour.us}};
  policy.hash = sha256("p");
  return policy;
}

void add_measure(Policy& policy, const std::string& name, Aggregate aggregate,
                 std::string_view argument = "", double q = 0.0, std::string_view where = "") {
  Measure measure;
  measure.name = name;
  measure.aggregate = aggregate;
  measure.quantile = q;
  if (!argument.empty()) measure.argument = over_fields(argument);
  if (!where.empty()) measure.where = over_fields(where);
  const bool counts = aggregate == Aggregate::kCount || aggregate == Aggregate::kDistinct;
  measure.type = counts ? ValueType::kInt64 : measure.argument->type;
  policy.measures.push_back(std::move(measure));
}

void report_when(Policy& policy, std::string_view text) {
  ExprScope scope;
  for (const Measure& measure : policy.measures) {
    scope.measures.push_back({measure.name, measure.type});
  }
  policy.report_when = parsed(text, scope);
}

Policy counting(std::string_view condition) {
  Policy policy = base_policy();
  add_measure(policy, "n", Aggregate::kCount);
  report_when(policy, condition);
  return policy;
}

std::string said(const Step& step) {
  std::string out = "(" + std::to_string(step.seq) + "," + std::to_string(step.ordinal) + ") ";
  out += step_name(step.kind);
  if (step.kind == StepKind::kGap)
    return out + " " + step.reason + " " + std::to_string(step.count);
  out += " " + format_time(step.run.from).substr(11, 5) + "+" + std::to_string(step.windows);
  for (const Figure& figure : step.figures) {
    out += " " + figure.name + "=" + format_value(figure.value, figure.type);
  }
  if (!step.previous.empty()) {
    out += " was " + format_value(step.previous[0].value, step.previous[0].type);
  }
  if (!step.reason.empty()) out += " " + step.reason.substr(0, 13);
  if (step.historical) out += " historical";
  return out;
}

/// Writes a log and runs it through one evaluation.
class Log {
 public:
  explicit Log(const Policy& policy) { activate(policy); }

  void activate(const Policy& policy) {
    auto set = std::make_shared<PolicySet>();
    set->policies.push_back(policy);
    set->hash = policy.hash;
    const LogReplay replay = [this](std::int64_t last, const auto& batch) -> Result<void> {
      std::vector<LogEntry> old;
      for (const LogEntry& entry : entries_) {
        if (entry.seq <= last) old.push_back(entry);
      }
      batch(old);
      return {};
    };
    ASSERT_TRUE(evaluation_->activate(std::move(set), seq_, replay, steps_));
    LogEntry entry;
    entry.seq = seq_++;
    entry.body = Control{PolicySetActivated{}};
    entries_.push_back(std::move(entry));
  }

  static Record record(std::string_view account, std::string_view clock) {
    Record record;
    record.source = "s";
    record.time = at(clock);
    if (!account.empty()) set_value(record, *find_field("account"), std::string(account));
    return record;
  }

  std::int64_t add(Record record) {
    LogEntry entry;
    entry.body = std::move(record);
    return take(std::move(entry));
  }
  std::int64_t add(std::string_view account, std::string_view clock) {
    return add(record(account, clock));
  }
  std::int64_t add_tokens(std::string_view clock, std::int64_t tokens) {
    Record one = record("a", clock);
    set_value(one, *find_field("output_tokens"), tokens);
    return add(std::move(one));
  }
  std::int64_t revise(std::int64_t old_seq, Record now) {
    LogEntry entry;
    for (const LogEntry& old : entries_) {
      if (old.seq == old_seq) entry.replaces = ReplacedRecord{old_seq, std::get<Record>(old.body)};
    }
    now.revision = 1;
    entry.body = std::move(now);
    return take(std::move(entry));
  }
  std::int64_t drain(std::string_view from, std::string_view to) {
    LogEntry entry;
    entry.body = Control{SourceDrained{"s", RecordKind::kUsage, {at(from), at(to)}}};
    return take(std::move(entry));
  }

  /// What was said since the last call.
  std::vector<std::string> news() {
    std::vector<std::string> out;
    for (; told_ < steps_.size(); ++told_) out.push_back(said(steps_[told_]));
    return out;
  }
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
  [[nodiscard]] PolicyCoverage coverage() const { return evaluation_->coverage().at(0); }

 private:
  std::int64_t take(LogEntry entry) {
    entry.seq = seq_++;
    entries_.push_back(entry);
    evaluation_->apply(std::span(&entries_.back(), 1), steps_);
    return entry.seq;
  }

  std::unique_ptr<Evaluation> evaluation_ = make_columnar_evaluation("log");
  std::vector<LogEntry> entries_;
  std::vector<Step> steps_;
  std::size_t told_ = 0;
  std::int64_t seq_ = 1;
};

TEST(Columnar, FollowsTheWorkedExample) {
  Log log(counting("n >= 3"));  // entry 1 activates: the page's entries are one later here
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
  // 09:30 is later than 12:00 − 2 h would allow only before 10:00: too late.
  log.drain("10:00", "12:00");
  EXPECT_THAT(log.news(), ElementsAre("(10,0) coverage.gap too-late 1"));
}

TEST(Columnar, WindowBeforeTheCoverageIsNotEvaluable) {
  Policy policy = counting("n >= 3");
  policy.window.wait_for_late = Duration{4 * kHour.us};
  Log log(policy);
  log.drain("10:00", "12:00");
  log.add("a", "09:30");
  log.drain("10:00", "12:00");
  EXPECT_THAT(log.news(), ElementsAre("(4,0) coverage.gap not-evaluable 1"));
  EXPECT_EQ(log.coverage().windows_not_evaluable, 1);
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
  add_measure(policy, "q", Aggregate::kQuantile, "output_tokens", 0.5);
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
  const auto evaluation = make_columnar_evaluation("log");
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
