#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "policies/language/cleared_policies.h"
#include "policies/model/error.h"
#include "storage/ledger/ledger.h"
#include "storage/review/clearance_words.h"

namespace tidewaiter {

/// A clearance with these words, as policies take it.
[[nodiscard]] PolicyClearance policy_clearance(std::string id, const NameCleared& given,
                                               const ClearedName& words);

/// The clearances that hold by what people did, in the order in which they were given. `unsaid`
/// counts those whose words are erased, not here, or not those that were signed: they clear
/// nothing. Reads every entry of the ledger. Errors: those of the ledger; kUnavailable.
[[nodiscard]] Result<std::vector<PolicyClearance>> stated_clearances(
    const std::filesystem::path& state, const Ledger& ledger, std::int64_t& unsaid);

/// Those that are about a policy of the set in the version that it has there.
[[nodiscard]] std::vector<PolicyClearance> clearances_for(
    const PolicySet& set, std::span<const PolicyClearance> clearances);

}  // namespace tidewaiter
