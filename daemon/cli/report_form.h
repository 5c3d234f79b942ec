#pragma once

#include <optional>

#include "daemon/app/config.h"
#include "daemon/cli/report_drawing.h"
#include "daemon/report/draw_report.h"

namespace tidewaiter {

/// Puts in what follows from whom the report goes to: the recipient that --for names, else that of
/// the report which this one follows, else whose id or name the statement is, its words where
/// nothing else is said, profile and marking. The status to end with where there is no such
/// recipient, the file is wrong, or the recipient or the kind is not given as much.
[[nodiscard]] std::optional<int> settle_form(Invocation& run, const Config& config,
                                             const ReportToDraw& options, ReportRequest& request);

}  // namespace tidewaiter
