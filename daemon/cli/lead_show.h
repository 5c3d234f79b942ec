#pragma once

#include "daemon/cli/command.h"

namespace tidewaiter {

/// Adds `show` to `lead`: the page of a case, of leads alone.
void add_lead_show(CLI::App& lead, Selection& selection);

}  // namespace tidewaiter
