#pragma once

#include "daemon/cli/command.h"

namespace tidewaiter {

/// `tidewaiter case bulk`: one act about each of many cases.
void add_case_bulk(CLI::App& verb, Selection& selection);

}  // namespace tidewaiter
