#pragma once

#include <string>
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

}  // namespace tidewaiter
