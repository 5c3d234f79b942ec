#pragma once

#include <string_view>

namespace tidewaiter {

/// Whether a text is one of the 249 codes that ISO 3166-1 alpha-2 assigns, in capitals. Those left
/// to users (`XK`, `ZZ`) and what databases give for regions (`EU`, `AP`) are none.
[[nodiscard]] bool is_assigned_country(std::string_view text);

}  // namespace tidewaiter
