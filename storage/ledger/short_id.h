#pragma once

#include <string>
#include <string_view>

namespace tidewaiter {

// What reports, leads, parts of cases, rulings, clearances, holds, erasures and views of records
// are called: a prefix that tells which of them it is ("r-"), and twelve lower-case hexadecimal
// digits.

[[nodiscard]] bool is_short_id(std::string_view id, std::string_view prefix);

/// A random one, from the system's source. Any thread.
[[nodiscard]] std::string new_short_id(std::string_view prefix);

}  // namespace tidewaiter
