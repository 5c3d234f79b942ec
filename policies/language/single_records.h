#pragma once

#include "policies/language/policy.h"

namespace tidewaiter {

/// `records: sum(1)`, the one figure of a policy about single records: how many records there are,
/// each once. Not `count()`, for which a record says how many requests it stands for: of one that
/// says none a policy about single records has to tell as well.
[[nodiscard]] Measure count_of_records(const SourceSpan& span);

/// Whether a measure is sum(1), perhaps of a selection: records, whatever `requests` they have.
[[nodiscard]] bool counts_records(const Measure& measure);

/// Whether the language has added the measure itself, as it does to a policy about single records.
[[nodiscard]] bool is_filled_in(const Measure& measure, const Policy& policy);

/// Whether `report_when` is what the language fills in where a policy writes none: that its one
/// figure is at least 1. It stands nowhere in the file, and the writer has chosen nothing in it.
[[nodiscard]] bool reports_any(const Policy& policy);

}  // namespace tidewaiter
