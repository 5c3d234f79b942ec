#pragma once

#include <string>

#include "daemon/cli/command.h"
#include "daemon/cli/stores.h"

namespace tidewaiter {

/// The role of whoever reads, by the handle that they say or the Unix user's name; empty where
/// nobody of it is enrolled, or their key is retired. Nothing is proven: for what a page suggests,
/// and for nothing else. Errors: those of people().
[[nodiscard]] Result<std::string> suggested_role(const Invocation& run, const Stores& stores);

}  // namespace tidewaiter
