#pragma once

#include <span>

#include "policies/language/cleared_policies.h"
#include "policies/language/load.h"
#include "policies/language/policy.h"
#include "policies/language/synced_lists.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Reads a policy set, Sigma's rules and filters among its documents: as load_policies, and a
/// document with `detection`, `filter` or `correlation` is Sigma's, one that begins with
/// `logsource_mapping` says which records it means. Rules become policies (rule_policy.h) through
/// the set's mappings and the shipped `records`, correlations too (correlation_policy.h); a rule
/// that only serves correlations is none by itself. Placeholders stand for the values of the set's
/// lists (placeholder_lists.h). Lists that are `synced` hold their samples: it is the set as its
/// writers have it, for its tests and its hash in publications, and not the one that judges.
/// `rules` is what follows from being on the lists that `consequences` name by a code. Pure.
[[nodiscard]] LoadOutcome load_policy_set(std::span<const PolicyText> texts, UtcTime as_of,
                                          const ConsequenceTable& rules = shipped_table());

/// The set that judges: lists that are `synced` hold these issues, and names are cleared as people
/// have said. Its hash is another one where there is any of either. A list that `synced` does not
/// have holds nobody, and whoever is looked for in it cannot be told.
[[nodiscard]] LoadOutcome load_policy_set(std::span<const PolicyText> texts, UtcTime as_of,
                                          const SyncedLists& synced,
                                          std::span<const PolicyClearance> clearances = {},
                                          const ConsequenceTable& rules = shipped_table());

}  // namespace tidewaiter
