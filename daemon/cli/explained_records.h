#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/terminal.h"
#include "policies/engine/explain.h"

namespace tidewaiter {

/// For a terminal: every record of the windows that hold, or of the one to look at if none does;
/// first those that count, then those of which that cannot be told.
[[nodiscard]] std::string explained_records_text(const Policy& policy,
                                                 const Explanation& explanation,
                                                 const Terminal& terminal);

/// How many different records that lists, and how many the windows' documents do.
[[nodiscard]] std::int64_t count_listed(const Explanation& explanation);
[[nodiscard]] std::int64_t count_in_windows(const Explanation& explanation);

/// The records of one window. Shape: docs/commands.md#explanation.
[[nodiscard]] nlohmann::ordered_json explained_records_json(const ExplainedWindow& window);

}  // namespace tidewaiter
