#pragma once

#include <optional>
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

/// That no record of the log is of a subject which `pattern` matches, and of which the first is;
/// nothing if one is. Pure.
[[nodiscard]] std::optional<std::string> why_nobody(const Policy& policy, const TestLog& log,
                                                    const std::string& pattern);

}  // namespace tidewaiter
