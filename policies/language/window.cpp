#include <algorithm>

#include "policies/language/policy.h"

namespace tidewaiter {
namespace {

/// By less than this a place's clocks differ at two instants: offsets lie from UTC−12 to UTC+15,
/// and have done since 1900.
constexpr Duration kMostPutBack{27 * kHour.us};
constexpr Duration kLongestMonth{31 * kDay.us};

}  // namespace

std::string_view unit_name(CalendarUnit unit) {
  switch (unit) {
    case CalendarUnit::kDays:
      return "day";
    case CalendarUnit::kWeeks:
      return "week";
    case CalendarUnit::kMonths:
      return "month";
  }
  return "";
}

Duration longest_span(const Window& window, std::int64_t count) {
  if (!window.calendar) {
    return Duration{window.length.us + (count - 1) * window.every.us};
  }
  const Duration each =
      window.calendar->unit == CalendarUnit::kMonths ? kLongestMonth : window.length;
  return Duration{count * each.us + kMostPutBack.us};
}

std::string span_text(const Window& window) {
  if (window.calendar) {
    return "calendar " + std::string(unit_name(window.calendar->unit)) + " in " +
           window.calendar->zone.name;
  }
  if (window.session) {
    return "session of " + format_duration(*window.session) + ", at most " +
           format_duration(window.length);
  }
  std::string text = format_duration(window.length);
  if (window.every != window.length) text += " every " + format_duration(window.every);
  return text;
}

std::int64_t windows_of(const Baseline& baseline, const Window& window) {
  return baseline.length.us / window.length.us;
}

Duration history_of(const Policy& policy) {
  Duration longest = policy.window.session.value_or(Duration{});
  for (const Measure& measure : policy.measures) {
    if (!measure.baseline) continue;
    longest = std::max(
        longest, policy.window.calendar
                     ? longest_span(policy.window, windows_of(*measure.baseline, policy.window))
                     : measure.baseline->length);
  }
  return longest;
}

}  // namespace tidewaiter
