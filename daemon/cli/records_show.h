#pragma once

#include "daemon/cli/command.h"

namespace tidewaiter {

/// Adds `records show` below `records`; as the functions of verbs.h.
void add_records_show(CLI::App& records, Selection& selection);

}  // namespace tidewaiter
