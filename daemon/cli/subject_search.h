#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/pipeline/history.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// The subject of a record of the policy's kind that `word` may have been meant for: one that ends
/// in it behind `:` or `/`, or has a source in front of the id besides, else one that is spelt
/// nearly so. Reads the whole history, and keeps the names of its first 100,000 subjects. Nothing
/// if none is near, or if reading fails.
[[nodiscard]] std::optional<std::string> subject_meant(const Policy& policy, std::string_view word,
                                                       const History& history,
                                                       const HistoryWatch& watch);

}  // namespace tidewaiter
