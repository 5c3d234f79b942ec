#pragma once

#include <cstdint>
#include <string_view>

namespace tidewaiter {

/// Entries of a page that are asked for: the most that the server takes on; more is a 422.
inline constexpr std::int64_t kLiteLlmPageSize = 100;

/// The page that a token names: its number, counted from 1, which is that of the empty token and of
/// whatever is none.
[[nodiscard]] std::int64_t page_number(std::string_view token);

}  // namespace tidewaiter
