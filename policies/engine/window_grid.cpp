#include "policies/engine/window_grid.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "policies/model/whole_division.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

/// Dates are reckoned within some 24,000 years of the epoch, which std::chrono holds; records have
/// those of 1970 to 9999. What is farther lies in the outermost window.
constexpr std::int64_t kFarthestDay = 9'000'000;
constexpr std::int64_t kFarthestMonth = 290'000;
constexpr UtcTime kFarthestTime{8'000'000 * kDay.us};  // well inside: windows lie beyond it

UtcTime within_reach(UtcTime time) {
  return std::clamp(time, UtcTime{-kFarthestTime.us}, kFarthestTime);
}

constexpr std::int64_t kMonthsOfYear = 12;
constexpr std::int64_t kDaysOfWeek = 7;
/// 1970-01-01 was a Thursday: the week that holds it began three days earlier.
constexpr std::int64_t kEpochMonday = -3;

/// Months since January 1970 of a date.
std::int64_t month_of(std::int64_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  return (static_cast<int>(date.year()) - 1970) * kMonthsOfYear +
         static_cast<std::int64_t>(static_cast<unsigned>(date.month())) - 1;
}

/// The first date of a month that is counted from January 1970.
std::int64_t first_of_month(std::int64_t month) {
  const std::int64_t years = floor_divide(month, kMonthsOfYear);
  const std::chrono::year_month_day date{
      std::chrono::year(static_cast<int>(1970 + years)),
      std::chrono::month(static_cast<unsigned>(month - years * kMonthsOfYear + 1)),
      std::chrono::day(1)};
  return std::chrono::sys_days(date).time_since_epoch().count();
}

/// Units since the one that holds the date 1970-01-01.
std::int64_t unit_of(CalendarUnit unit, std::int64_t day) {
  switch (unit) {
    case CalendarUnit::kDays:
      return day;
    case CalendarUnit::kWeeks:
      return floor_divide(day - kEpochMonday, kDaysOfWeek);
    case CalendarUnit::kMonths:
      return month_of(day);
  }
  return day;
}

std::int64_t first_day(CalendarUnit unit, std::int64_t number) {
  switch (unit) {
    case CalendarUnit::kDays:
      return std::clamp(number, -kFarthestDay, kFarthestDay);
    case CalendarUnit::kWeeks:
      return std::clamp(number, -kFarthestDay / kDaysOfWeek, kFarthestDay / kDaysOfWeek) *
                 kDaysOfWeek +
             kEpochMonday;
    case CalendarUnit::kMonths:
      return first_of_month(std::clamp(number, -kFarthestMonth, kFarthestMonth));
  }
  return number;
}

/// What is added to a window's number for the unit's: the epoch may fall on a local 31 December.
std::int64_t number_of_epoch(const Calendar& calendar) {
  return unit_of(calendar.unit, local_day(calendar.zone, UtcTime{0}));
}

}  // namespace

UtcTime WindowGrid::begin_of_date(const Calendar& calendar, std::int64_t k) const {
  return day_begin(calendar.zone, first_day(calendar.unit, k + number_of_epoch(calendar)));
}

std::int64_t WindowGrid::last_begun(UtcTime time) const {
  if (!window_->calendar) return floor_divide(time.us, window_->every.us);
  const Calendar& calendar = *window_->calendar;
  time = within_reach(time);
  std::int64_t k =
      unit_of(calendar.unit, local_day(calendar.zone, time)) - number_of_epoch(calendar);
  // Clocks that were put back over midnight show the date before once more.
  while (begin_of_date(calendar, k + 1) <= time) ++k;
  return k;
}

std::int64_t WindowGrid::first_from(UtcTime time) const {
  if (!window_->calendar) return ceil_divide(time.us, window_->every.us);
  time = within_reach(time);
  std::int64_t k = last_begun(time);
  if (begin_of_date(*window_->calendar, k) < time) return k + 1;
  // An empty window begins where the next one does.
  while (begin_of_date(*window_->calendar, k - 1) >= time) --k;
  return k;
}

std::int64_t WindowGrid::last_ended(UtcTime time) const {
  if (window_->calendar) return last_begun(time) - 1;
  std::int64_t latest_begin = 0;
  if (__builtin_sub_overflow(time.us, window_->length.us, &latest_begin)) latest_begin = kLeast;
  return floor_divide(latest_begin, window_->every.us);
}

Interval WindowGrid::interval(std::int64_t k) const {
  if (!window_->calendar) {
    const UtcTime begin{k * window_->every.us};
    return {begin, begin + window_->length};
  }
  return {begin_of_date(*window_->calendar, k), begin_of_date(*window_->calendar, k + 1)};
}

}  // namespace tidewaiter
