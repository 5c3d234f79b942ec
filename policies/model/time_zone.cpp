#include "policies/model/time_zone.h"

#include <algorithm>

namespace tidewaiter {

Duration offset_at(const TimeZone& zone, UtcTime time) {
  const auto next = std::ranges::upper_bound(zone.changes, time, {}, &TimeZone::Change::at);
  return next == zone.changes.begin() ? zone.first_offset : std::prev(next)->offset;
}

std::int64_t local_day(const TimeZone& zone, UtcTime time) {
  return align_down(time + offset_at(zone, time), kDay).us / kDay.us;
}

UtcTime day_begin(const TimeZone& zone, std::int64_t day) {
  const UtcTime midnight{day * kDay.us};  // by a clock that shows UTC
  // No offset is a day or more, so that no change before this one has a say.
  auto next = std::ranges::lower_bound(zone.changes, midnight - kDay, {}, &TimeZone::Change::at);
  Duration offset = next == zone.changes.begin() ? zone.first_offset : std::prev(next)->offset;
  UtcTime begin = midnight - offset;
  for (; next != zone.changes.end() && begin >= next->at; ++next) {
    offset = next->offset;
    begin = std::max(next->at, midnight - offset);
  }
  return begin;
}

}  // namespace tidewaiter
