#pragma once

#include <string>
#include <vector>

#include "policies/engine/evaluation.h"
#include "policies/engine/test_log.h"
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
  /// The subjects, as written, of expectations that got fewer findings than they expect.
  std::vector<std::string> too_few = {};
  /// Why those findings did not come, a line for each of the first subjects (test_reasons.h).
  std::vector<std::string> reasons = {};
};

/// Runs the tests of one policy, drafts included, each on an evaluation of its own. One that
/// expects silence about a subject of which no record is fails, whatever the policy does.
[[nodiscard]] std::vector<PolicyTestResult> run_policy_tests(
    const Policy& policy, const FixtureReader& fixtures, EngineKind engine = EngineKind::kColumnar);

/// Runs one test whose log is at hand: one that several versions of a policy are to be run over.
/// It gives no reasons, which cost more than the test, and takes silence about nobody for silence.
[[nodiscard]] PolicyTestResult run_policy_test(const Policy& policy, const PolicyTest& test,
                                               const TestLog& log,
                                               EngineKind engine = EngineKind::kColumnar);

}  // namespace tidewaiter
