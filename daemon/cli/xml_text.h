#pragma once

#include <string>
#include <string_view>

namespace tidewaiter {

/// Text for an XML element or attribute: `& < > "` escaped, control characters and bytes that are
/// not UTF-8 as printable() shows them, for XML 1.0 has no way to write them.
[[nodiscard]] std::string xml_text(std::string_view text);

}  // namespace tidewaiter
