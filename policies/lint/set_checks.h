#pragma once

#include <functional>

#include "policies/language/policy.h"
#include "policies/lint/checks.h"

namespace tidewaiter {

/// Gives the written side of a policy of the set, and where to report on it.
using WithPolicy = std::function<void(
    const Policy& policy, const std::function<void(const LintedPolicy&, DocumentReader&)>& report)>;

/// Policies of one set beside each other: equal meanings (TW1271), equal titles (TW1272), and what
/// those that read findings have of the others (TW1265, TW1266).
void check_set(const PolicySet& set, const WithPolicy& with);

/// A set against its former version: a changed meaning needs a higher version (TW1106), and no
/// version goes down (TW1107). Policies are matched by id.
void check_versions(const PolicySet& set, const PolicySet& base, const WithPolicy& with);

}  // namespace tidewaiter
