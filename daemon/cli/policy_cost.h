#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policies/language/policy.h"
#include "policies/model/log.h"

namespace tidewaiter {

/// What one policy costs the engine when it runs alone. Policies together share predicates and
/// columns: their sum is more than a set costs.
struct PolicyCost {
  std::string policy;
  double ns_per_record = 0.0;    ///< processor time, a record of its kind; best of three
  std::int64_t state_bytes = 0;  ///< what evaluation and findings hold after the sample
};

/// Runs each policy over the sample, alone, three times, with the engine that judges. Bytes are the
/// rise of allocated_bytes() from before the evaluation is made to after its last entry.
[[nodiscard]] std::vector<PolicyCost> measure_costs(const PolicySet& policies,
                                                    std::span<const LogEntry> sample,
                                                    const std::string& log_id,
                                                    std::optional<UtcTime> dropped_before);

}  // namespace tidewaiter
