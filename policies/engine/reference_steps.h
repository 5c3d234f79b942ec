#pragma once

#include <optional>
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

/// How far a pattern came that was not met.
struct StepProgress {
  /// For people: "`c` did not follow `a`, `b` within 24h: it came 28h after `a`, 4h too late".
  /// Empty where there is nothing to tell.
  std::string text;
  std::optional<Duration> late_by;  ///< by how much the next step came too late, if it came
  /// What the pattern lacks, of all its steps: 0 to 1. A step that did not come lacks wholly, one
  /// that came late by L in place of `within` W lacks L / (W + L), `without` in between is half a
  /// step. Of kMissing: `a` wholly, and of `b`, that came D after it, the (W − D) / W by which the
  /// waiting fell short.
  double lacks = 0.0;
};

/// Tells of the first step that came furthest; of a sequence that `without` has ended, when that
/// came. `inputs` are those of the window, which ends at `window_end`; `of_subject` all that the
/// subject has, among which a step that came too late is looked for. Both in any order. Pure.
[[nodiscard]] StepProgress how_far(const Measure& measure, const std::vector<const Input*>& inputs,
                                   const std::vector<const Input*>& of_subject, UtcTime window_end);

}  // namespace tidewaiter::reference
