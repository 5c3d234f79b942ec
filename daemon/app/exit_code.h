#pragma once

#include "policies/model/error.h"

namespace tidewaiter {

// What programs end with (docs/operations.md).
inline constexpr int kExitOk = 0;
inline constexpr int kExitUsage = 2;        ///< the command line
inline constexpr int kExitConfig = 3;       ///< configuration or policies have errors
inline constexpr int kExitRefused = 4;      ///< state in use, ledger behind its lock, damaged
inline constexpr int kExitUnavailable = 5;  ///< disk, permissions, network
inline constexpr int kExitDefect = 70;      ///< a defect of the program (EX_SOFTWARE)

[[nodiscard]] constexpr int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kRefused:
    case ErrorCode::kCorruption:
      return kExitRefused;
    case ErrorCode::kUnavailable:
      return kExitUnavailable;
    case ErrorCode::kInvalidInput:
    case ErrorCode::kNotFound:
    case ErrorCode::kUndefined:
    case ErrorCode::kUnsupported:
      return kExitConfig;
  }
  return kExitDefect;
}

}  // namespace tidewaiter
