#pragma once

#include <string>
#include <vector>

#include "daemon/sources/file_cursor.h"
#include "daemon/sources/source_config.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// What `source check` tells of a `file` source: the files that are gone since `state` was written,
/// or were before, how many there are and, of the first five, compression, size, and how many of
/// the first hundred lines are records. Reads, keeps nothing.
/// Errors: what would stop the source: no right to read, damage, a header without a column.
[[nodiscard]] Result<std::vector<std::string>> check_files(const SourceConfig& config,
                                                           const FileCursor& state, UtcTime now);

}  // namespace tidewaiter
