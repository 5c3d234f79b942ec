#pragma once

#include <string>
#include <vector>

#include "daemon/report/report.h"
#include "policies/model/error.h"

namespace tidewaiter {

inline constexpr std::string_view kReportFormat = "tidewaiter.report/v1";

/// The report for programs: docs/schema/report.schema.json. Bytes that are not UTF-8 stand as
/// U+FFFD. Pure.
[[nodiscard]] std::string report_json(const Report& report);

/// What report_json() wrote of the elements. Errors: kCorruption.
[[nodiscard]] Result<std::vector<CheckedElement>> elements_of_json(std::string_view text);

}  // namespace tidewaiter
