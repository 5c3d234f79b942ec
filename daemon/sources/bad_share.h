#pragma once

#include <algorithm>
#include <cstdint>

#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// How many of so many rows may be bad by `max_bad`: one always, unless none may.
[[nodiscard]] inline std::int64_t most_bad(const SourceConfig& config, std::int64_t rows) {
  const auto share = static_cast<std::int64_t>(config.max_bad_share * static_cast<double>(rows));
  return config.max_bad_share > 0 ? std::max<std::int64_t>(share, 1) : share;
}

}  // namespace tidewaiter
