#pragma once

#include <string>
#include <string_view>

#include "daemon/report/report.h"

namespace tidewaiter {

// A run of windows has the figures of its first one that holds, as its entries of the ledger do; a
// later one may have greater. Each rendering says so beside them.

/// "requests = 4", "accounts about 29", "model = (withheld)".
[[nodiscard]] std::string figure_text(const ReportedFigure& figure);

/// " in the first of 296 windows", to stand behind the figures; empty where one window is all.
[[nodiscard]] std::string of_which_windows(const ReportedFinding& finding);

/// The same as a value: "first-window", or "run" where one window is all.
[[nodiscard]] std::string_view figures_of(const ReportedFinding& finding);

}  // namespace tidewaiter
