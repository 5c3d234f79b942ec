#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/cli/command.h"

namespace tidewaiter {

/// Prints `prefix`, and behind it `text` through printable(), wrapped to the terminal's width with
/// `indent` blanks before each further line.
void print_prose(Invocation& run, const std::string& prefix, std::string_view text,
                 std::size_t indent);

/// A text block of a policy: its lines are one paragraph.
[[nodiscard]] std::string one_line(std::string text);

}  // namespace tidewaiter
