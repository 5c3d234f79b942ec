#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/backtest_report.h"
#include "daemon/cli/terminal.h"

namespace tidewaiter {

/// New cases, by the UTC day on which they would have opened. A case has the findings about one
/// subject, so a subject opens one on the day its first finding begins, and no other: a case that
/// was closed and opens again is not a new one.
struct CaseLoad {
  std::int64_t cases = 0;
  double a_day = 0;  ///< over the length of the history
  std::int64_t busiest = 0;
  std::optional<UtcTime> busiest_day;  ///< the first of the busiest; none without cases
};

/// What to expect of one policy once it is active.
struct PolicyOutlook {
  std::string policy;
  std::int64_t findings = 0;
  double findings_a_day = 0;
  CaseLoad load;  ///< of this policy alone; its cases are its subjects
  PolicyCoverage coverage;
  /// Why this history says nothing, or less than it seems to: for people, one sentence each.
  std::vector<std::string> untold;
  bool blind = false;   ///< nothing was judged: no findings is no answer
  bool floods = false;  ///< alone above what people can look at in a day
};

/// What to expect of policies that become active together.
struct ActivationOutlook {
  std::string history;
  bool stored = false;
  std::int64_t entries = 0;
  std::optional<Interval> span;
  double days = 0;  ///< how long the history is; 0 if it has no record
  std::int64_t most_a_day = 0;
  std::vector<PolicyOutlook> policies;  ///< by id
  std::int64_t findings = 0;
  CaseLoad load;  ///< of all together: a subject of two policies is one case
};

/// The load of these findings over a history of `days`.
[[nodiscard]] CaseLoad case_load(const std::vector<SettledFinding>& findings, double days);

/// What a backtest of the policies comes to. `most_a_day`: new cases a day that people can look at.
[[nodiscard]] ActivationOutlook activation_outlook(const BacktestReport& report,
                                                   std::int64_t most_a_day);

[[nodiscard]] std::string outlook_text(const ActivationOutlook& outlook, const Terminal& terminal);

/// Shape: docs/commands.md#activation.
[[nodiscard]] nlohmann::ordered_json outlook_json(const ActivationOutlook& outlook);

}  // namespace tidewaiter
