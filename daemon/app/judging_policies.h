#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "storage/ledger/act.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

struct PolicySet;

/// Whether the policy of a finding has a basis in law. Where the set does not have it, in the
/// version that made the finding, nobody knows: it counts as one that does.
[[nodiscard]] bool rests_on_law(const PolicySet& set, const FindingState& finding);

/// What the policies in force say, for whoever judges acts. Both are called on one thread.
struct JudgingPolicies {
  /// Whether a finding's policy rests on law: what was decided about it takes two.
  std::function<bool(const FindingState&)> legal;
  /// Whether the policy that a clearance names is in force in that version, and screens names
  /// against the list.
  std::function<bool(const NameCleared&, const std::string& list)> looks_into;
};

/// By what the set says, which has to outlast it.
[[nodiscard]] JudgingPolicies policies_for_acts(const PolicySet& set);

}  // namespace tidewaiter
