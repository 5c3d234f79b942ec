#pragma once

#include <span>
#include <string>
#include <vector>

#include "policies/language/policy.h"

namespace tidewaiter {

/// "quantile(0.5, output_tokens) where large": the measure as canonical text, selections put in.
/// `earlier` gives the names of the measures that a formula may use.
[[nodiscard]] std::string measure_text(const Measure& measure, const ExprScope& earlier);

/// "after 24h if `tokens` has grown 2 times".
[[nodiscard]] std::string repeat_text(const Repeat& repeat, std::span<const Measure> measures);

/// "24h every 1h, waits 6h for late records".
[[nodiscard]] std::string window_text(const Window& window);

/// One part of a policy's meaning as canonical text: equal texts mean the same.
struct PolicyPart {
  std::string name;  ///< "condition", "measure n", "exempt[0]"
  std::string text;
};

/// What a policy means, part by part: all that its hash depends on.
[[nodiscard]] std::vector<PolicyPart> policy_parts(const Policy& policy);

}  // namespace tidewaiter
