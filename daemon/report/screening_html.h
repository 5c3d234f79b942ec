#pragma once

#include <string>
#include <vector>

#include "daemon/report/html_writer.h"
#include "daemon/report/report.h"

namespace tidewaiter {

/// The part of the page that says what was held against which lists; nothing where the report does
/// not tell of it.
void write_screening(HtmlWriter& page, const Report& report);

/// The same in lines: for a note of the STIX rendering.
[[nodiscard]] std::vector<std::string> screening_lines(const ReportedScreening& screening);

/// How many findings of the report have each standing: "potential violation: 3".
[[nodiscard]] std::vector<std::string> standing_counts(const Report& report);

}  // namespace tidewaiter
