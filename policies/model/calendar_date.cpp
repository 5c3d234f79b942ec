#include "policies/model/calendar_date.h"

#include <chrono>

#include "policies/model/whole_division.h"

namespace tidewaiter {
namespace {

/// The calendar repeats after 400 years, in days and in days of the week. Reckoning in these leaves
/// std::chrono, whose years end at 32767, only the years 1970 to 2369.
constexpr std::int64_t kCycleYears = 400;
constexpr std::int64_t kCycleDays = 146'097;

std::chrono::sys_days within_cycle(std::int64_t day, std::int64_t cycle) {
  return std::chrono::sys_days(std::chrono::days(day - cycle * kCycleDays));
}

}  // namespace

CalendarDate calendar_date(std::int64_t day) {
  const std::int64_t cycle = floor_divide(day, kCycleDays);
  const std::chrono::year_month_day date(within_cycle(day, cycle));
  return {static_cast<int>(date.year()) + cycle * kCycleYears, static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day())};
}

std::int64_t iso_week(std::int64_t day) {
  constexpr std::int64_t kDaysOfWeek = 7;
  // Day 0 was a Thursday: Mondays are the days that leave 4.
  const std::int64_t monday = floor_divide(day + 3, kDaysOfWeek) * kDaysOfWeek - 3;
  const std::int64_t thursday = monday + 3;
  const std::chrono::sys_days in_cycle = within_cycle(thursday, floor_divide(thursday, kCycleDays));
  const std::chrono::year year = std::chrono::year_month_day(in_cycle).year();
  const std::chrono::sys_days first = year / std::chrono::January / 1;
  return (in_cycle - first).count() / kDaysOfWeek + 1;
}

}  // namespace tidewaiter
