#pragma once

#include <map>
#include <vector>

#include "policies/linkage/linkage.h"
#include "policies/model/log.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// Accounts, each with the name of its cluster.
using ClustersByAccount = std::map<LinkedAccount, LinkedAccount>;

/// Who belongs together by docs/evaluation.md (Clusters), worked out from all records and rulings
/// at once: for each two accounts and each period, by trying. `everybody` has all accounts that
/// records and rulings name. REQUIRES: times of the ten days from the epoch on.
[[nodiscard]] ClustersByAccount clusters_by_definition(const Linkage& linkage,
                                                       const std::vector<Record>& records,
                                                       const std::vector<LinkRuled>& said,
                                                       const std::vector<LinkedAccount>& everybody);

}  // namespace tidewaiter
