#pragma once

#include "daemon/cli/command.h"
#include "daemon/report/usual_usage.h"

namespace tidewaiter {

/// The part of a case's page: for each figure a bar a day, a line that says how each day lies to
/// what is usual, one with the moments at which findings begin, and the median of peers by the same
/// scale. At most 72 days: those of the findings, and of those before them what there is room for.
void print_usual(Invocation& run, const UsualUsage& usual);

}  // namespace tidewaiter
