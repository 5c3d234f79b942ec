#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tidewaiter {

/// A text of the input as messages show it: in backticks, on one line and harmless to a terminal,
/// whatever the input is. What is not plainly visible stands as its escape: `\n`, `\t`, `\x1b` for
/// control characters and for bytes that are not UTF-8, `\u202e` for line separators and for marks
/// that turn the direction of writing. Beyond `most` bytes it is cut between two characters, and
/// an ellipsis stands for the rest.
[[nodiscard]] std::string in_backticks(std::string_view input, std::size_t most = 80);

}  // namespace tidewaiter
