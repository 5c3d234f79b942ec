#pragma once

#include <string>
#include <vector>

#include "policies/language/policy.h"
#include "policies/model/diagnostic.h"

namespace tidewaiter {

/// Diagnostics as the JUnit XML that CI systems read: a suite for each file, in it a case for each
/// diagnostic. Errors are failures, and so are warnings if `strict`; other warnings pass, their
/// text as the case's output. A file without diagnostics has one case that passes.
[[nodiscard]] std::string lint_junit(const std::vector<PolicyText>& texts,
                                     const std::vector<Diagnostic>& diagnostics, bool strict);

}  // namespace tidewaiter
