#pragma once

#include <span>
#include <vector>

#include "daemon/cli/text_table.h"
#include "policies/model/log.h"

namespace tidewaiter {

/// Records as rows: sequence number, time, requests, and `fields`, or every field that any of
/// them has if `fields` is empty.
[[nodiscard]] TextTable record_table(std::span<const LogEntry> entries,
                                     const std::vector<FieldId>& fields);

}  // namespace tidewaiter
