#pragma once

#include <string>
#include <string_view>

namespace tidewaiter {

/// What turns one text into another, as a unified diff with three lines around each change, in the
/// form that `patch` reads. Empty if they are equal. `name` heads both sides; it is not escaped.
[[nodiscard]] std::string unified_diff(std::string_view before, std::string_view after,
                                       std::string_view name);

}  // namespace tidewaiter
