// Accounts that are compared with each other, all of one tier: a day of hourly windows in which
// each has one record, after which one account does fifty times as much. The answer is checked:
// that account, and no other, is found.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "policies/engine/evaluation.h"
#include "policies/language/load.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kHours = 24;

std::shared_ptr<const PolicySet> policies() {
  const std::vector<PolicyText> texts{{"peers.yaml", R"(policy: bench.peers
version: 1
title: Far more than others of the same tier
status: active
basis: [{control: bench}]
kind: extraction
severity: medium
window: 1h
measure:
  tokens: sum(output_tokens)
  above: deviation(tokens, peers(service_tier), 3h)
report_when: above > 3.5
)"}};
  return std::make_shared<const PolicySet>(load_policies(texts, UtcTime{0}).set);
}

std::vector<LogEntry> day_of(std::int64_t accounts) {
  std::vector<LogEntry> log;
  const auto add = [&log](std::int64_t account, std::int64_t hour, std::int64_t tokens) {
    Record record;
    record.source = "gateway";
    record.time = {hour * kHour.us + kMinute.us};
    const auto seq = static_cast<std::int64_t>(log.size()) + 2;
    record.id = sha256("record " + std::to_string(seq));
    set_value(record, *find_field("account"), "account-" + std::to_string(account));
    set_value(record, *find_field("service_tier"), std::string("pro"));
    set_value(record, *find_field("output_tokens"), tokens);
    log.push_back({seq, false, std::move(record), {}});
  };
  for (std::int64_t hour = 0; hour < kHours; ++hour) {
    for (std::int64_t i = 0; i < accounts; ++i) {
      const bool much = hour == kHours - 1 && i == 0;
      add(i, hour, much ? 50'000 : 900 + (i * 37 + hour * 11) % 200);
    }
  }
  SourceDrained drained{"gateway", RecordKind::kUsage, {{0}, {kHours * kHour.us + kDay.us}}};
  log.push_back({static_cast<std::int64_t>(log.size()) + 2, false, Control{drained}, {}});
  return log;
}

void compare(benchmark::State& state) {
  const auto set = policies();
  const std::vector<LogEntry> log = day_of(state.range(0));
  const auto nothing = [](std::int64_t, const auto&) { return Result<void>(); };
  for (auto _ : state) {
    const auto evaluation = make_evaluation(EngineKind::kColumnar, "bench");
    std::vector<Step> steps;
    if (!evaluation->activate(set, 1, nothing, steps)) return state.SkipWithError("not activated");
    evaluation->apply(log, steps);
    std::int64_t found = 0;
    bool right = true;
    for (const Step& step : steps) {
      if (step.kind != StepKind::kOpened) continue;
      ++found;
      right = right && step.subject.values.front() == "account-0";
    }
    if (found != 1 || !right) return state.SkipWithError("not the account that did more");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(log.size()));
}
BENCHMARK(compare)
    ->ArgName("accounts")
    ->Arg(100)
    ->Arg(1'000)
    ->Arg(2'000)
    ->Arg(4'000)
    ->Arg(8'000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tidewaiter

BENCHMARK_MAIN();
