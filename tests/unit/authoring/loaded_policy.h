#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/engine/test_log.h"
#include "policies/language/load.h"

namespace tidewaiter {

/// The one policy of a text, which must be without errors.
inline Policy loaded(const std::string& text) {
  const std::vector<PolicyText> texts = {{"policy.yaml", text}};
  LoadOutcome outcome = load_policies(texts, UtcTime{1'780'272'000'000'000});
  for (const Diagnostic& diagnostic : outcome.diagnostics) {
    EXPECT_NE(diagnostic.level, DiagnosticLevel::kError) << to_text(diagnostic);
  }
  EXPECT_EQ(outcome.set.policies.size(), 1U);
  return outcome.set.policies.empty() ? Policy{} : outcome.set.policies.front();
}

/// The head of a policy: what comes behind is its selections, measures and tests.
inline std::string policy_head(const std::string& version = "1") {
  return "policy: test.volume\nversion: " + version +
         "\ntitle: T\nstatus: active\nbasis: [{terms: x}]\nkind: access\nseverity: low\n"
         "false_positives: [a test]\nfor_each: account\n";
}

/// The logs of all tests of a policy with inline records.
inline std::vector<TestLog> logs_of(const Policy& policy) {
  std::vector<TestLog> logs;
  for (const PolicyTest& test : policy.tests) {
    Result<TestLog> log = make_test_log(policy, test, {});
    EXPECT_TRUE(log) << test.name;
    if (log) logs.push_back(*std::move(log));
  }
  return logs;
}

}  // namespace tidewaiter
