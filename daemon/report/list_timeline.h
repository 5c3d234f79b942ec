#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/report/reported_screening.h"

namespace tidewaiter {

/// A list as a policy set looks into it.
struct ListInForce {
  std::string name;
  bool written = false;           ///< it stands among the policies
  std::string issue;              ///< empty: there is none
  std::optional<Digest> parties;  ///< absent: there is none
  std::optional<UtcTime> retrieved;
  std::optional<UtcTime> known_until;  ///< absent: without an issue never, with one for good
};

/// What a set that came into force looks into, as an entry of the ledger has it.
struct ListsInForce {
  std::int64_t entry = 0;
  UtcTime recorded;
  std::vector<ListInForce> lists;
};

/// Which issues of which lists were looked into from `period.from` to `end`, and when nobody had
/// confirmed them. `entries` are all of the ledger, in its order; those behind `end` tell by what a
/// stretch was confirmed in the end. A moment t is not known where the set in force at t has
/// `known_until` <= t, by the clock of the ledger. Pure.
[[nodiscard]] std::vector<ReportedList> list_timeline(std::span<const ListsInForce> entries,
                                                      const Interval& period, UtcTime end);

/// The entries of the period by which another issue of some list came, or the first one. Without
/// `accounts`. The first set of all holds nothing against lists again. Pure.
[[nodiscard]] std::vector<ReportedRescreening> rescreenings(std::span<const ListsInForce> entries,
                                                            const Interval& period);

}  // namespace tidewaiter
