#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "policies/engine/policy_runtime.h"

namespace tidewaiter {

/// What a new policy set does to one policy id: either side is null where the set lacks it.
struct PolicyChange {
  std::unique_ptr<PolicyRuntime> before;
  std::unique_ptr<PolicyRuntime> after;
  bool kept = false;  ///< the same policy: `after` is what `before` was
};

/// Compares what the new policy has found in the stored log, silently, with what the old one stands
/// on, and appends the steps that lead from one to the other (docs/evaluation.md, A new policy
/// set). Findings of `after` take the numbers of the old ones that they continue; new ones count
/// from `known`, which is how many findings the policy id has had.
void compare_findings(PolicyChange& change, std::int64_t seq, std::int64_t known,
                      std::vector<PendingStep>& steps);

}  // namespace tidewaiter
