#pragma once

#include <functional>
#include <vector>

#include "policies/language/policy.h"

namespace tidewaiter::reference {

/// What a figure scores against a history; null where the score is no double. Rises with it.
using Score = std::function<Value(double)>;

/// The score of a measure over history: `deviation` or `cusum`. `past` holds the known figures, the
/// latest first. Empty where they do not say what is usual. docs/evaluation.md, Own history.
[[nodiscard]] Score score_of(const Measure& measure, const std::vector<double>& past);

}  // namespace tidewaiter::reference
