#pragma once

#include <cstdint>

namespace tidewaiter {

/// Entries of a page that are asked for: the most that the server takes on; more is a 422.
inline constexpr std::int64_t kLiteLlmPageSize = 100;

}  // namespace tidewaiter
