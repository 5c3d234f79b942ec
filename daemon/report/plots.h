#pragma once

#include <string>

#include "daemon/report/report.h"

namespace tidewaiter {

// Plots as SVG elements for a page: no script, no link, no font from outside; a title and a
// description for who does not see them. Pure.

/// Bars over time, and a line with a triangle at each mark. `id` tells the plots of a page apart:
/// letters and digits.
[[nodiscard]] std::string series_plot(const ReportedSeries& series, const std::string& id);

/// One bar a policy, by its findings, the most first. Empty without findings.
[[nodiscard]] std::string policies_plot(const Report& report, const std::string& id);

}  // namespace tidewaiter
