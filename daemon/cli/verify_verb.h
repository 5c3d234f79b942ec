#pragma once

#include "daemon/cli/command.h"

namespace tidewaiter {

/// `tidewaiter verify`: the program tidewaiter-verify, with its command line and exit status.
void add_verify(CLI::App& app, Selection& selection);

}  // namespace tidewaiter
