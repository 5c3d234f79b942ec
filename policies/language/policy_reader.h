#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "policies/language/exemption_reader.h"
#include "policies/language/linkage_reader.h"
#include "policies/language/named_lists.h"
#include "policies/language/policy.h"
#include "policies/language/strict_yaml.h"

namespace tidewaiter {

/// The documents that a policy may name.
struct PolicyReferences {
  NamedLists& lists;
  NamedLicenses& licenses;
  SharedExemptions& exemptions;
  SetLinkage& linkage;
  /// The ids of the policies whose tests stand in documents of their own.
  const std::set<std::string, std::less<>>& tested;
};

/// Reads one document whose first key is `policy`. Gives the policy, hash included, only if it
/// has no error; `diagnostics` gets all errors and warnings. `as_of`: see load_policies.
[[nodiscard]] std::optional<Policy> read_policy(const YamlText& text, const YamlNode& document,
                                                const PolicyReferences& references, UtcTime as_of,
                                                std::vector<Diagnostic>& diagnostics);

}  // namespace tidewaiter
