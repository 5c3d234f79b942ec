#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "policies/language/policy.h"
#include "policies/language/set_documents.h"
#include "policies/screening/issue_standing.h"
#include "policies/screening/screened_list.h"

namespace tidewaiter {

/// The ids of the active policies that look into each published list, by the list's name in the
/// configuration.
[[nodiscard]] std::map<std::string, std::set<std::string>> policies_by_published_list(
    const PolicySet& set, const SetDocuments& documents);

/// What an active policy of a set holds against lists.
struct PartyQuestion {
  const Policy* policy = nullptr;
  std::vector<FieldId> names;  ///< fields in which they stand; of owners that of their names
  bool owners = false;         ///< it asks who owns the account
  std::vector<const ScreenedList*> lists;
};

/// One for each policy that looks into lists, with all that its condition asks of them, and two
/// where it asks of names and of owners. They point into `set`.
[[nodiscard]] std::vector<PartyQuestion> party_questions(const PolicySet& set);

/// The issues of published lists that a policy looks into, by the lists' names.
[[nodiscard]] std::vector<IssueStanding> issues_looked_into(const Policy& policy);

}  // namespace tidewaiter
