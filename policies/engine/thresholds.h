#pragma once

#include <cstddef>
#include <vector>

#include "policies/engine/accumulators.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// One comparison of `report_when` that an open window can decide: it is decided once the certain
/// figure in `cell` is `at_least` or more, and undecided before.
struct Threshold {
  std::size_t cell = 0;
  Int128 at_least = 0;
  std::size_t measure = 0;  ///< whose cell it is
};

/// What can be told of `report_when` before a window is closed, from the policy alone. An open
/// count has the range [n, ∞): only a rise of n past a threshold can change an answer. The answers
/// are those of answer_over(); this only says when they need not be asked for again.
struct OpenOutlook {
  /// False: no window can hold while it is open, whatever its records.
  bool can_hold = true;
  /// False: of no window can it be told that it does not hold while it is open.
  bool can_fail = true;
  /// The answer while open depends on nothing but which thresholds have been passed. Not true of
  /// sums beyond int64.
  bool by_thresholds = false;
  std::vector<Threshold> thresholds;  ///< at most 64
  /// No window holds while it is open and has not passed each of these, whatever else is asked. Not
  /// true of sums beyond int64.
  std::vector<Threshold> required = {};
};

[[nodiscard]] OpenOutlook open_outlook(const Policy& policy, const MeasureLayout& layout);

}  // namespace tidewaiter
