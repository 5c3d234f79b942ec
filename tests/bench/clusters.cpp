// One cluster that accounts join one by one, each by a card that it shares with the one before it:
// what the linker makes of it, and an evaluation of a policy about clusters. Where names come in no
// order, the cluster gets a lesser name now and then. With `full`, each account has also been at an
// address that twenty-five share, five more than may, so that links are lost again and again.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "policies/engine/evaluation.h"
#include "policies/linkage/linker.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kAtMost = 20;
constexpr std::int64_t kAtOneAddress = 25;

Linkage linkage() {
  return {
      {{*find_field("payment.fingerprints"), kAtMost}, {*find_field("client.address"), kAtMost}}};
}

/// The names of as many accounts: rising, or in no order.
std::vector<std::string> names(std::int64_t accounts, bool rising) {
  std::vector<std::string> all;
  std::mt19937 random(20261127);
  std::set<std::uint64_t> taken;
  for (std::int64_t i = 0; i < accounts; ++i) {
    std::uint64_t number = static_cast<std::uint64_t>(i);
    if (!rising) {
      do {
        number = random() % 80'000'000;
      } while (!taken.insert(number).second);
    }
    all.push_back("account-" + std::to_string(10'000'000 + number));  // of one length
  }
  return all;
}

LogEntry entry_of(std::int64_t seq, const std::string& account, RecordKind kind) {
  Record record;
  record.kind = kind;
  record.id = sha256("record " + std::to_string(seq));
  record.source = "gateway";
  record.time = UtcTime{seq * kMinute.us};
  set_value(record, *find_field("account"), account);
  return {seq, false, std::move(record), {}};
}

std::vector<LogEntry> joining(const std::vector<std::string>& accounts, bool full) {
  std::vector<LogEntry> log;
  const auto add = [&](const std::string& account, RecordKind kind) -> Record& {
    log.push_back(entry_of(static_cast<std::int64_t>(log.size()) + 2, account, kind));
    return std::get<Record>(log.back().body);
  };
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    const auto number = static_cast<std::int64_t>(i);
    Record& used = add(accounts[i], RecordKind::kUsage);
    if (full) {
      set_value(used, *find_field("client.address"),
                "2001:db8::" + std::to_string(number / kAtOneAddress % 10'000));
    }
    const std::vector<std::string> cards{"card-" + std::to_string(number),
                                         "card-" + std::to_string(number + 1)};
    set_value(add(accounts[i], RecordKind::kAccount), *find_field("payment.fingerprints"), cards);
  }
  return log;
}

bool asks_for_full(const benchmark::State& state) { return state.range(2) != 0; }

std::vector<LogEntry> log_of(const benchmark::State& state) {
  return joining(names(state.range(0), state.range(1) != 0), asks_for_full(state));
}

void link_accounts(benchmark::State& state) {
  const std::vector<std::string> accounts = names(state.range(0), state.range(1) != 0);
  const std::vector<LogEntry> log = log_of(state);
  const std::string least = *std::min_element(accounts.begin(), accounts.end());
  for (auto _ : state) {
    Linker linker(linkage());
    for (const LogEntry& entry : log) benchmark::DoNotOptimize(linker.take(entry));
    for (const std::string& account : accounts) {
      if (linker.cluster_of({"gateway", account}).name == least) continue;
      state.SkipWithError("an account is in another cluster");
      return;
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

std::shared_ptr<const PolicySet> policy_about_clusters() {
  Policy policy;
  policy.id = "clusters";
  policy.hash = sha256(policy.id);
  policy.status = PolicyStatus::kActive;
  policy.condition.literal = true;
  policy.for_each = {kFieldCluster};
  policy.linkage = linkage();
  policy.window = {kHour, kHour, kDay};
  Measure count;
  count.name = "n";
  policy.measures = {count};
  policy.report_when.literal = false;
  auto set = std::make_shared<PolicySet>();
  set->policies.push_back(std::move(policy));
  return set;
}

void evaluate(benchmark::State& state) {
  const std::vector<LogEntry> log = log_of(state);
  const auto nothing = [](std::int64_t, const auto&) { return Result<void>(); };
  for (auto _ : state) {
    const auto evaluation = make_evaluation(EngineKind::kColumnar, "bench");
    std::vector<Step> steps;
    if (!evaluation->activate(policy_about_clusters(), 1, nothing, steps)) {
      state.SkipWithError("the policy does not come into force");
      return;
    }
    evaluation->apply(log, steps);
    if (evaluation->coverage().at(0).subjects == 1) continue;
    state.SkipWithError("there is more than one cluster");
    return;
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"accounts", "rising", "full"})->Unit(benchmark::kMillisecond);
  for (const std::int64_t accounts : {250, 4'000, 8'000, 16'000}) {
    bench->Args({accounts, 1, 0})->Args({accounts, 0, 0})->Args({accounts, 1, 1});
  }
}
BENCHMARK(link_accounts)->Apply(sizes);
BENCHMARK(evaluate)->Apply(sizes);

}  // namespace
}  // namespace tidewaiter

BENCHMARK_MAIN();
