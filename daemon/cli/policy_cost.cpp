#include "daemon/cli/policy_cost.h"

#include <algorithm>
#include <memory>
#include <variant>

#include <time.h>

#include "daemon/cli/allocation_count.h"
#include "policies/authoring/backtest.h"

namespace tidewaiter {
namespace {

constexpr int kRounds = 3;
constexpr std::size_t kBatch = 4096;  // a page of the record log

struct Round {
  std::int64_t ns = 0;
  std::int64_t bytes = 0;
};

/// Processor time of this process: other programs' share of the machine does not count.
std::int64_t cpu_ns() {
  timespec now{};
  (void)::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

Round run_once(const std::shared_ptr<const PolicySet>& alone, std::span<const LogEntry> sample,
               const std::string& log_id, std::optional<UtcTime> dropped_before) {
  const std::int64_t before = allocated_bytes();
  const std::int64_t start = cpu_ns();
  Backtest backtest(alone, log_id, dropped_before);
  for (std::size_t i = 0; i < sample.size(); i += kBatch) {
    backtest.take(sample.subspan(i, std::min(kBatch, sample.size() - i)));
  }
  return {cpu_ns() - start, allocated_bytes() - before};
}

std::int64_t records_of(RecordKind kind, std::span<const LogEntry> sample) {
  return std::ranges::count_if(sample, [kind](const LogEntry& entry) {
    const auto* record = std::get_if<Record>(&entry.body);
    return record != nullptr && record->kind == kind;
  });
}

}  // namespace

std::vector<PolicyCost> measure_costs(const PolicySet& policies, std::span<const LogEntry> sample,
                                      const std::string& log_id,
                                      std::optional<UtcTime> dropped_before) {
  std::vector<PolicyCost> costs;
  for (const Policy& policy : policies.policies) {
    const std::int64_t records = records_of(policy.reads, sample);
    if (records == 0) continue;  // nothing was asked of it
    auto set = std::make_shared<PolicySet>();
    set->policies = {policy};
    set->hash = policy.hash;
    // Shared with the evaluation, which reads the policy as long as it lives.
    const std::shared_ptr<const PolicySet> alone = std::move(set);
    Round best = run_once(alone, sample, log_id, dropped_before);
    for (int round = 1; round < kRounds; ++round) {
      best.ns = std::min(best.ns, run_once(alone, sample, log_id, dropped_before).ns);
    }
    costs.push_back(
        {policy.id, static_cast<double>(best.ns) / static_cast<double>(records), best.bytes});
  }
  return costs;
}

}  // namespace tidewaiter
