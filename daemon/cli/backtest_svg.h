#pragma once

#include <string>

#include "daemon/cli/backtest_report.h"

namespace tidewaiter {

/// Hits a day as one picture, a row of bars a policy: SVG 1.1 that stands alone. It has a title and
/// a description for readers who do not see it, each bar says its day and count, and it is dark
/// where the reader's system is (prefers-color-scheme).
[[nodiscard]] std::string backtest_svg(const BacktestReport& report);

}  // namespace tidewaiter
