#pragma once

#include <vector>

#include "daemon/sources/source_config.h"
#include "policies/lint/lint.h"

namespace tidewaiter {

/// What each source gives, as far as its configuration says: the fields of a mapping, or those that
/// `supplies` names; the width of its buckets, where the mapping has a constant `duration`.
[[nodiscard]] std::vector<SourceSupply> source_supplies(const std::vector<SourceConfig>& sources);

}  // namespace tidewaiter
