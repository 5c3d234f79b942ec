#pragma once

#include <filesystem>
#include <string>

#include "policies/model/error.h"

namespace tidewaiter {

/// Writes what a command was asked to leave in a file: over what is there, and to /dev/stdout as
/// well. Not durable when it returns. Errors: kUnavailable.
[[nodiscard]] Result<void> write_text(const std::filesystem::path& path, const std::string& text);

}  // namespace tidewaiter
