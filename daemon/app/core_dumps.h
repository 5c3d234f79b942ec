#pragma once

#include "policies/model/error.h"

namespace tidewaiter {

/// Keeps the memory of this process, keys included, out of core files: none is written, and
/// no process of the same user may attach to it or read its memory (prctl(2), PR_SET_DUMPABLE;
/// setrlimit(2), RLIMIT_CORE). To be called before any secret is read. Under the address sanitizer,
/// whose search for leaks attaches to the process at its end, only the limit is set.
/// Errors: kUnavailable.
[[nodiscard]] Result<void> forbid_core_dumps();

}  // namespace tidewaiter
