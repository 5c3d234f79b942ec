#include "daemon/cli/set_to_try.h"

#include <algorithm>
#include <ostream>

#include "daemon/app/state.h"
#include "daemon/app/stated_clearances.h"
#include "daemon/app/synced_issues.h"
#include "policies/sigma/policy_set.h"
#include "storage/files/durable_file.h"

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

/// What people have cleared, as the ledger of the configuration has it; nothing where there is
/// none.
std::vector<PolicyClearance> clearances_to_try(Invocation& run, const Config& config,
                                               const PolicySet& set) {
  const bool screens = std::ranges::any_of(
      set.policies, [](const Policy& policy) { return screening_of(policy) != nullptr; });
  const StatePaths paths = state_paths(config);
  const Result<bool> there = has_ledger(paths.ledger);
  if (!screens || !there || !*there) return {};
  const auto ledger = Ledger::open(paths.ledger, Ledger::Mode::kReadOnly);
  std::int64_t unsaid = 0;
  const Result<std::vector<PolicyClearance>> all =
      ledger ? stated_clearances(paths.folder, **ledger, unsaid)
             : Result<std::vector<PolicyClearance>>(tl::unexpected(ledger.error()));
  if (all) return clearances_for(set, *all);
  run.err << "what people have cleared cannot be read, and is found here: "
          << printable(to_text(all.error())) << '\n';
  return {};
}

}  // namespace

Result<PolicySet> set_to_try(Invocation& run, const std::vector<PolicyText>& texts,
                             const LoadOutcome& loaded) {
  const std::set<std::string> published = published_lists_of(loaded.documents);
  if (published.empty()) {
    // A policy's file can be tried without any configuration.
    const ConfigOutcome outcome = read_config(run.config_file, run.environment);
    if (has_errors(outcome.diagnostics)) return loaded.set;
  }
  const std::optional<Config> config = configuration(run);
  if (!config) {
    return fail(ErrorCode::kInvalidInput,
                "the configuration, which says where published lists are, has errors");
  }
  return set_to_try(run, *config, texts, loaded.set, published);
}

PolicySet set_to_try(Invocation& run, const Config& config, const std::vector<PolicyText>& texts,
                     const PolicySet& written, const std::set<std::string>& published) {
  const std::vector<PolicyClearance> clearances = clearances_to_try(run, config, written);
  if (published.empty() && clearances.empty()) return written;
  std::vector<UnreadableIssue> unreadable;
  const SyncedLists lists = held_issues(config, published, unreadable);
  for (const UnreadableIssue& one : unreadable) {
    run.err << "the list `" << printable(one.list) << "`: " << printable(to_text(one.error))
            << '\n';
  }
  for (const auto& [name, list] : lists) tell_issue(run, list);
  return load_policy_set(texts, run.now(), lists, clearances).set;
}

}  // namespace tidewaiter
