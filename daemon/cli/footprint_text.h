#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "policies/engine/evaluation.h"

namespace tidewaiter {

/// What evaluation holds, of how much it may, and the policies that hold the most:
/// "1.2 GiB, of at most 4.0 GiB: 900.0 MiB a.burst, 120.0 MiB b.volume, 80.0 MiB shared".
[[nodiscard]] std::string footprint_text(const EvaluationFootprint& footprint,
                                         std::optional<std::int64_t> at_most);

}  // namespace tidewaiter
