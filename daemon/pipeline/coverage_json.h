#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "policies/engine/evaluation.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// What the ledger keeps for `status`: {"entry": seq, "policies": [{"policy": …, "records_read":
/// …, …}], "footprint": {"shared_bytes": …, "policies": [{"policy": …, "bytes": …, "time_ns":
/// …}]}}, with the member names of PolicyCoverage.
struct CoverageReport {
  std::int64_t entry = 0;  ///< the log entry up to which it holds
  std::vector<PolicyCoverage> policies;
  EvaluationFootprint footprint;  ///< when it was last looked at; empty before that
};

/// As it stands there.
[[nodiscard]] nlohmann::ordered_json footprint_json(const EvaluationFootprint& footprint);
[[nodiscard]] std::string coverage_to_json(const CoverageReport& report);
/// Errors: kCorruption. An empty text is an empty report.
[[nodiscard]] Result<CoverageReport> coverage_from_json(std::string_view text);

}  // namespace tidewaiter
