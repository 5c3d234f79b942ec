#pragma once

#include "daemon/cli/command.h"

namespace tidewaiter {

/// Adds `records views` below `records`; as the functions of verbs.h.
void add_records_views(CLI::App& records, Selection& selection);

}  // namespace tidewaiter
