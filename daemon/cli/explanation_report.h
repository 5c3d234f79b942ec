#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/terminal.h"
#include "policies/engine/explain.h"

namespace tidewaiter {

/// For a terminal: the answer, the window to look at with each clause of `report_when`, the figures
/// of the windows around it as bars against the threshold, the record that came nearest to counting
/// part by part (`with_records`: several), and what became of the records.
[[nodiscard]] std::string explanation_text(const Policy& policy, const Explanation& explanation,
                                           bool with_records, const Terminal& terminal);

/// Shape: docs/commands.md#explanation. `with_records`: each window has its records, and
/// several of the nearest ones that do not count are told.
[[nodiscard]] nlohmann::ordered_json explanation_json(const Policy& policy,
                                                      const Explanation& explanation,
                                                      bool with_records);

}  // namespace tidewaiter
