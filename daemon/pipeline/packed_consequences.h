#pragma once

#include <memory>

#include <nlohmann/json_fwd.hpp>

#include "policies/screening/consequence.h"

namespace tidewaiter {

/// The rules of lists as they are stored with a policy set (docs/records-format.md, Rules of
/// lists): {"consequences":CODE,"parts":[…]}, and "by_source" where they are of lists that are
/// published as one.
[[nodiscard]] nlohmann::json packed_consequences(const Consequences& consequences);

/// The same rules again; null for any other JSON.
[[nodiscard]] std::shared_ptr<const Consequences> read_packed_consequences(
    const nlohmann::json& packed);

}  // namespace tidewaiter
