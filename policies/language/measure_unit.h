#pragma once

#include <string_view>

#include "policies/language/policy.h"

namespace tidewaiter {

/// What a measure counts, in the catalogue's words: "requests", "tokens", "US dollars". Empty where
/// it has no unit, or none that is known.
[[nodiscard]] std::string_view unit_of(const Measure& measure);

}  // namespace tidewaiter
