#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "policies/engine/evaluation.h"
#include "policies/engine/resting_limits.h"

namespace tidewaiter {

/// The fast engine. Records come in batches as columns; all policies form one graph of predicates,
/// each computed at most once a batch; windows are running totals that a record is added to and
/// taken back from. The plan is computed by the caller's thread, then the policies run on
/// `threads`. What is kept of a subject that nothing happens to takes few bytes (`limits`).
/// docs/evaluation.md is what it follows.
[[nodiscard]] std::unique_ptr<Evaluation> make_columnar_evaluation(std::string log_id,
                                                                   UtcTime dropped_before,
                                                                   std::size_t threads,
                                                                   RestingLimits limits = {});

}  // namespace tidewaiter
