#include "daemon/app/policies_in_force.h"

#include <algorithm>
#include <utility>

#include "daemon/app/stated_clearances.h"
#include "daemon/pipeline/policy_documents.h"
#include "policies/sigma/policy_set.h"

namespace tidewaiter {

PoliciesInForce::PoliciesInForce(EventLog* log, std::function<UtcTime()> now)
    : log_(log), now_(std::move(now)) {}

Result<void> PoliciesInForce::put(const Place& place, const Config& config,
                                  const LoadedPolicies& loaded) {
  if (loaded.published.empty()) return put(place, loaded, {});
  const auto former = issues_in_force(place.records);
  if (!former) return tl::unexpected(former.error());
  std::vector<UnreadableIssue> unreadable = unreadable_;
  const auto issues = issues_to_look_into(config, loaded.published, *former, place.records, now_(),
                                          unreadable, stored_whole_);
  if (!issues) return tl::unexpected(issues.error());
  tell_unreadable(std::move(unreadable));
  return put(place, loaded, *issues);
}

Result<void> PoliciesInForce::put(const Place& place, const LoadedPolicies& loaded,
                                  const std::map<std::string, IssueStanding>& issues) {
  std::vector<PolicyClearance> clearances = clearances_for(loaded.set, clearances_);
  if (issues.empty() && clearances.empty()) {
    if (auto set = place.cycle.set_policies(loaded.texts, loaded.set); !set) return set;
    looked_into_.clear();
    applied_.clear();
    return {};
  }
  IssueShelf shelf(place.records);
  std::vector<IssueStanding> standings;
  standings.reserve(issues.size());
  for (const auto& [name, standing] : issues) standings.push_back(standing);
  const Result<SyncedLists> lists =
      issues_of(standings, [&shelf](const Digest& digest) { return shelf.find(digest); });
  if (!lists) return tl::unexpected(lists.error());
  const LoadOutcome with_lists = load_policy_set(loaded.texts, now_(), *lists, clearances);
  if (has_errors(with_lists.diagnostics)) {
    return fail(ErrorCode::kInvalidInput,
                "policies cannot be read with the lists that they look into: " +
                    to_text(with_lists.diagnostics.front()));
  }
  const auto done = place.cycle.set_policies(loaded.texts, with_lists.set, *lists, clearances);
  if (!done) return tl::unexpected(done.error());
  tell_left_out(*lists);
  looked_into_ = issues;
  applied_ = std::move(clearances);
  return {};
}

Result<void> PoliciesInForce::renew(const Place& place, const Config& config,
                                    const LoadedPolicies& loaded) {
  const bool same_clearances = clearances_for(loaded.set, clearances_) == applied_;
  if (loaded.published.empty()) {
    return same_clearances ? Result<void>() : put(place, loaded, {});
  }
  std::vector<UnreadableIssue> unreadable = unreadable_;
  const auto issues = issues_to_look_into(config, loaded.published, looked_into_, place.records,
                                          now_(), unreadable, stored_whole_);
  if (!issues) return tl::unexpected(issues.error());
  tell_unreadable(std::move(unreadable));
  const bool same = same_clearances && *issues == looked_into_;
  return same ? Result<void>() : put(place, loaded, *issues);
}

/// Nobody is found by a name that cannot be compared, and that is no reason to be silent about it.
void PoliciesInForce::tell_left_out(const SyncedLists& lists) const {
  for (const auto& [name, list] : lists) {
    const auto left_out =
        static_cast<std::int64_t>(list.issue ? list.issue->parties->names_left_out() : 0);
    if (log_ == nullptr || left_out == 0) continue;
    log_->warn("list_names_left_out", {{"list", name}, {"names", left_out}});
  }
}

/// Each once, until it can be read or something else is wrong with it.
void PoliciesInForce::tell_unreadable(std::vector<UnreadableIssue> unreadable) {
  for (const UnreadableIssue& one : unreadable) {
    const std::string reason = to_text(one.error);
    const bool was_told = std::ranges::any_of(unreadable_, [&](const UnreadableIssue& told) {
      return told.list == one.list && to_text(told.error) == reason;
    });
    if (log_ == nullptr || was_told) continue;
    log_->error("list_unreadable", {{"list", one.list}, {"reason", reason}});
  }
  unreadable_ = std::move(unreadable);
}

Result<void> check_not_emptied(const RecordLog& records, const Config& config,
                               const LoadedPolicies& loaded) {
  if (config.published_only || config.policies.empty() || !loaded.texts.empty()) return {};
  const Result<std::optional<Digest>> active = records.active_policy_set();
  if (!active) return tl::unexpected(active.error());
  if (!*active || **active == loaded.set.hash) return {};
  return fail(ErrorCode::kRefused,
              "`policies` names no file, and policies are in force: their findings would be "
              "withdrawn; put the files back, or write `policies: []` if none is to be in force");
}

}  // namespace tidewaiter
