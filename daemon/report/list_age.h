#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/report/list_timeline.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// How old an issue of a list was on the day of a finding.
struct ListAge {
  std::string list;
  bool written = false;                ///< it stands among the policies; else a publisher's
  std::string issue;                   ///< id, or the digest of a written list; empty: none then
  std::optional<UtcTime> retrieved;    ///< when its bytes came
  std::optional<UtcTime> known_until;  ///< by the entry; absent: for good, or there was no issue
  std::optional<std::int64_t> days;    ///< whole ones from `retrieved` on; absent: not known
  /// On that day nobody had confirmed the issue, or there was none: whom it hits was told by the
  /// last good one.
  bool stale = false;
  std::int64_t entry = 0;  ///< of the ledger, that put it in force
  bool operator==(const ListAge&) const = default;
};

/// What a list's age is told of: an entry of the ledger, and when it was recorded. Which set was in
/// force there the order of entries tells, for a clock may be set back.
struct AgeAt {
  std::int64_t entry = 0;
  UtcTime recorded;
};

/// Of the lists among `names`, as the last of `entries` before `at.entry` has them, by name. None
/// where no entry was before, or it looks into none of them. `entries` are in the ledger's order.
/// Pure.
[[nodiscard]] std::vector<ListAge> list_ages(std::span<const ListsInForce> entries,
                                             std::span<const std::string> names, AgeAt at);

/// "3 days old, fetched 2026-10-02T08:00:00Z"; says where the issue was stale, or there was none.
[[nodiscard]] std::string list_age_words(const ListAge& age);

/// Shape: docs/schema/report.schema.json, `lists` of a finding.
[[nodiscard]] nlohmann::ordered_json list_ages_json(std::span<const ListAge> ages);

}  // namespace tidewaiter
