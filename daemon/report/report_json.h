#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/report/report.h"
#include "policies/model/error.h"
#include "storage/review/report_changes.h"

namespace tidewaiter {

inline constexpr std::string_view kReportFormat = "tidewaiter.report/v1";

/// The report for programs: docs/schema/report.schema.json. Bytes that are not UTF-8 stand as
/// U+FFFD. Pure.
[[nodiscard]] std::string report_json(const Report& report);

/// What a report says, as far as one that follows it needs it.
struct DrawnReport {
  UtcTime drawn;
  std::map<std::string, std::string> statements;  ///< by element
  std::string recipient;                          ///< id of the one it was drawn for; may be empty
  std::vector<CitedFinding> findings;
};

/// Reads that from what report_json() wrote. Errors: kCorruption.
[[nodiscard]] Result<DrawnReport> drawn_report_of_json(std::string_view text);

/// The clock by which a report is due, as it was drawn.
struct DrawnDeadline {
  std::string rule;  ///< a name of clock_rules()
  UtcTime from;
  UtcTime due;
};

/// What report_json() wrote of that; nothing where it has none. Errors: kCorruption.
[[nodiscard]] Result<std::optional<DrawnDeadline>> deadline_of_json(std::string_view text);

/// What report_json() wrote of the elements. Errors: kCorruption.
[[nodiscard]] Result<std::vector<CheckedElement>> elements_of_json(std::string_view text);

}  // namespace tidewaiter
