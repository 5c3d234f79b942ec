#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "policies/model/error.h"
#include "policies/model/log.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Appends to a record log those rulings on links that it does not have, in their order, each as a
/// control entry of its own; says how many. One that the log has as lifted is left: it would hold
/// for ever. Nobody else may write the log; killed in between it is called again.
/// Errors: kNotFound without a log; kCorruption; kUnavailable.
[[nodiscard]] Result<std::int64_t> tell_rulings(const std::filesystem::path& path,
                                                std::span<const LinkRuled> rulings, UtcTime now);

}  // namespace tidewaiter
