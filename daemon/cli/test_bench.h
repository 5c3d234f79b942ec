#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/terminal.h"
#include "policies/authoring/mutants.h"
#include "policies/authoring/test_coverage.h"

namespace tidewaiter {

/// What tests reach of each policy, and by name, with its place, what they do not.
[[nodiscard]] std::string coverage_text(const std::vector<TestCoverage>& coverage,
                                        const Terminal& terminal);
/// Shape: docs/commands.md#test-coverage.
[[nodiscard]] nlohmann::ordered_json coverage_json(const TestCoverage& coverage);

/// How many mutants the tests of each policy notice, and each that they do not, before and after.
[[nodiscard]] std::string mutation_text(const std::vector<MutationReport>& reports,
                                        const Terminal& terminal);
/// Shape: docs/commands.md#mutants.
[[nodiscard]] nlohmann::ordered_json mutation_json(const MutationReport& report);

/// A policy of which something was asked that could not be done, and why.
struct NotTried {
  std::string policy;
  std::string reason;
};
/// "demo.burst  mutants not tried: 1 test fails: …", a line each.
[[nodiscard]] std::string not_tried_text(std::string_view what, const std::vector<NotTried>& all,
                                         const Terminal& terminal);
/// Shape: `[policy reason]`.
[[nodiscard]] nlohmann::ordered_json not_tried_json(const std::vector<NotTried>& all);

}  // namespace tidewaiter
