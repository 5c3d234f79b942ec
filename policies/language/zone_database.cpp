#include "policies/language/zone_database.h"

#include <chrono>
#include <cstdint>
#include <string>

#include <cctz/time_zone.h>

namespace tidewaiter {
namespace {

using Instant = cctz::time_point<cctz::seconds>;

constexpr std::size_t kLongestName = 64;

Instant instant_of(UtcTime time) { return Instant(cctz::seconds(time.us / kSecond.us)); }

/// Names of the database are parts of letters, digits and `_+-`, the first a capital. Nothing else
/// may reach the file system: what lies beside the zones (`right/`, `localtime`, other paths) is
/// none, or says something else on each machine.
bool may_be_zone(std::string_view name) {
  if (name.empty() || name.size() > kLongestName || name[0] < 'A' || name[0] > 'Z') return false;
  char before = '/';
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool inside = (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-';
    if (c == '/' ? before == '/' : !letter && !inside) return false;
    before = c;
  }
  return before != '/';
}

Duration offset_of(const cctz::time_zone& zone, Instant at) {
  return Duration{zone.lookup(at).offset * kSecond.us};
}

}  // namespace

Result<TimeZone> read_time_zone(std::string_view name) {
  cctz::time_zone zone;
  TimeZone table;
  table.name = std::string(name);
  if (!may_be_zone(name) || !cctz::load_time_zone(table.name, &zone)) {
    return fail(ErrorCode::kInvalidInput,
                "`" + table.name + "` is no time zone that this machine knows");
  }
  Instant at = instant_of(kZoneTableTimes.from);
  table.first_offset = offset_of(zone, at);
  Duration offset = table.first_offset;
  cctz::time_zone::civil_transition change;
  while (zone.next_transition(at, &change)) {
    at = zone.lookup(change.to).trans;
    if (at >= instant_of(kZoneTableTimes.to)) break;
    // Clocks may be told another name and go on as before.
    if (offset_of(zone, at) == offset) continue;
    offset = offset_of(zone, at);
    table.changes.push_back({UtcTime{at.time_since_epoch().count() * kSecond.us}, offset});
  }
  return table;
}

}  // namespace tidewaiter
