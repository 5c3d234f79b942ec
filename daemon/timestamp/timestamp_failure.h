#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Why no token could be had, for people who look beside the daemon. Kept as `failure.json` in the
/// folder of timestamps until the next success.
struct TimestampFailure {
  UtcTime since;              ///< of the first attempt that failed
  std::int64_t attempts = 0;  ///< that failed in a row
  std::string reason;         ///< of the last one
};

/// The last failure, if there was no success since; what cannot be read counts as none.
[[nodiscard]] std::optional<TimestampFailure> read_timestamp_failure(
    const std::filesystem::path& folder);

/// Puts it there, or takes it away with nothing. Errors: kUnavailable.
[[nodiscard]] Result<void> write_timestamp_failure(const std::filesystem::path& folder,
                                                   const std::optional<TimestampFailure>& failure);

}  // namespace tidewaiter
