#pragma once

#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "policies/language/load.h"

namespace tidewaiter {

/// The first policy of a set without errors, as of a time.
inline Policy read_policy(const std::vector<PolicyText>& texts, std::string_view as_of) {
  LoadOutcome outcome = load_policies(texts, parse_time(as_of).value());
  EXPECT_FALSE(has_errors(outcome.diagnostics)) << to_text(outcome.diagnostics.front());
  return outcome.set.policies.empty() ? Policy{} : outcome.set.policies.front();
}

}  // namespace tidewaiter
