#pragma once

#include <cstdint>
#include <optional>

#include "policies/model/record.h"

namespace tidewaiter {

/// Input and output tokens of a record, as far as it states them; nothing where it states neither.
[[nodiscard]] std::optional<std::int64_t> tokens_of(const Record& record);

/// Adds, and stays at the end of what fits: a figure that no source can mean is no reason to tell
/// none.
void add_within(std::int64_t& sum, std::int64_t part);

}  // namespace tidewaiter
