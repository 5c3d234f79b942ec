#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "policies/engine/runs.h"
#include "policies/engine/window_grid.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// Whether a figure has grown by the factor (docs/evaluation.md, Repeat): exact but for doubles,
/// which are compared with the product as a double. Pure.
[[nodiscard]] bool has_grown(const Value& from, const Value& to, const Fraction& factor);

/// Cuts a run into the pieces that are a finding each. `run` begins where a piece does;
/// `figure` gives the figure of Repeat::Growth in a window of the run, and is asked for no window
/// twice. Pure but for that.
[[nodiscard]] std::vector<WindowRun> pieces_of(WindowRun run, const Repeat& repeat,
                                               const WindowGrid& grid,
                                               const std::function<Value(std::int64_t)>& figure);

}  // namespace tidewaiter
