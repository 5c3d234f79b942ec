#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tidewaiter {

/// Which quotes are escaped: attributes in this project stand between double ones.
enum class MarkupQuotes : std::uint8_t { kDouble, kBoth };

/// Text for an element or an attribute of XML or HTML: `& < >` and the quotes as references. It
/// says nothing of characters that XML cannot hold or that a reader does not see: who writes text
/// from outside makes those visible first.
[[nodiscard]] std::string markup_text(std::string_view text, MarkupQuotes quotes);

}  // namespace tidewaiter
