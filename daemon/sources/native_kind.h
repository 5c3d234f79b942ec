#pragma once

#include <optional>

#include "daemon/sources/source_config.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// Which kind of record the native lines of a source's files are, by the first line that is a
/// record; nothing where there is none among the first thousand. `config.record` does not matter.
/// Errors: as list_files(), and those of reading.
[[nodiscard]] Result<std::optional<RecordKind>> native_kind(const SourceConfig& config);

}  // namespace tidewaiter
