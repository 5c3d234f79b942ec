#pragma once

#include "daemon/cli/verbs.h"

namespace tidewaiter {

void add_request_check(CLI::App& request, Selection& selection);

}  // namespace tidewaiter
