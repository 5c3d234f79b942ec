#pragma once

#include <optional>
#include <vector>

#include "policies/language/policy.h"
#include "policies/language/strict_yaml.h"

namespace tidewaiter {

/// Reads one document whose first key is `policy`. Gives the policy, hash included, only if it
/// has no error; `diagnostics` gets all errors and warnings. `as_of`: see load_policies.
[[nodiscard]] std::optional<Policy> read_policy(const YamlText& text, const YamlNode& document,
                                                UtcTime as_of,
                                                std::vector<Diagnostic>& diagnostics);

}  // namespace tidewaiter
