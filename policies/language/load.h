#pragma once

#include <span>
#include <vector>

#include "policies/language/policy.h"
#include "policies/model/diagnostic.h"

namespace tidewaiter {

/// What loading gives: all errors at once, in file order. The set holds the policies that have no
/// error; callers that act on policies refuse the whole set if has_errors(diagnostics).
struct LoadOutcome {
  PolicySet set;
  std::vector<Diagnostic> diagnostics;
};

/// Reads policy files (YAML 1.2 streams) into one set. Pure: the texts are given, nothing is
/// opened. `as_of` is the time at which an exemption counts as expired (a warning).
/// Limits: a file of 1 MiB, depth 32, no aliases.
[[nodiscard]] LoadOutcome load_policies(std::span<const PolicyText> texts, UtcTime as_of);

}  // namespace tidewaiter
