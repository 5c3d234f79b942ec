#pragma once

#include <cstdint>
#include <string>

namespace tidewaiter {

/// "512 B", "1.5 MiB": to a tenth of the greatest unit, up to GiB, of which there is one at least.
[[nodiscard]] std::string bytes_text(std::int64_t bytes);

}  // namespace tidewaiter
