#pragma once

#include <string_view>

namespace tidewaiter {

/// Whether a text is a country code that a source may give, in either case: one of ISO 3166-1
/// alpha-2 as assigned, one that the standard leaves to users (AA, QM to QZ, XA to XZ, ZZ), or `AP`
/// and `EU`, which address databases give for regions.
[[nodiscard]] bool is_country_code(std::string_view text);

}  // namespace tidewaiter
