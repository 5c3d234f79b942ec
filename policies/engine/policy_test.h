#pragma once

#include <functional>
#include <string>
#include <vector>

#include "policies/engine/evaluation.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// What became of one test of a policy.
struct PolicyTestResult {
  std::string policy;
  std::string test;
  SourceSpan span;
  bool passed = false;
  /// One line for each expectation that failed, or why the test could not run: expected, got.
  std::vector<std::string> failures;
};

/// Gives the text of a fixture named by a policy file, or why it cannot be had.
using FixtureReader =
    std::function<Result<std::string>(const std::string& policy_file, const std::string& fixture)>;

/// Runs the tests of one policy, drafts included, each on an evaluation of its own.
[[nodiscard]] std::vector<PolicyTestResult> run_policy_tests(
    const Policy& policy, const FixtureReader& fixtures, EngineKind engine = EngineKind::kColumnar);

}  // namespace tidewaiter
