#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "policies/model/diagnostic.h"

namespace tidewaiter {

/// Shape: docs/commands.md#diagnostics.
[[nodiscard]] nlohmann::ordered_json diagnostics_json(const std::vector<Diagnostic>& diagnostics);

}  // namespace tidewaiter
