#pragma once

#include <filesystem>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "policies/model/diagnostic.h"

namespace tidewaiter {

/// Diagnostics as one run of SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format",
/// 2020-03-27): a rule for each code that occurs, with its text from docs/diagnostics.md; columns
/// in code points; fixes as replacements. Files below `root` have URIs relative to it.
[[nodiscard]] nlohmann::ordered_json lint_sarif(const std::vector<Diagnostic>& diagnostics,
                                                const std::filesystem::path& root);

}  // namespace tidewaiter
