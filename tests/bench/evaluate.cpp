// Records a second through the columnar engine on 1, 2 and 4 threads: 20 policies over 200,000
// generated records, sliding and tumbling windows, drained at the end. The answer is checked:
// another cut of the log into batches must give the same steps, and over the log's beginning the
// reference engine too, or the program ends with an error.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "policies/engine/evaluation.h"
#include "policies/language/expression.h"

namespace {

using namespace tidewaiter;  // NOLINT(google-build-using-namespace): a program of its own

constexpr std::int64_t kRecords = 200'000;
constexpr std::int64_t kAccounts = 200;
constexpr std::int64_t kSlot =
    600'000'000;  // 10 minutes in µs: each account has one record in each

Expr parsed(const std::string& text, const ExprScope& scope) {
  std::vector<Diagnostic> diagnostics;
  auto expr = parse_expression(text, scope, {}, diagnostics);
  if (!expr) {
    std::fprintf(stderr, "evaluate: `%s` does not parse\n", text.c_str());
    std::exit(1);
  }
  return *std::move(expr);
}

Policy make_policy(std::int64_t number) {
  ExprScope fields_scope;
  fields_scope.fields = RecordKind::kUsage;
  Policy policy;
  policy.id = "policy." + std::to_string(100 + number);
  policy.hash = sha256(policy.id);
  policy.status = PolicyStatus::kActive;
  policy.condition =
      parsed(number % 2 == 0 ? "model == \"large\"" : "model == \"large\" or output_tokens > 900",
             fields_scope);
  policy.for_each = {*find_field("account")};
  const bool sliding = number % 4 == 0;
  policy.window = {sliding ? kDay : kHour, sliding ? Duration{kSlot} : kHour, kDay};
  Measure count;
  count.name = "n";
  Measure tokens;
  tokens.name = "tokens";
  tokens.aggregate = Aggregate::kSum;
  tokens.argument = parsed("output_tokens", fields_scope);
  policy.measures = {count, tokens};
  ExprScope scope;
  scope.measures = {{"n", ValueType::kInt64}, {"tokens", ValueType::kInt64}};
  const std::string limit = std::to_string((sliding ? 40'000 : 2'000) + 100 * number);
  policy.report_when =
      parsed(number % 3 == 0 ? "tokens / n > 550 and n >= 3" : "tokens > " + limit, scope);
  return policy;
}

/// The first `records` of the log, drained.
std::vector<LogEntry> make_log(std::int64_t records) {
  std::mt19937_64 random(1);
  std::vector<LogEntry> log;
  for (std::int64_t i = 0; i < records; ++i) {
    Record record;
    record.source = "gateway";
    // Sorted by account, then by time: the worst order for what is open.
    record.time = {(i % (kRecords / kAccounts)) * kSlot};
    record.duration = {kSlot};
    set_value(record, *find_field("account"),
              "account-" + std::to_string(i * kAccounts / kRecords));
    set_value(record, *find_field("model"), std::string(random() % 2 == 0 ? "large" : "small"));
    set_value(record, *find_field("output_tokens"), static_cast<std::int64_t>(random() % 1000));
    log.push_back({i + 2, false, std::move(record), {}});
  }
  SourceDrained drained{"gateway", RecordKind::kUsage, {{0}, {kRecords * kSlot}}};
  log.push_back({records + 2, false, Control{drained}, {}});
  return log;
}

std::vector<Step> evaluate(const std::vector<LogEntry>& log, std::size_t cut,
                           EngineKind engine = EngineKind::kColumnar, std::size_t threads = 1) {
  auto set = std::make_shared<PolicySet>();
  for (std::int64_t i = 0; i < 20; ++i) set->policies.push_back(make_policy(i));
  const auto evaluation = make_evaluation(engine, "bench", std::nullopt, threads);
  std::vector<Step> steps;
  const auto nothing = [](std::int64_t, const auto&) { return Result<void>(); };
  if (!evaluation->activate(set, 1, nothing, steps)) std::exit(1);
  for (std::size_t at = 0; at < log.size(); at += cut) {
    evaluation->apply(std::span(log).subspan(at, std::min(cut, log.size() - at)), steps);
  }
  return steps;
}

Digest digest_of(const std::vector<Step>& steps) {
  Sha256 hash;
  for (const Step& step : steps) {
    hash.update_framed(step.finding)
        .update_framed(step_name(step.kind))
        .update_framed(step.policy)
        .update_framed(to_text(step.subject))
        .update_framed(step.reason)
        .update_framed(std::to_string(step.seq) + " " + std::to_string(step.ordinal) + " " +
                       std::to_string(step.run.from.us) + " " + std::to_string(step.run.to.us) +
                       " " + std::to_string(step.windows) + " " + std::to_string(step.count) + " " +
                       std::to_string(step.evidence_total));
    for (const std::int64_t seq : step.evidence) hash.update_framed(std::to_string(seq));
    for (const Figure& figure : step.figures) {
      hash.update_framed(format_value(figure.value, figure.type));
    }
  }
  return hash.finish();
}

/// The reference engine judges every window anew at each entry: it can follow only a beginning.
void check_beginning() {
  constexpr std::int64_t kBeginning = 100;
  const std::vector<LogEntry> log = make_log(kBeginning);
  const std::vector<Step> steps = evaluate(log, 7);
  if (steps.empty() || digest_of(steps) != digest_of(evaluate(log, 1, EngineKind::kReference))) {
    std::fprintf(stderr, "evaluate: the reference engine gives other steps\n");
    std::exit(1);
  }
}

void evaluate_log(benchmark::State& state) {
  check_beginning();
  const std::vector<LogEntry> log = make_log(kRecords);
  const std::vector<Step> wanted = evaluate(log, 777);
  const Digest digest = digest_of(wanted);
  for (auto _ : state) {
    const std::vector<Step> steps =
        evaluate(log, 2048, EngineKind::kColumnar, static_cast<std::size_t>(state.range(0)));
    if (steps.empty() || steps.size() != wanted.size() || digest_of(steps) != digest) {
      std::fprintf(stderr, "evaluate: another cut, or more threads, give other steps\n");
      std::exit(1);
    }
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
  state.counters["steps"] = static_cast<double>(wanted.size());
}
BENCHMARK(evaluate_log)
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->Arg(4)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->MinTime(2);

}  // namespace

BENCHMARK_MAIN();
