#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/cli/backtest_report.h"
#include "daemon/pipeline/history.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// Over how many entries costs are measured: enough for steady figures, few enough to be kept, for
/// each takes some hundred bytes.
inline constexpr std::int64_t kCostEntries = 50'000;

/// How a backtest is to be run.
struct BacktestPlan {
  std::optional<Interval> reported;  ///< only findings that begin in it are told
  std::int64_t cost_entries = 0;     ///< how many entries to measure costs over; 0: no costs
  std::size_t threads = 1;           ///< that judge a batch
  std::set<std::string> told;        ///< only policies of these ids are told of; empty: all
};

/// What of a history was seen while policies were tried over it.
struct HistorySpan {
  std::int64_t entries = 0;
  std::optional<Interval> span;  ///< from the first record's start to the last one's end

  void note(std::span<const LogEntry> entries);
};

/// Findings that begin in `reported`; all of them without it.
[[nodiscard]] std::vector<SettledFinding> findings_within(std::vector<SettledFinding> findings,
                                                          const std::optional<Interval>& reported);

/// Tries a policy set over a history, reading it once. Errors: those of reading.
[[nodiscard]] Result<BacktestReport> run_backtest(const PolicySet& policies, const History& history,
                                                  const HistoryWatch& watch,
                                                  const BacktestPlan& plan);

}  // namespace tidewaiter
