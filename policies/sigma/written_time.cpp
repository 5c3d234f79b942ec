#include "policies/sigma/written_time.h"

#include <charconv>
#include <chrono>

#include "policies/model/time.h"

namespace tidewaiter {
namespace {

std::int64_t digits(std::string_view text, std::size_t at, std::size_t size) {
  std::int64_t number = 0;
  std::from_chars(text.data() + at, text.data() + at + size, number);
  return number;
}

/// The week that holds the date's Thursday, counted in the Thursday's year (ISO 8601).
std::int64_t iso_week(std::int64_t year, std::int64_t month, std::int64_t day) {
  using namespace std::chrono;
  const sys_days date = std::chrono::year(static_cast<int>(year)) /
                        std::chrono::month(static_cast<unsigned>(month)) /
                        std::chrono::day(static_cast<unsigned>(day));
  const sys_days thursday = date + days(4 - static_cast<int>(weekday(date).iso_encoding()));
  const sys_days first = year_month_day(thursday).year() / January / 1;
  return (thursday - first).count() / 7 + 1;
}

}  // namespace

std::optional<std::int64_t> written_time_part(std::string_view text, SigmaTimePart part) {
  const bool four_digit_year = !text.empty() && text.front() >= '0' && text.front() <= '9';
  if (!four_digit_year || !parse_time(text, true)) return std::nullopt;
  const bool date_alone = text.size() == std::string_view("2026-03-01").size();
  switch (part) {
    case SigmaTimePart::kMinuteNumber:
      return date_alone ? std::nullopt : std::optional(digits(text, 14, 2));
    case SigmaTimePart::kHourNumber:
      return date_alone ? std::nullopt : std::optional(digits(text, 11, 2));
    case SigmaTimePart::kDayNumber:
      return digits(text, 8, 2);
    case SigmaTimePart::kWeekNumber:
      return iso_week(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
    case SigmaTimePart::kMonthNumber:
      return digits(text, 5, 2);
    case SigmaTimePart::kYearNumber:
      return digits(text, 0, 4);
  }
  return std::nullopt;
}

}  // namespace tidewaiter
