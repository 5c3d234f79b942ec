#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/time.h"

namespace tidewaiter {

// What was held against which lists in a period, as a report tells it. Plain values. No account is
// named in it, and no name of one. What is absent is not known, and never nought.

/// An issue of a list into which policies looked.
struct ReportedIssue {
  std::string issue;                   ///< id; of a list among the policies its digest; empty: none
  std::optional<Digest> parties;       ///< SHA-256 of its parties; absent: there was no issue
  std::optional<UtcTime> retrieved;    ///< when its bytes came
  std::optional<UtcTime> known_until;  ///< the latest moment that entries say; absent: no end
  UtcTime from;                        ///< the entry that put it in force was recorded
  std::optional<UtcTime> until;        ///< another took its place; absent: none by the end
  std::vector<std::int64_t> entries;   ///< of the ledger that say so
  std::optional<std::int64_t> count = std::nullopt;       ///< of its parties
  std::optional<std::int64_t> left_out = std::nullopt;    ///< names that cannot be compared
  std::optional<std::int64_t> unreadable = std::nullopt;  ///< rows of the publisher's file
  std::string format = {};  ///< of that file; empty: it is not held any more
  bool operator==(const ReportedIssue&) const = default;
};

/// A stretch of the period in which nobody had confirmed the issue, or there was none: hits were
/// told by the last good issue, and who was not found could not be told.
struct ReportedStretch {
  Interval time;
  bool missing = false;                      ///< there was no issue
  std::optional<std::int64_t> confirmed_by;  ///< the entry by which it was confirmed for all of it
  bool operator==(const ReportedStretch&) const = default;
};

/// A list into which policies looked.
struct ReportedList {
  std::string name;
  bool written = false;  ///< it stands among the policies; else a publisher's, by the configuration
  std::string publisher;                 ///< as far as it is known
  std::string url;                       ///< without what may be secret; may be empty
  std::vector<std::string> policies;     ///< ids of those that looked into it
  std::vector<ReportedIssue> issues;     ///< of the period, in their order
  std::vector<ReportedStretch> unknown;  ///< in their order
  /// Of the issue in force at the end: from when its bytes came.
  std::optional<Duration> age;
  bool operator==(const ReportedList&) const = default;
};

/// What a policy held against lists: over records whose time lies in the period.
struct ReportedScreen {
  std::string policy;
  std::vector<std::string> fields;  ///< in which the names stand
  bool owners = false;              ///< it asks who owns the account
  std::vector<std::string> lists;
  std::optional<std::int64_t> records;  ///< versions of records
  std::optional<std::int64_t> accounts;
  std::optional<std::int64_t> names;     ///< different texts
  std::optional<std::int64_t> nameless;  ///< records without any
};

/// Everything stored was held against another issue.
struct ReportedRescreening {
  std::int64_t entry = 0;
  UtcTime recorded;
  std::vector<std::string> lists;        ///< of which another issue came
  std::optional<std::int64_t> accounts;  ///< that the record log had by then, of what it still has
  bool operator==(const ReportedRescreening&) const = default;
};

/// A person has said of a name that it is not the listed party's. Whose name, and why, is sealed.
struct ReportedClearance {
  std::string id;
  std::string policy;
  std::string finding;  ///< id of one that shows the hit
  std::string state;    ///< clearance_state_name()
  std::string by;       ///< handle
  UtcTime at;
  std::int64_t entry = 0;
  std::string approved_by;      ///< empty: nobody
  std::optional<Digest> words;  ///< of the sealed reason
};

/// Something that was not held against lists, or of which it cannot be told.
struct ReportedUnscreened {
  std::string what;
  std::optional<std::int64_t> count;
  std::string why;
};

/// All of it.
struct ReportedScreening {
  UtcTime end;  ///< of what is told: the period's, or when the report was drawn
  std::vector<ReportedList> lists;
  std::vector<ReportedScreen> screens;
  std::vector<ReportedRescreening> again;
  std::vector<ReportedClearance> clearances;
  std::vector<ReportedUnscreened> unscreened;
  bool sets_known = true;  ///< every set that was in force could be read
  bool counted = true;     ///< the record log still has all of the period
};

}  // namespace tidewaiter
