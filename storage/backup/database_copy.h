#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "policies/model/error.h"

namespace tidewaiter {

/// Copies a database as it is in one moment into a file that must not be there, while another
/// process may write it; mode 0600, synced with its folder on return. What was deleted is not in
/// the copy, as it may be in unused room of the original: it is written row by row (`VACUUM INTO`),
/// and so has no WAL, whatever the original has. `what` names the database in errors. Errors:
/// kNotFound, kRefused if `to` is there, kUnavailable, kCorruption.
[[nodiscard]] Result<void> copy_database(const std::filesystem::path& from,
                                         const std::filesystem::path& to, std::string_view what);

/// SHA-256 of the bytes of file `name` below `folder`, as one line of what `sha256sum -c` (GNU
/// coreutils) reads in `folder`. Errors: kUnavailable.
[[nodiscard]] Result<std::string> sum_line(const std::filesystem::path& folder,
                                           const std::string& name);

}  // namespace tidewaiter
