#pragma once

#include <span>

#include "policies/language/load.h"
#include "policies/language/policy.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Reads a policy set, Sigma's rules and filters among its documents: as load_policies, and a
/// document with `detection`, `filter` or `correlation` is Sigma's, one that begins with
/// `logsource_mapping` says which records it means. Rules become policies (rule_policy.h) through
/// the set's mappings and the shipped `records`, correlations too (correlation_policy.h); a rule
/// that only serves correlations is none by itself. Placeholders stand for the values of the set's
/// lists (placeholder_lists.h). Pure.
[[nodiscard]] LoadOutcome load_policy_set(std::span<const PolicyText> texts, UtcTime as_of);

}  // namespace tidewaiter
