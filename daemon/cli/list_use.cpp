#include "daemon/cli/list_use.h"

#include "policies/screening/ownership.h"
#include "policies/screening/screening.h"

namespace tidewaiter {
namespace {

using ListsByName = std::map<std::string, const ScreenedList*>;

/// The lists that a policy's checks of parties look into, by their names in the set.
void add_lists(const Expr& expr, ListsByName& lists) {
  if (const auto* screening = dynamic_cast<const Screening*>(expr.check.get())) {
    for (const auto& list : screening->parts().lists) lists[list->name()] = list.get();
  }
  if (const auto* ownership = dynamic_cast<const Ownership*>(expr.check.get())) {
    for (const auto& list : ownership->parts().lists) lists[list->name()] = list.get();
  }
  for (const Expr& arg : expr.args) add_lists(arg, lists);
}

}  // namespace

std::map<std::string, std::set<std::string>> policies_by_published_list(
    const PolicySet& set, const SetDocuments& documents) {
  std::map<std::string, std::string> published;  // by the name in the set
  for (const ListDocument& list : documents.lists) {
    if (!list.synced.empty()) published.emplace(list.header.name, list.synced);
  }
  std::map<std::string, std::set<std::string>> policies;
  for (const Policy& policy : set.policies) {
    if (policy.status != PolicyStatus::kActive) continue;
    ListsByName lists;
    add_lists(policy.condition, lists);
    for (const auto& [name, list] : lists) {
      if (const auto found = published.find(name); found != published.end()) {
        policies[found->second].insert(policy.id);
      }
    }
  }
  return policies;
}

std::vector<IssueStanding> issues_looked_into(const Policy& policy) {
  ListsByName lists;
  add_lists(policy.condition, lists);
  std::vector<IssueStanding> issues;
  for (const auto& [name, list] : lists) {
    if (list->standing()) issues.push_back(*list->standing());
  }
  return issues;
}

}  // namespace tidewaiter
