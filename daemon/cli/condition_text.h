#pragma once

#include <string>

#include "policies/language/policy.h"
#include "policies/model/finding.h"

namespace tidewaiter {

/// The policy's `report_when` as a sentence: "peak > 5 × median and peak ≥ 1,000".
[[nodiscard]] std::string condition_text(const Policy& policy);

/// The same with each measure's figure beside its name: "peak 1,204 > 5 × median 96". Measures
/// that `figures` does not name stay bare.
[[nodiscard]] std::string condition_text(const Policy& policy, const std::vector<Figure>& figures);

}  // namespace tidewaiter
