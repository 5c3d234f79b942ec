// Records a second from a file to findings in a verified ledger: read, normalise, append to
// records.db, judge by one policy, commit to ledger.db, sign. All of it durable, as a daemon does
// it.
//
// The answer is known from how the file is made: every account sends one request an hour, which the
// policy lets pass, and each planted account sends kBurst in one hour of its own. The run must give
// one finding for each of those and no other, and the ledger must verify.

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "daemon/app/app.h"
#include "storage/verify/verify.h"
#include "tests/bench/scratch_folder.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kAccounts = 500;
constexpr std::int64_t kPlantedEvery = 50;  // every 50th account has a burst
constexpr std::int64_t kBurst = 8;
constexpr UtcTime kStart{1'767'225'600'000'000};  // 2026-01-01T00:00:00Z

constexpr const char* kPolicy = R"(policy: bench.volume
version: 1
title: Many requests in an hour
status: active
owner: trust
basis: [{terms: no more than that}]
kind: extraction
severity: high
description: Counts the requests of an account in each hour.
false_positives: [a batch job]
reads: usage
for_each: account
window: {length: 1h, wait_for_late: 1h}
measure: {n: count()}
report_when: n >= 5
respond: [{notify: [operations]}]
)";

constexpr const char* kConfig = R"(state: state
policies: [policy.yaml]
sources: [{name: gateway, kind: file, path: usage.jsonl, poll: {every: 1m}}]
notify: {channels: [{name: operations, kind: log}]}
)";

/// What a file holds, and the findings that it must give.
struct Plan {
  std::int64_t records = 0;
  std::int64_t findings = 0;
};

void write_request(std::ofstream& out, std::int64_t number, std::int64_t account, UtcTime time) {
  out << R"({"kind":"usage","id":"r)" << number << R"(","time":")" << format_time(time)
      << R"(","account":"account-)" << account << R"(","model":"m-large","output_tokens":)"
      << number % 4'000 << "}\n";
}

/// At least `wanted` requests: hour by hour one of each account, and in the account's own hour the
/// burst.
Plan write_usage(const std::filesystem::path& path, std::int64_t wanted) {
  std::ofstream out(path, std::ios::binary);
  Plan plan;
  for (std::int64_t hour = 0; plan.records < wanted; ++hour) {
    for (std::int64_t account = 0; account < kAccounts; ++account) {
      const bool planted = account % kPlantedEvery == 0 && hour == account / kPlantedEvery % 3;
      const std::int64_t requests = planted ? kBurst : 1;
      for (std::int64_t i = 0; i < requests; ++i) {
        write_request(out, plan.records++, account,
                      kStart + Duration{hour * kHour.us + i * kMinute.us});
      }
      plan.findings += planted ? 1 : 0;
    }
  }
  return plan;
}

void write_text(const std::filesystem::path& path, const char* text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// Starts an App over the folder, runs one cycle and signs. Gives what is wrong, or nothing.
std::string run_once(const ScratchFolder& folder, const Plan& plan, VerifyInput& verify) {
  Environment environment;
  environment.working_folder = folder.path();
  environment.host_name = "bench";
  ConfigOutcome outcome = read_config(folder / "tidewaiter.yaml", environment);
  if (has_errors(outcome.diagnostics)) return "the configuration has errors";
  const LedgerPaths paths = state_paths(outcome.config).ledger;
  AppOptions options;
  options.now = [] { return kStart + Duration{365 * kDay.us}; };
  std::vector<Diagnostic> diagnostics;
  const auto app = App::start(std::move(outcome.config), std::move(options), diagnostics);
  if (!app) return app.error().message;
  const auto report = (*app)->run_once({}, Duration{0});
  if (!report) return report.error().message;
  if (report->added != plan.records) return "not every record was added";
  const auto findings = (*app)->ledger().findings({});
  if (!findings) return findings.error().message;
  if (static_cast<std::int64_t>(findings->size()) != plan.findings) {
    return "expected " + std::to_string(plan.findings) + " findings, got " +
           std::to_string(findings->size());
  }
  verify = {paths.database, paths.lock, (*app)->ledger().verifier_key()};
  return {};
}

void end_to_end(benchmark::State& state) {
  const ScratchFolder folder;
  const Plan plan = write_usage(folder / "usage.jsonl", state.range(0));
  write_text(folder / "policy.yaml", kPolicy);
  write_text(folder / "tidewaiter.yaml", kConfig);
  for ([[maybe_unused]] auto unused : state) {
    VerifyInput verify;
    std::string wrong = run_once(folder, plan, verify);
    state.PauseTiming();
    if (wrong.empty() && !verify_ledger(verify).ok()) wrong = "the ledger does not verify";
    std::filesystem::remove_all(folder / "state");
    state.ResumeTiming();
    if (!wrong.empty()) {
      state.SkipWithError(wrong.c_str());
      return;
    }
  }
  state.SetItemsProcessed(state.iterations() * plan.records);
  state.counters["findings"] = static_cast<double>(plan.findings);
}
BENCHMARK(end_to_end)
    ->ArgName("records")
    ->Arg(2'000)
    ->Arg(200'000)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tidewaiter

BENCHMARK_MAIN();
