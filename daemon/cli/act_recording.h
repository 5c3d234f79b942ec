#pragma once

#include "daemon/cli/stores.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Records what was handed in where no daemon uses the state. False if one does: it records it at
/// its next turn. Errors: those of the stores and of take_acts().
[[nodiscard]] Result<bool> record_handed_in(const Stores& stores, UtcTime now);

}  // namespace tidewaiter
