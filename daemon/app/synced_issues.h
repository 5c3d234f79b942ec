#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/app/config.h"
#include "policies/language/set_documents.h"
#include "policies/language/synced_lists.h"
#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// The published lists that the documents of a set stand for, by their names in the configuration.
[[nodiscard]] std::set<std::string> published_lists_of(const SetDocuments& documents);

/// A list whose issue cannot be read now: what was looked into before goes on being.
struct UnreadableIssue {
  std::string list;
  std::string issue;  ///< empty where it is not the issue, but what is held of the list
  Error error;
};

/// The last good issue of a list, as it is held.
struct HeldIssue {
  std::string id;
  UtcTime retrieved;
  UtcTime confirmed;     ///< by its publisher, the last time
  Duration stale_after;  ///< how long it is known to hold from then on

  [[nodiscard]] UtcTime known_until() const { return confirmed + stale_after; }
};

/// What policies look into next, where they look into an issue of these parties already. `is_told`
/// says of a stretch of time whether records of it have been judged. Pure.
///
/// A later moment up to which the issue is known to hold is taken up when half of the time has
/// passed, or at once where records lie before it that were of an unknown time. An earlier one,
/// which comes by a shorter `stale_after`, is taken up at once. Where records change sides, the
/// standing is marked as `resumed`, so that they are judged again. Errors: those of `is_told`.
[[nodiscard]] Result<IssueStanding> next_standing(
    const IssueStanding& former, const HeldIssue& held, UtcTime now,
    const std::function<Result<bool>(const Interval&)>& is_told);

/// Which issue of each of these lists policies are to look into now, `former` being what they do.
///
/// That is the last good one that `tidewaiter list sync` holds, known to hold for `stale_after`
/// from when its publisher last confirmed it. A confirmation alone changes nothing before half of
/// that time has passed. Where records of a time that was not known any more have come, it is
/// marked as `resumed`, so that they are judged again. What is held no more, unreadable or not
/// configured any more stays what it is: it is stale by and by. Parties that the log does not have
/// yet are kept in it, and those that an earlier version of the program has written are written
/// anew from the publisher's files, for they may lack programmes. `stored_whole` are the digests of
/// parties of which this was looked at, and need not be again; it grows.
///
/// Errors: those of the log, kUnavailable among them. What is wrong with a list goes to
/// `unreadable`; an issue that stands there already is not read again.
[[nodiscard]] Result<std::map<std::string, IssueStanding>> issues_to_look_into(
    const Config& config, const std::set<std::string>& names,
    const std::map<std::string, IssueStanding>& former, RecordLog& records, UtcTime now,
    std::vector<UnreadableIssue>& unreadable, std::set<Digest>& stored_whole);

/// The issues that are held now, for policies that are tried: known to hold for `stale_after` from
/// when they were confirmed. A list that has none is among them, without one; what is wrong with
/// one that has goes to `unreadable`. Nothing is written.
[[nodiscard]] SyncedLists held_issues(const Config& config, const std::set<std::string>& names,
                                      std::vector<UnreadableIssue>& unreadable);

}  // namespace tidewaiter
