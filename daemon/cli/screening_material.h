#pragma once

#include <cstdint>

#include "daemon/cli/stores.h"
#include "daemon/report/reported_screening.h"

namespace tidewaiter {

struct ReportMaterial;

/// What was held against which lists in a period, as ledger, record log and the folders of
/// published lists have it; `entries` of the ledger count, and nothing after `now`. The record log
/// is read once, and each set and issue that was in force. What cannot be read is absent, or said
/// to be unknown. Errors: those of reading the ledger.
[[nodiscard]] Result<ReportedScreening> screening_material(const Stores& stores,
                                                           std::int64_t entries,
                                                           const Interval& period, UtcTime now);

/// Puts in what its policies could not tell, by coverage and gaps of the material.
void add_untold(const ReportMaterial& material, ReportedScreening& screening);

}  // namespace tidewaiter
