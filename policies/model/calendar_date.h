#pragma once

#include <cstdint>

namespace tidewaiter {

/// A date of the Gregorian calendar, which is reckoned on beyond its years of use as ISO 8601 does.
struct CalendarDate {
  std::int64_t year = 1970;  ///< 0 is the year before the year 1
  std::int64_t month = 1;    ///< 1 to 12
  std::int64_t day = 1;      ///< of the month, 1 to 31
};

/// The date of a day that is counted from 1970-01-01, which is day 0. Any day that an instant of
/// UtcTime lies in has one. Pure.
[[nodiscard]] CalendarDate calendar_date(std::int64_t day);

/// The week of ISO 8601 that the same day lies in, 1 to 53: weeks begin on Mondays, and the first
/// of a year is that with its first Thursday, so that 2027-01-01 is in the 53rd of 2026. Pure.
[[nodiscard]] std::int64_t iso_week(std::int64_t day);

}  // namespace tidewaiter
