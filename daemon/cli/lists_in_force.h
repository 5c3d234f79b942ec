#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "daemon/cli/stores.h"
#include "daemon/report/list_age.h"
#include "daemon/report/report.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// How old the lists were into which the policies of `findings` look, when each finding was
/// recorded, by its id: of those that `listings` has, since their policies ask who is listed.
/// `entries` of the ledger count. Reads each set that was in force, where there is such a finding.
/// Errors: those of reading the ledger; of a set that cannot be read only the published lists are
/// told, which the entry itself has.
[[nodiscard]] Result<std::map<std::string, std::vector<ListAge>>> ages_of_lists(
    const Stores& stores, std::int64_t entries, std::span<const FindingState* const> findings,
    const std::map<std::string, ReportedListing>& listings);

}  // namespace tidewaiter
