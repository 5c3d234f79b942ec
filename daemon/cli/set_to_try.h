#pragma once

#include <set>
#include <string>
#include <vector>

#include "daemon/cli/command.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// The set with which policies are tried over a history: where it looks into published lists, with
/// the issues that `tidewaiter list sync` holds now in the state of the configuration. A list of
/// which nobody can be told, or whose issue is stale, is told on standard error. What people have
/// cleared, by the ledger of the configuration, is cleared here too. Errors: kInvalidInput if the
/// configuration that published lists ask for has errors.
[[nodiscard]] Result<PolicySet> set_to_try(Invocation& run, const std::vector<PolicyText>& texts,
                                           const LoadOutcome& loaded);

/// The same of a set that looks into these published lists, by a configuration at hand.
[[nodiscard]] PolicySet set_to_try(Invocation& run, const Config& config,
                                   const std::vector<PolicyText>& texts, const PolicySet& written,
                                   const std::set<std::string>& published);

}  // namespace tidewaiter
