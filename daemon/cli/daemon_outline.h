#pragma once

#include "daemon/cli/command_outline.h"

namespace tidewaiter {

/// What tidewaiterd(8) says of the daemon's command line. A test holds it against the daemon's own
/// --help, option by option.
[[nodiscard]] CommandOutline daemon_outline();

}  // namespace tidewaiter
