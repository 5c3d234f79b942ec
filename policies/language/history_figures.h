#pragma once

#include <span>
#include <vector>

#include "policies/language/policy.h"

namespace tidewaiter {

/// For each measure, whether it has no answer without a history: it compares with one, or is a
/// formula over such a measure. `default(m, v)` has an answer; whether that counts is the caller's
/// to say. A measure names earlier ones alone, so that one pass is enough.
[[nodiscard]] std::vector<bool> figures_of_history(std::span<const Measure> measures,
                                                   bool default_answers);

/// Whether an expression has no answer without a history. `figures`: of figures_of_history(), with
/// the same `default_answers`.
[[nodiscard]] bool rests_on_history(const Expr& expr, const std::vector<bool>& figures,
                                    bool default_answers);

}  // namespace tidewaiter
