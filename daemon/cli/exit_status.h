#pragma once

#include "daemon/app/exit_code.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// What the programs exit with. docs/commands.md tells them to people; the numbers are the
/// daemon's.
enum class ExitStatus : int {
  kOk = kExitOk,
  kCheckFailed = 1,              ///< the check was made and its answer is no: lint, tests, sources
  kUsage = kExitUsage,           ///< the command line, or something it names that is not there
  kConfiguration = kExitConfig,  ///< the configuration, the policies, or what they name
  kRefused = kExitRefused,       ///< a rule of the house, or stored data that contradicts itself
  kUnavailable = kExitUnavailable,  ///< the outside, for now: disk, network, an interruption
  kBug = kExitDefect,
};

[[nodiscard]] constexpr ExitStatus exit_status(ErrorCode code) {
  // A command line may name what is not there; a daemon's configuration is then at fault.
  if (code == ErrorCode::kNotFound) return ExitStatus::kUsage;
  return static_cast<ExitStatus>(exit_code(code));
}

}  // namespace tidewaiter
