#pragma once

#include <string>
#include <string_view>

namespace tidewaiter {

/// Text from a database as one line that a terminal only shows: control characters (C0, DEL, C1),
/// line and paragraph separators, and the marks that turn the direction of writing become
/// `\u{1b}`, bytes that are not UTF-8 `\x{ff}`. All other text stays as it is.
[[nodiscard]] std::string plain_text(std::string_view text);

}  // namespace tidewaiter
