#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/policy_cost.h"
#include "daemon/cli/review_labels.h"
#include "daemon/cli/terminal.h"
#include "policies/authoring/backtest.h"
#include "policies/authoring/expectations.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// What one policy would have done.
struct PolicyBacktest {
  const Policy* policy = nullptr;  ///< one of the tried set
  std::vector<SettledFinding> findings;
  PolicyCoverage coverage;
  std::optional<PolicyCost> cost;
  std::optional<LabelledFindings> labels;  ///< where reviewers' decisions are given
};

/// What a backtest found.
struct BacktestReport {
  std::string history;  ///< where the entries came from
  bool stored = false;
  std::int64_t entries = 0;
  std::optional<Interval> span;      ///< from the first record's start to the last one's end
  std::optional<Interval> reported;  ///< --from, --to: only findings that begin in it are told
  std::int64_t opened = 0;           ///< of all policies, and likewise the following
  std::int64_t restated = 0;
  std::int64_t withdrawn = 0;
  std::int64_t cost_entries = 0;           ///< how many entries the costs were measured over
  std::shared_ptr<const PolicySet> tried;  // shared with the backtest: `policies` point into it
  std::vector<PolicyBacktest> policies;    ///< by id
};

/// What hits are drawn over: the history's time, as far as it was asked for, and the times at which
/// findings begin; a day where there is none.
[[nodiscard]] Interval drawn_span(const BacktestReport& report);

/// For a terminal: a block a policy.
[[nodiscard]] std::string backtest_text(const BacktestReport& report, std::size_t top,
                                        const Terminal& terminal);

/// What was expected and did not come, or that all came.
[[nodiscard]] std::string expectations_text(const std::vector<ExpectationResult>& results,
                                            const Terminal& terminal);
[[nodiscard]] nlohmann::ordered_json expectations_json(
    const std::vector<ExpectationResult>& results);

/// Shape: docs/commands.md#backtest.
[[nodiscard]] nlohmann::ordered_json backtest_json(const BacktestReport& report);

/// The members that findings of a backtest or comparison have. Shape: docs/commands.md#backtest.
[[nodiscard]] nlohmann::ordered_json settled_json(const SettledFinding& finding);

}  // namespace tidewaiter
