#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "policies/authoring/settled_set.h"
#include "policies/model/diagnostic.h"

namespace tidewaiter {

/// A whole number that has to lie in [least, most].
struct CountRange {
  std::int64_t least = 0;
  std::int64_t most = std::numeric_limits<std::int64_t>::max();

  [[nodiscard]] bool holds(std::int64_t count) const { return least <= count && count <= most; }
};

/// What one policy has to come to over a history.
struct HistoryExpectation {
  std::string policy;
  CountRange findings;
  CountRange subjects;
  std::vector<std::string> hit;  ///< subjects, `*` as a wildcard: each matches one that was found
  std::vector<std::string> not_hit;  ///< none of these matches one that was found
  SourceSpan span;
};

struct ExpectationsOutcome {
  std::vector<HistoryExpectation> expectations;
  std::vector<Diagnostic> diagnostics;  ///< usable unless has_errors()
};

/// Reads a file of expectations, strict YAML as policies are:
///
///   expect:
///     - policy: demo.burst
///       findings: {at_least: 3, at_most: 20}    # or a number
///       subjects: 2
///       hit: ["account:gateway/7"]
///       not_hit: ["account:gateway/test-*"]
///
/// All faults at once. Pure: `path` is for messages.
[[nodiscard]] ExpectationsOutcome read_expectations(const std::string& path,
                                                    const std::string& text);

/// What became of one expectation.
struct ExpectationResult {
  std::string policy;
  SourceSpan span;
  std::vector<std::string> failures;  ///< a line each: expected, got; empty: as expected
};

/// `tried` are the ids of the policies that were tried; an expectation of another one fails.
[[nodiscard]] std::vector<ExpectationResult> check_expectations(
    std::span<const HistoryExpectation> expectations, std::span<const std::string> tried,
    std::span<const SettledFinding> findings);

/// A failure for each policy with findings that no expectation is about, in the order of `tried`.
/// `place` gives where a policy stands, by its id.
[[nodiscard]] std::vector<ExpectationResult> check_unexpected(
    std::span<const HistoryExpectation> expectations, std::span<const std::string> tried,
    std::span<const SettledFinding> findings,
    const std::function<SourceSpan(const std::string& policy)>& place);

}  // namespace tidewaiter
