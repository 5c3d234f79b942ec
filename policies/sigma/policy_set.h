#pragma once

#include <span>

#include "policies/language/load.h"
#include "policies/language/policy.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Reads a policy set, Sigma's rules and filters among its documents: as load_policies, and a
/// document with `detection`, `filter` or `correlation` is Sigma's, one that begins with
/// `logsource_mapping` says which records it means. Rules become policies (rule_policy.h) through
/// the set's mappings and the shipped `records`. Correlations are refused (TW1024): their windows
/// slide with each match, those of policies stand on a grid. Pure.
[[nodiscard]] LoadOutcome load_policy_set(std::span<const PolicyText> texts, UtcTime as_of);

}  // namespace tidewaiter
