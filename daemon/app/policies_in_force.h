#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/app/config.h"
#include "daemon/app/loaded_policies.h"
#include "daemon/app/synced_issues.h"
#include "daemon/notify/event_log.h"
#include "daemon/pipeline/cycle.h"
#include "policies/language/cleared_policies.h"
#include "policies/language/synced_lists.h"
#include "policies/model/error.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// What the policies that writers have become to be in force: with the issues of published lists
/// that are held, and the clearances that hold. One thread at a time.
class PoliciesInForce {
 public:
  /// Where a set is judged, and what it was made of is kept.
  struct Place {
    RecordLog& records;
    Cycle& cycle;
  };

  /// `log` may be null, and outlives it.
  PoliciesInForce(EventLog* log, std::function<UtcTime()> now);

  /// What people have cleared; the next renew() puts it in force.
  void set_clearances(std::vector<PolicyClearance> clearances) {
    clearances_ = std::move(clearances);
  }

  /// Makes policies the ones in force, with the issues of lists that are to be looked into.
  /// Errors: kInvalidInput where they cannot be read with these; kUnavailable where the log has no
  /// room; those of the log. On any the set that was in force stays.
  [[nodiscard]] Result<void> put(const Place& place, const Config& config,
                                 const LoadedPolicies& loaded);

  /// The same where there is another issue of a list or another clearance than those in force, or
  /// an issue was confirmed; nothing otherwise. `loaded` are those in force.
  [[nodiscard]] Result<void> renew(const Place& place, const Config& config,
                                   const LoadedPolicies& loaded);

 private:
  [[nodiscard]] Result<void> put(const Place& place, const LoadedPolicies& loaded,
                                 const std::map<std::string, IssueStanding>& issues);
  void tell_left_out(const SyncedLists& lists) const;
  void tell_unreadable(std::vector<UnreadableIssue> unreadable);

  EventLog* log_;
  std::function<UtcTime()> now_;
  std::map<std::string, IssueStanding> looked_into_;  ///< by the published list's name
  std::vector<PolicyClearance> clearances_;           ///< that hold by what people did
  std::vector<PolicyClearance> applied_;              ///< of them, to the policies in force
  std::vector<UnreadableIssue> unreadable_;           ///< those that were told
  std::set<Digest> stored_whole_;                     ///< as issues_to_look_into() has it
};

/// Refuses to withdraw all that is in force because no file was found. Errors: kRefused; those of
/// the log.
[[nodiscard]] Result<void> check_not_emptied(const RecordLog& records, const Config& config,
                                             const LoadedPolicies& loaded);

}  // namespace tidewaiter
