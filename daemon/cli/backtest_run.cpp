#include "daemon/cli/backtest_run.h"

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

namespace tidewaiter {
namespace {

/// Keeps the first entries of a history for the measurement of costs.
void keep(std::vector<LogEntry>& sample, std::span<const LogEntry> entries, std::int64_t most) {
  const auto room = static_cast<std::size_t>(most) - sample.size();
  const auto some = entries.first(std::min(room, entries.size()));
  sample.insert(sample.end(), some.begin(), some.end());
}

void add_costs(BacktestReport& report, const std::vector<LogEntry>& sample,
               const History& history) {
  const auto costs =
      measure_costs(*report.tried, sample, history.log_id(), history.dropped_before());
  report.cost_entries = static_cast<std::int64_t>(sample.size());
  for (PolicyBacktest& tried : report.policies) {
    const auto cost = std::ranges::find(costs, tried.policy->id, &PolicyCost::policy);
    if (cost != costs.end()) tried.cost = *cost;
  }
}

}  // namespace

void HistorySpan::note(std::span<const LogEntry> more) {
  entries += static_cast<std::int64_t>(more.size());
  for (const LogEntry& entry : more) {
    const auto* record = std::get_if<Record>(&entry.body);
    if (record == nullptr) continue;
    if (!span) span = Interval{record->time, record->end()};
    span->from = std::min(span->from, record->time);
    span->to = std::max(span->to, record->end());
  }
}

std::vector<SettledFinding> findings_within(std::vector<SettledFinding> findings,
                                            const std::optional<Interval>& reported) {
  if (!reported) return findings;
  std::erase_if(findings, [&reported](const SettledFinding& finding) {
    return finding.run.from < reported->from || finding.run.from >= reported->to;
  });
  return findings;
}

Result<BacktestReport> run_backtest(const PolicySet& policies, const History& history,
                                    const HistoryWatch& watch, const BacktestPlan& plan) {
  const auto is_told = [&plan](const std::string& id) {
    return plan.told.empty() || plan.told.contains(id);
  };
  std::map<StepKind, std::int64_t> steps;
  const auto count = [&](std::span<const Step> some) {
    for (const Step& step : some) {
      if (is_told(step.policy)) ++steps[step.kind];
    }
  };
  Backtest backtest(tried_policies(policies), history.log_id(), history.dropped_before(),
                    EngineKind::kColumnar, count, plan.threads);
  HistorySpan seen;
  std::vector<LogEntry> sample;
  auto read = history.read(watch, [&](std::span<const LogEntry> entries) {
    backtest.take(entries);
    seen.note(entries);
    keep(sample, entries, plan.cost_entries);
  });
  if (!read) return tl::unexpected(read.error());

  BacktestReport report;
  report.history = history.title();
  report.entries = seen.entries;
  report.span = seen.span;
  report.reported = plan.reported;
  report.opened = steps[StepKind::kOpened];
  report.restated = steps[StepKind::kRestated];
  report.withdrawn = steps[StepKind::kWithdrawn];
  report.tried = backtest.policies();
  const std::vector<PolicyCoverage> coverage = backtest.coverage();
  const std::vector<SettledFinding> findings = findings_within(backtest.findings(), plan.reported);
  for (const Policy& policy : report.tried->policies) {
    if (!is_told(policy.id)) continue;
    PolicyBacktest tried;
    tried.policy = &policy;
    const auto counts = std::ranges::find(coverage, policy.id, &PolicyCoverage::policy);
    if (counts != coverage.end()) tried.coverage = *counts;
    for (const SettledFinding& finding : findings) {
      if (finding.policy == policy.id) tried.findings.push_back(finding);
    }
    report.policies.push_back(std::move(tried));
  }
  if (plan.cost_entries > 0) add_costs(report, sample, history);
  return report;
}

}  // namespace tidewaiter
