#pragma once

#include "daemon/report/html_writer.h"
#include "daemon/report/report.h"

namespace tidewaiter {

/// The parts of the page about who is behind the case, which say that nobody has stated it where
/// that is so, and about counsel's conclusion. Nothing where the kind tells of neither.
void write_statements(HtmlWriter& page, const Report& report);

}  // namespace tidewaiter
