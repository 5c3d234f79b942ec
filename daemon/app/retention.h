#pragma once

#include <optional>

#include "daemon/pipeline/cycle.h"
#include "policies/language/policy.h"
#include "policies/model/error.h"
#include "policies/model/time.h"
#include "storage/ledger/ledger.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// Up to where retention may drop records at `now`, of which the last `keep` stay; nothing: not at
/// all. By the clock and by what the sources that are not idle have drained; what a finding has
/// ever stood on stays. Nothing goes while the log has entries that are not judged, nor once a
/// policy about clusters has been in force. Errors: those of the stores.
[[nodiscard]] Result<std::optional<UtcTime>> droppable_before(const RecordLog& records,
                                                              const Ledger& ledger,
                                                              const Cycle& cycle,
                                                              const PolicySet& policies,
                                                              Duration keep, UtcTime now);

}  // namespace tidewaiter
