#pragma once

#include <string>
#include <vector>

#include "policies/engine/reference_measures.h"

namespace tidewaiter::reference {

/// How often a pattern was met in a window.
struct StepCount {
  std::int64_t least = 0;  ///< whatever the unknown inputs are
  std::int64_t most = 0;
  bool in_doubt = false;  ///< an input may be a step, or `without`, or not
};

/// Counts kCompleted or kMissing over the inputs of one window, in any order, by looking at every
/// record anew (docs/evaluation.md, Steps). Pure.
[[nodiscard]] StepCount count_steps(const Measure& measure, const std::vector<const Input*>& inputs,
                                    UtcTime window_end);

/// For people, of a pattern that was not met: "`b` did not follow `a` within 24h", by what is
/// certain. Empty where there is nothing to tell. Pure.
[[nodiscard]] std::string how_far(const Measure& measure, const std::vector<const Input*>& inputs);

}  // namespace tidewaiter::reference
