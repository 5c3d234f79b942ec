#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "policies/language/policy.h"
#include "policies/language/set_documents.h"
#include "policies/screening/cleared_names.h"

namespace tidewaiter {

/// A clearance of a name, with the policy that it was given under: it says nothing of another one,
/// nor of another version.
struct PolicyClearance {
  std::string policy;
  std::int64_t version = 0;
  NameClearance cleared;
  auto operator<=>(const PolicyClearance&) const = default;
};

/// The id of the exemption that clearances come to: no document can have it.
inline constexpr std::string_view kClearances = "(clearances)";

/// Applies those clearances to the policies of a set that are given under them: who is hit by
/// nothing but cleared entries counts as exempt, and the score is that of the rest. Policies that
/// none is about stay as they are; the others, and so the set, get another hash. What judges in
/// another way than by `screen` has nothing to clear.
void apply_clearances(PolicySet& set, std::span<const ListDocument> lists,
                      std::span<const PolicyClearance> clearances);

/// The screening of a policy, as it is written; null if it has none.
[[nodiscard]] std::shared_ptr<const Screening> screening_of(const Policy& policy);

/// What clearances take away from it; null if none is applied to it.
[[nodiscard]] std::shared_ptr<const ClearedNames> cleared_names_of(const Policy& policy);

}  // namespace tidewaiter
