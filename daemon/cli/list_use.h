#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "policies/language/policy.h"
#include "policies/language/set_documents.h"
#include "policies/screening/issue_standing.h"

namespace tidewaiter {

/// The ids of the active policies that look into each published list, by the list's name in the
/// configuration.
[[nodiscard]] std::map<std::string, std::set<std::string>> policies_by_published_list(
    const PolicySet& set, const SetDocuments& documents);

/// The issues of published lists that a policy looks into, by the lists' names.
[[nodiscard]] std::vector<IssueStanding> issues_looked_into(const Policy& policy);

}  // namespace tidewaiter
