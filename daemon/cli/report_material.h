#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/cli/stores.h"
#include "daemon/report/bundle.h"
#include "daemon/report/draw_report.h"

namespace tidewaiter {

/// What the stores hold for a report about `about`, or, where it is null, about `period`, of a
/// kind; what was held against lists up to `now`, where the kind tells of that. Material points
/// into `book`, which was read when the ledger had `entries` or more. Damage of the record log
/// costs the report its usage over time and what sources have told of, and no more. Errors: those
/// of reading the ledger.
[[nodiscard]] Result<ReportMaterial> report_material(const Stores& stores, const CaseBook& book,
                                                     std::int64_t entries, const Case* about,
                                                     const std::optional<Interval>& period,
                                                     const ReportKind& kind, UtcTime now);

/// What the report's profile lets through of its findings, told apart from their entries, and what
/// of that its recipient is given.
[[nodiscard]] Result<std::vector<ReportedDisclosure>> report_disclosures(
    const Stores& stores, const Report& report, const ReportRequest& request);

}  // namespace tidewaiter
