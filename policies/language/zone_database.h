#pragma once

#include <string_view>

#include "policies/model/error.h"
#include "policies/model/time_zone.h"

namespace tidewaiter {

/// The years that a zone's table covers: what is earlier or later has the first or last offset of
/// them. The rules of a year far ahead are a guess in any case.
inline constexpr Interval kZoneTableTimes{{-2'208'988'800'000'000},  // 1900-01-01
                                          {4'102'444'800'000'000}};  // 2100-01-01

/// The table of a zone of the IANA database, as this machine's tzdata has it: the one thing besides
/// the texts that it is given that reading a policy reads. Evaluation has the table and reads
/// nothing. Errors: kInvalidInput if `name` is no zone of it.
[[nodiscard]] Result<TimeZone> read_time_zone(std::string_view name);

}  // namespace tidewaiter
