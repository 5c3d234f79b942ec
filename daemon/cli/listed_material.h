#pragma once

#include <map>
#include <span>
#include <string>

#include "daemon/cli/stores.h"
#include "daemon/report/report.h"
#include "policies/model/finding.h"

namespace tidewaiter {

/// Whom each of `findings` hits among those who are listed, by the finding's id, with names as they
/// are: hits that count or cannot be told, and that no clearance had taken away. Nothing of a
/// finding whose policy does not ask. Each policy is read once, and let go before the next one.
/// Errors: those of reading the ledger; where the record log cannot be read the listing says so.
[[nodiscard]] Result<std::map<std::string, ReportedListing>> listed_material(
    const Stores& stores, std::span<const FindingState* const> findings);

}  // namespace tidewaiter
