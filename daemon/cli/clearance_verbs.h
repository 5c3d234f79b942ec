#pragma once

#include "daemon/cli/command.h"

namespace tidewaiter {

/// `tidewaiter clearance`: add, approve, lift, list, show.
void add_clearance(CLI::App& app, Selection& selection);

}  // namespace tidewaiter
