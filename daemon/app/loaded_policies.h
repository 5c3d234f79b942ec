#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/app/config.h"
#include "policies/language/load.h"
#include "policies/model/diagnostic.h"
#include "policies/model/digest.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// The policies that a configuration names, with the texts that they were compiled from.
struct LoadedPolicies {
  std::vector<PolicyText> texts;
  PolicySet set;                    ///< as its writers have it: lists that are synced hold samples
  std::set<std::string> published;  ///< the published lists that it looks into
  std::optional<Digest> bundle = std::nullopt;  ///< that they come from, with `publish.required`
};

/// Reads and compiles them, from their files or, with `publish.required`, from the last publication
/// in the state folder, whose signatures whoever activates it must check. Checks that they fit the
/// configuration; all faults go to `diagnostics`. Errors: kInvalidInput if any of them is an error.
[[nodiscard]] Result<LoadedPolicies> load_configured_policies(const Config& config, UtcTime as_of,
                                                              std::vector<Diagnostic>& diagnostics);

}  // namespace tidewaiter
