#pragma once

#include <nlohmann/json_fwd.hpp>

#include "policies/screening/consequence.h"
#include "policies/screening/licence_terms.h"

namespace tidewaiter {

/// {"on", "told": [{"obligation", "programs", "citation", "note", "in_force", "owned", "text"}],
/// "untold": […]}: what follows from being listed, by the law of the day `on`. `in_force` is an
/// array of
/// {"from", "until"}, days or null, empty for always; `owned` is null, or {"share", "citation",
/// "in_force", "holds"}.
[[nodiscard]] nlohmann::ordered_json follows_json(const Follows& follows);

/// {"requirement", "review"}, each null where the list does not say.
[[nodiscard]] nlohmann::ordered_json licence_json(const LicenceTerms& terms);

}  // namespace tidewaiter
