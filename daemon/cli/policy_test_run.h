#pragma once

#include <filesystem>
#include <vector>

#include "policies/engine/policy_test.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// Reads fixtures from beside the policy's file, whose path starts from `base` unless it is
/// absolute. Errors: kNotFound.
[[nodiscard]] FixtureReader fixtures_beside(const std::filesystem::path& base);

/// Runs all tests of all policies, drafts included, in the order of the set.
[[nodiscard]] std::vector<PolicyTestResult> run_tests_of(const PolicySet& set,
                                                         const std::filesystem::path& base,
                                                         EngineKind engine);

}  // namespace tidewaiter
