#pragma once

#include <cstdint>
#include <span>

#include "policies/engine/samples.h"
#include "policies/engine/step_pattern.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// At how many instants of the window's last `every` the measure's TrailingFigure meets its limits,
/// over all records of a window that is closed (docs/evaluation.md, Correlations). `samples` are by
/// time, their keys those of StepMarks, whose bit after the last step says that there is a value:
/// `number` of doubles, else `group`. `window_from` in µs. Two passes at most. Pure.
[[nodiscard]] PatternCount count_matched(const Measure& measure, std::span<const Sample> samples,
                                         std::int64_t window_from);

}  // namespace tidewaiter
