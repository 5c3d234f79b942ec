#pragma once

#include <string>

#include "daemon/cli/command_outline.h"

namespace tidewaiter {

/// A completion script for bash (>= 4) or zsh: commands, options, fixed values, and files where a
/// value is a FILE, DIR or PATH. Options of the program itself may follow any command.
[[nodiscard]] std::string bash_completion(const CommandOutline& program);
[[nodiscard]] std::string zsh_completion(const CommandOutline& program);

}  // namespace tidewaiter
