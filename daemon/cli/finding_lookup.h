#pragma once

#include <string>

#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// The one finding whose id begins with `id`. Errors: those of the ledger; kNotFound if there is
/// none or more than one.
[[nodiscard]] Result<FindingState> find_finding(const Ledger& ledger, const std::string& id);

}  // namespace tidewaiter
