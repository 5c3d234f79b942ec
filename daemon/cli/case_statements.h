#pragma once

#include "daemon/cli/command.h"

namespace tidewaiter {

/// `tidewaiter case attribute`, and `case attribution` with what comes of one: who is behind a
/// case, as people state it.
void add_case_attribution(CLI::App& verb, Selection& selection);

/// `tidewaiter case conclude` and `case release`: counsel's legal conclusion.
void add_case_conclusion(CLI::App& verb, Selection& selection);

}  // namespace tidewaiter
