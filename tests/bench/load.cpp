// What loading a policy set costs when its policies share a long list: the list alone, and with
// policies that name it. Each run checks that the answer is right.

#include "policies/language/load.h"

#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "policies/language/interpret.h"

namespace tidewaiter {
namespace {

std::string list_of(std::int64_t names) {
  std::string text = "list: names\ntitle: Names\nvalues:\n";
  for (std::int64_t i = 0; i < names; ++i) {
    text += "- organisation number " + std::to_string(i) + "\n";
  }
  return text;
}

std::string policy(std::int64_t number) {
  return "policy: p." + std::to_string(number) + R"(
version: 1
title: Requests of listed organisations
status: active
basis: [{control: generated}]
kind: access
severity: low
select: {listed: {organization|in: list:names}, large: output_tokens > )" +
         std::to_string(number) + R"(}
condition: listed and large
window: {length: 24h, every: 1h}
measure: {n: count(), tokens: sum(output_tokens) where listed}
report_when: n > 100 and tokens > 5k
)";
}

std::vector<PolicyText> texts_of(std::int64_t policies, std::int64_t names) {
  std::vector<PolicyText> texts{{"names.yaml", list_of(names)}};
  for (std::int64_t i = 0; i < policies; ++i) {
    texts.push_back({"p" + std::to_string(i) + ".yaml", policy(i)});
  }
  return texts;
}

/// The last name stands in the list, the one after it does not.
bool answers_right(const PolicySet& set, std::int64_t names) {
  const auto organization = find_field("organization");
  for (const Policy& one : set.policies) {
    Record record;
    set_value(record, *organization, "organisation number " + std::to_string(names - 1));
    if (interpret(one.selections[0].second, {&record, {}, {}}) != Value(true)) return false;
    set_value(record, *organization, "organisation number " + std::to_string(names));
    if (interpret(one.selections[0].second, {&record, {}, {}}) != Value(false)) return false;
  }
  return true;
}

void load(benchmark::State& state) {
  const std::vector<PolicyText> texts = texts_of(state.range(0), state.range(1));
  for (auto _ : state) {
    const LoadOutcome outcome = load_policies(texts, UtcTime{0});
    if (has_errors(outcome.diagnostics) ||
        static_cast<std::int64_t>(outcome.set.policies.size()) != state.range(0) ||
        !answers_right(outcome.set, state.range(1))) {
      state.SkipWithError("the set is not what was written");
    }
  }
}
BENCHMARK(load)
    ->ArgNames({"policies", "names"})
    ->Args({2, 100})
    ->Args({0, 60'000})
    ->Args({500, 1})
    ->Args({500, 60'000})
    ->Args({0, 100'000})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tidewaiter

BENCHMARK_MAIN();
