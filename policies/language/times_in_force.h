#pragma once

#include <vector>

#include "policies/language/interval_set.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// When the policy judges: the event times in one of its own intervals at which at least one of its
/// bases is in force (docs/evaluation.md, What is judged). Sorted, not empty each, apart from each
/// other without touching; no interval: never. A side without bound is the least or greatest int64.
/// A policy that was made without a basis, which none that is read is, has its own intervals alone.
[[nodiscard]] std::vector<Interval> times_in_force(const Policy& policy);

/// Whether `time` lies in times_in_force(), without making them.
[[nodiscard]] bool is_in_force(const Policy& policy, UtcTime time);

/// Whether the basis is in force at some instant of `during`.
[[nodiscard]] bool is_in_force(const Basis& basis, const Interval& during);

}  // namespace tidewaiter
