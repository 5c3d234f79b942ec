#pragma once

#include <vector>

#include "daemon/notify/event_log.h"
#include "policies/model/diagnostic.h"

namespace tidewaiter {

/// Writes each diagnostic as the event `diagnostic`, at its own level. A null `log` takes none.
void log_diagnostics(EventLog* log, const std::vector<Diagnostic>& diagnostics);

}  // namespace tidewaiter
