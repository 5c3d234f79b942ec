#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policies/engine/explain_windows.h"
#include "policies/engine/shortfall.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// One part of `report_when` below its `and or not`, over one window.
struct ClauseVerdict {
  const Expr* clause = nullptr;  ///< in the policy
  bool negated = false;          ///< below an odd number of `not`: it has to be false
  /// Of the clause as it is written: true or false only if every completion of the window is so.
  reference::Truth answer = reference::Truth::kUnknown;
  /// Of a comparison or `in`, over the certain figures; of another clause all null.
  Shortfall shortfall;
  /// Of another clause the figures that it rests on: "n is 2"; of `if` which way it went and what
  /// that came to: "(n > 2) is false, so (n > 100): n is 2, 99 short".
  std::string detail = {};
  /// It is what it has to be as the certain figures stand; what may still come could change that.
  bool stands = false;
  std::string remark = {};  ///< how far steps came, of a clause about a pattern that did not hold
  std::optional<Duration> late_by = {};  ///< by how much the next step came too late
  double lacks = 0.0;     ///< of steps, 0 to 1: StepProgress::lacks of a clause that has a remark
  double distance = 0.0;  ///< that of distance_to_report(), of this clause alone

  [[nodiscard]] bool is_as_needed() const {
    return answer == (negated ? reference::Truth::kFalse : reference::Truth::kTrue);
  }
};

/// The answer of the engine over one window if `part`, a truth value over the policy's measures,
/// were the whole of `report_when`.
[[nodiscard]] reference::Truth judge_part(const Policy& policy, const JudgedWindow& window,
                                          const Expr& part);

/// The parts of `report_when`, in the order in which they stand.
[[nodiscard]] std::vector<ClauseVerdict> judge_clauses(const Policy& policy,
                                                       const JudgedWindow& window);

/// How far figures are from making `report_when` true: distance_from().
[[nodiscard]] double distance_to_report(const Policy& policy, const std::vector<Value>& figures);

/// The values of a window's figures, in the order of the measures.
[[nodiscard]] std::vector<Value> figure_values(const JudgedWindow& window);

/// What the names of measures stand for, for to_text().
[[nodiscard]] ExprScope measure_scope(const Policy& policy);

/// "n >= 3: n is 1, 2 short", "n >= 3: n is 4, which would do": what kept a clause from being what
/// it has to be.
[[nodiscard]] std::string clause_text(const Policy& policy, const ClauseVerdict& verdict);

}  // namespace tidewaiter
