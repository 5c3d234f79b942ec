#pragma once

#include <map>
#include <string>
#include <string_view>

namespace tidewaiter {

/// The files of a report by their paths in the bundle, all below `data/`: what is approved and
/// issued, byte for byte.
using ReportFiles = std::map<std::string, std::string>;

inline constexpr std::string_view kReportPageFile = "data/report.html";
/// The same page, printed: beside it where it could be.
inline constexpr std::string_view kPrintedReportFile = "data/report.pdf";

}  // namespace tidewaiter
