#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tidewaiter {

/// The code of ISO 3166-1 for a country as a published list writes it, in upper case: its code, or
/// its name in English as OFAC or the United Nations have it ("Korea, North"), in any case of ASCII
/// letters. Nothing for other texts, regions among them.
[[nodiscard]] std::optional<std::string> country_code(std::string_view country);

}  // namespace tidewaiter
