#pragma once

#include <string>
#include <string_view>

namespace tidewaiter {

/// Whether a number, with or without a sign and a unit, has a 0 before another digit: `010`,
/// `-007`, `010h`. YAML 1.1, C and Python 2 read such a one as octal.
[[nodiscard]] bool has_leading_zero(std::string_view number);

/// The same number without: `10`, `-7`, `10h`.
[[nodiscard]] std::string without_leading_zeros(std::string_view number);

}  // namespace tidewaiter
