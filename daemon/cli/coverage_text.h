#pragma once

#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/terminal.h"
#include "policies/engine/evaluation.h"

namespace tidewaiter {

/// A table of what each policy could and could not tell, and under it one sentence for each
/// policy that has something it could not.
[[nodiscard]] std::string coverage_text(std::span<const PolicyCoverage> coverage,
                                        const Terminal& terminal);

/// Shape: docs/commands.md#coverage.
[[nodiscard]] nlohmann::ordered_json coverage_json(std::span<const PolicyCoverage> coverage);

}  // namespace tidewaiter
