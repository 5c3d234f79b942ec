#pragma once

#include <string>

#include "daemon/report/report.h"

namespace tidewaiter {

/// The report as one page that needs nothing else: style and plots within, no script, no address
/// from outside. Readable without its style, by keyboard and by a screen reader, and in print.
/// Every text from outside is escaped, with a direction of its own. Pure.
[[nodiscard]] std::string report_html(const Report& report);

/// The page that says how to check a bundle without Tidewaiter's makers: what each file is, which
/// command, what its answer means, what it does not prove. Pure.
[[nodiscard]] std::string how_to_check_html(const Report& report);

}  // namespace tidewaiter
