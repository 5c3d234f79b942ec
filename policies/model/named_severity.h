#pragma once

#include <optional>
#include <string_view>

#include "policies/model/finding.h"

namespace tidewaiter {

/// The inverse of severity_name(); nothing for a word that is none.
[[nodiscard]] std::optional<Severity> severity_named(std::string_view name);

}  // namespace tidewaiter
