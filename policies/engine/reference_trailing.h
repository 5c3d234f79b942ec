#pragma once

#include <string>
#include <vector>

#include "policies/engine/reference_steps.h"

namespace tidewaiter::reference {

/// Counts kMatched over the inputs of one window, in any order, by looking at every stretch anew
/// (docs/evaluation.md, Correlations). Pure.
[[nodiscard]] StepCount count_instants(const Measure& measure,
                                       const std::vector<const Input*>& inputs,
                                       UtcTime window_begin);

/// For people, of a correlation that did not match in a window: "at most 3 within 5m", by what is
/// certain. Pure.
[[nodiscard]] std::string nearest_figure(const Measure& measure,
                                         const std::vector<const Input*>& inputs);

}  // namespace tidewaiter::reference
