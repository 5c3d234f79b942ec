#include "daemon/cli/list_use.h"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

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

void add_once(PartyQuestion& question, std::span<const FieldId> names,
              const std::vector<std::shared_ptr<const ScreenedList>>& lists) {
  for (const FieldId id : names) {
    if (std::ranges::find(question.names, id) == question.names.end()) question.names.push_back(id);
  }
  for (const auto& list : lists) {
    if (std::ranges::find(question.lists, list.get()) == question.lists.end()) {
      question.lists.push_back(list.get());
    }
  }
}

/// Adds what an expression asks to the two questions of its policy.
void add_questions(const Expr& expr, PartyQuestion& names, PartyQuestion& owners) {
  if (const auto* screening = dynamic_cast<const Screening*>(expr.check.get())) {
    add_once(names, screening->parts().names, screening->parts().lists);
  }
  if (const auto* ownership = dynamic_cast<const Ownership*>(expr.check.get())) {
    const FieldId owned = *find_field("owners");
    add_once(owners, {&owned, 1}, ownership->parts().lists);
  }
  for (const Expr& arg : expr.args) add_questions(arg, names, owners);
}

}  // namespace

std::vector<PartyQuestion> party_questions(const PolicySet& set) {
  std::vector<PartyQuestion> all;
  for (const Policy& policy : set.policies) {
    if (policy.status != PolicyStatus::kActive) continue;
    PartyQuestion names{&policy, {}, false, {}};
    PartyQuestion owners{&policy, {}, true, {}};
    add_questions(policy.condition, names, owners);
    for (PartyQuestion* const one : {&names, &owners}) {
      if (!one->lists.empty()) all.push_back(std::move(*one));
    }
  }
  return all;
}

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
