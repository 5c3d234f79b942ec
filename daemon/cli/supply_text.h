#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/app/config.h"
#include "daemon/cli/terminal.h"
#include "policies/language/policy.h"
#include "policies/lint/supply.h"

namespace tidewaiter {

/// A policy that asks for what no configured source gives.
struct UnsuppliedPolicy {
  std::string policy;
  RecordKind reads = RecordKind::kUsage;
  SupplyGap gap;
};

/// Of the active policies of a set, in its order.
[[nodiscard]] std::vector<UnsuppliedPolicy> unsupplied_policies(const PolicySet& set,
                                                                const Config& config);

/// One sentence for each; empty if there is none.
[[nodiscard]] std::string unsupplied_text(const std::vector<UnsuppliedPolicy>& unsupplied,
                                          const Terminal& terminal);

/// Shape: docs/commands.md#coverage.
[[nodiscard]] nlohmann::ordered_json unsupplied_json(
    const std::vector<UnsuppliedPolicy>& unsupplied);

}  // namespace tidewaiter
