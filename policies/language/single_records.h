#pragma once

#include "policies/language/policy.h"

namespace tidewaiter {

/// `records: sum(1)`, the one figure of a policy about single records: how many records there are,
/// each once. Not `count()`, for which a record says how many requests it stands for: of one that
/// says none a policy about single records has to tell as well.
[[nodiscard]] Measure count_of_records(const SourceSpan& span);

/// Whether a measure is sum(1), perhaps of a selection: records, whatever `requests` they have.
[[nodiscard]] bool counts_records(const Measure& measure);

}  // namespace tidewaiter
