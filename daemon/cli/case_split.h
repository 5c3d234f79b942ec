#pragma once

#include "daemon/cli/command.h"

namespace tidewaiter {

/// `tidewaiter case split`: some findings of a case go on in a new one.
void add_case_split(CLI::App& verb, Selection& selection);

}  // namespace tidewaiter
