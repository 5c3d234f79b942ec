#pragma once

#include <vector>

#include "policies/engine/reference_measures.h"

namespace tidewaiter::reference {

/// A window of a run, for the question where its findings begin.
struct RunWindow {
  std::int64_t number = 0;
  UtcTime begin;
  const std::vector<Figure>* figures = nullptr;  ///< never null
};

/// The windows of a run with which a finding begins (docs/evaluation.md, Repeat), by looking at
/// each window after it: the first, and more where the policy says `repeat`. `run` are all windows
/// of the run, in order. Pure.
[[nodiscard]] std::vector<std::int64_t> finding_starts(const Policy& policy,
                                                       const std::vector<RunWindow>& run);

}  // namespace tidewaiter::reference
