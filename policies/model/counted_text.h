#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tidewaiter {

/// "1 record", "4 records": a number as it is, with the noun that fits it.
[[nodiscard]] inline std::string counted_text(std::int64_t number, std::string_view one,
                                              std::string_view several) {
  return std::to_string(number).append(" ").append(number == 1 ? one : several);
}

/// The same of a noun whose plural has an `s`.
[[nodiscard]] inline std::string counted_text(std::int64_t number, std::string_view noun) {
  return counted_text(number, noun, std::string(noun) + "s");
}

}  // namespace tidewaiter
