#include "daemon/cli/set_to_try.h"

#include <algorithm>
#include <ostream>

#include "daemon/app/synced_issues.h"
#include "policies/sigma/policy_set.h"

namespace tidewaiter {
namespace {

void tell_issue(Invocation& run, const SyncedIssue& list) {
  const std::string name = printable(list.standing.published);
  if (list.issue == nullptr) {
    run.err << "the list `" << name
            << "` cannot be looked into: nobody can be told to be in it or not; `tidewaiter list "
               "sync "
            << name << "` fetches it\n";
  } else if (list.standing.known_until <= run.now()) {
    run.err << "the list `" << name << "` is stale: who is not found in it cannot be told from "
            << format_time(list.standing.known_until) << " on\n";
  }
}

}  // namespace

Result<PolicySet> set_to_try(Invocation& run, const std::vector<PolicyText>& texts,
                             const LoadOutcome& loaded) {
  const std::set<std::string> published = published_lists_of(loaded.documents);
  if (published.empty()) return loaded.set;
  const std::optional<Config> config = configuration(run);
  if (!config) {
    return fail(ErrorCode::kInvalidInput,
                "the configuration, which says where published lists are, has errors");
  }
  return set_to_try(run, *config, texts, loaded.set, published);
}

PolicySet set_to_try(Invocation& run, const Config& config, const std::vector<PolicyText>& texts,
                     const PolicySet& written, const std::set<std::string>& published) {
  if (published.empty()) return written;
  std::vector<UnreadableIssue> unreadable;
  const SyncedLists lists = held_issues(config, published, unreadable);
  for (const UnreadableIssue& one : unreadable) {
    run.err << "the list `" << printable(one.list) << "`: " << printable(to_text(one.error))
            << '\n';
  }
  for (const auto& [name, list] : lists) tell_issue(run, list);
  return load_policy_set(texts, run.now(), lists).set;
}

}  // namespace tidewaiter
