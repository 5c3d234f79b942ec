#pragma once

#include <string>

#include "policies/model/time.h"

namespace tidewaiter {

/// The UTC day of a time: YYYY-MM-DD.
[[nodiscard]] std::string day_text(UtcTime time);

}  // namespace tidewaiter
