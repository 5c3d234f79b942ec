#pragma once

#include <string>
#include <vector>

#include "policies/model/time.h"

namespace tidewaiter {

/// The clock of a place, as a table: what local time is ahead of UTC, and since when. A plain
/// value, so that reckoning with it asks nothing of the machine.
struct TimeZone {
  struct Change {
    UtcTime at;       ///< the first instant of it
    Duration offset;  ///< local time minus UTC, less than a day either way
    bool operator==(const Change&) const = default;
  };
  std::string name = "UTC";     ///< of the IANA database, such as "Europe/Berlin"
  Duration first_offset;        ///< before the first change
  std::vector<Change> changes;  ///< INVARIANT: `at` rises strictly
  bool operator==(const TimeZone&) const = default;
};

/// How far local time is ahead of UTC at an instant.
[[nodiscard]] Duration offset_at(const TimeZone& zone, UtcTime time);

/// Days since 1970-01-01 of the local date that clocks show at `time`. `time` within 200,000 years
/// of the epoch.
[[nodiscard]] std::int64_t local_day(const TimeZone& zone, UtcTime time);

/// The first instant at which clocks show the local date `day` (days since 1970-01-01) or a later
/// one. This is midnight where there is one; else the moment to which the clocks leap over it. Of
/// two midnights, the clocks having been put back in between, it is the first. `day` within
/// 10,000,000 of the epoch's.
[[nodiscard]] UtcTime day_begin(const TimeZone& zone, std::int64_t day);

}  // namespace tidewaiter
