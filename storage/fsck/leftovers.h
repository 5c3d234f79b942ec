#pragma once

#include "storage/fsck/state_check.h"
#include "storage/fsck/state_report.h"

namespace tidewaiter {

/// Looks at what lies in the folders of a state besides its parts: the marker of a creation that
/// has not ended, files that an end of a process left half-written, journals that the next start
/// rolls back. `report.ledger` is filled already.
void check_leftovers(const StateFiles& files, StateReport& report);

}  // namespace tidewaiter
