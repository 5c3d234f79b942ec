#pragma once

#include <filesystem>
#include <vector>

#include "daemon/app/config.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// The policy files that a file is read together with while it is edited: those of the nearest
/// `tidewaiter.yaml` in its folder or above, if the file is one of them, under its own path; else
/// the YAML files in its folder, not those in the folders of that one. Whatever cannot be read now
/// is left out: that is no fault of the file that is edited.
[[nodiscard]] std::vector<PolicyText> policies_around(const std::filesystem::path& path,
                                                      const Environment& environment);

}  // namespace tidewaiter
