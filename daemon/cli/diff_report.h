#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/diff_run.h"
#include "daemon/cli/terminal.h"

namespace tidewaiter {

/// For a terminal: what changed in meaning, the subjects gained, lost and changed, each with its
/// reason (at most `most` of them), and the findings a day of both versions.
[[nodiscard]] std::string diff_text(const DiffReport& report, std::size_t most,
                                    const Terminal& terminal);

/// Shape: docs/commands.md#diff.
[[nodiscard]] nlohmann::ordered_json diff_json(const DiffReport& report);

}  // namespace tidewaiter
