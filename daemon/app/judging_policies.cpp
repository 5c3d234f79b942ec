#include "daemon/app/judging_policies.h"

#include <algorithm>

#include "policies/language/cleared_policies.h"
#include "policies/language/policy.h"

namespace tidewaiter {

bool rests_on_law(const PolicySet& set, const FindingState& finding) {
  const auto found = std::ranges::find(set.policies, finding.policy_hash, &Policy::hash);
  return found == set.policies.end() ||
         std::ranges::find(found->basis, "law", &Basis::type) != found->basis.end();
}

JudgingPolicies policies_for_acts(const PolicySet& set) {
  return {[&set](const FindingState& finding) { return rests_on_law(set, finding); },
          [&set](const NameCleared& given, const std::string& list) {
            const auto policy = std::ranges::find(set.policies, given.policy, &Policy::id);
            if (policy == set.policies.end() || policy->version != given.version) return false;
            const auto screening = screening_of(*policy);
            return screening != nullptr &&
                   std::ranges::any_of(screening->parts().lists,
                                       [&list](const auto& each) { return each->name() == list; });
          }};
}

}  // namespace tidewaiter
