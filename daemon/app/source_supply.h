#pragma once

#include <vector>

#include "daemon/app/config.h"
#include "policies/lint/lint.h"

namespace tidewaiter {

/// What each source gives, as far as the configuration says: the fields of a mapping, or those that
/// `supplies` names; the width of its buckets, where the mapping has a constant `duration`; and of
/// sources that give `client.address` what is looked up of it.
[[nodiscard]] std::vector<SourceSupply> source_supplies(const Config& config);

}  // namespace tidewaiter
