#pragma once

#include <vector>

#include "daemon/app/publications.h"
#include "daemon/cli/command.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// The texts that new ones must not contradict under the version of an old one: the last
/// publication's. None if there is none, or where this version of the program does not take them,
/// which is told on standard error.
[[nodiscard]] std::vector<PolicyText> published_texts(Invocation& run,
                                                      const std::vector<SignedBundle>& published);

}  // namespace tidewaiter
