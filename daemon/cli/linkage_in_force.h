#pragma once

#include "daemon/cli/linked_history.h"
#include "daemon/cli/stores.h"

namespace tidewaiter {

/// By which linkage stored records are linked: that of the policies in force, where one of them is
/// about clusters, else that of the configuration's policies. Stores have a record log. Errors:
/// kNotFound where neither has one; kInvalidInput, told already, where the latter has errors; those
/// of reading.
[[nodiscard]] Result<ChosenLinkage> linkage_in_force(Invocation& run, const Stores& stores);

}  // namespace tidewaiter
