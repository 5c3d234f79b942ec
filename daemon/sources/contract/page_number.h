#pragma once

#include <cstdint>
#include <string_view>

namespace tidewaiter {

/// The page that a token names: its number, counted from 1, which is that of the empty token and of
/// whatever is none.
[[nodiscard]] std::int64_t page_number(std::string_view token);

}  // namespace tidewaiter
