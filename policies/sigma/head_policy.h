#pragma once

#include <string>
#include <string_view>

#include "policies/language/document_reader.h"
#include "policies/language/policy.h"
#include "policies/sigma/rule.h"

namespace tidewaiter {

/// What a Sigma document's head says of the policy that it becomes: all but what it judges.
[[nodiscard]] Policy policy_of(const SigmaHead& head);

/// What that policy is called: `sigma.` and the document's id, else its name, else its title
/// written as an id.
[[nodiscard]] std::string policy_id_of(const SigmaHead& head);
/// The id of the policy that a rule with this id or name comes to.
[[nodiscard]] std::string rule_policy_id(std::string_view rule);

/// Makes `measure`, an int64, the policy's only one, reported from 1 on.
void report_any(Policy& policy, Measure measure);

/// Whether a policy may be called so; an error of the head if not (TW1025).
[[nodiscard]] bool is_policy_id(const Policy& policy, const SigmaHead& head,
                                DocumentReader& reader);

}  // namespace tidewaiter
