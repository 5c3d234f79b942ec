#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policies/engine/evaluation.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// What the ledger keeps for `status`: {"entry": seq, "policies": [{"policy": …, "records_read":
/// …, …}]}, with the member names of PolicyCoverage.
struct CoverageReport {
  std::int64_t entry = 0;  ///< the log entry up to which it holds
  std::vector<PolicyCoverage> policies;
};

[[nodiscard]] std::string coverage_to_json(const CoverageReport& report);
/// Errors: kCorruption. An empty text is an empty report.
[[nodiscard]] Result<CoverageReport> coverage_from_json(std::string_view text);

}  // namespace tidewaiter
