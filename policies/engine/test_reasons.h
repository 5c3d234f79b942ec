#pragma once

#include <string>
#include <vector>

#include "policies/engine/test_log.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// Why a test came to fewer findings than it expects: for the first subjects of its log that match
/// one of `patterns` and were not reported, what explain says of them: "account:gw/a: nearest
/// window …: organization is missing in 1 record, …". At most kMostReasons, then how many more
/// there are. Costs a run of the log for each. Pure.
[[nodiscard]] std::vector<std::string> reasons_for_too_few(
    const Policy& policy, const TestLog& log, const std::vector<std::string>& patterns);
inline constexpr std::size_t kMostReasons = 3;

}  // namespace tidewaiter
