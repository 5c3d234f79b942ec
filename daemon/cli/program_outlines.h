#pragma once

#include "daemon/cli/command_outline.h"

namespace tidewaiter {

// The command lines of the other two programs, from the description that they parse with.

[[nodiscard]] CommandOutline daemon_outline();    ///< tidewaiterd
[[nodiscard]] CommandOutline verifier_outline();  ///< tidewaiter-verify

}  // namespace tidewaiter
