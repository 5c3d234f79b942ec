#include "policies/sigma/written_time.h"

#include <charconv>

#include "policies/model/calendar_date.h"
#include "policies/model/time.h"
#include "policies/model/whole_division.h"

namespace tidewaiter {
namespace {

std::int64_t digits(std::string_view text, std::size_t at, std::size_t size) {
  std::int64_t number = 0;
  std::from_chars(text.data() + at, text.data() + at + size, number);
  return number;
}

/// As an instant of UTC has it: a date is in the same week everywhere.
std::int64_t week_of(std::string_view date) {
  return iso_week(floor_divide(parse_time(date).value().us, kDay.us));
}

}  // namespace

std::optional<std::int64_t> written_time_part(std::string_view text, TimePart part) {
  const bool four_digit_year = !text.empty() && text.front() >= '0' && text.front() <= '9';
  if (!four_digit_year || !parse_time(text, true)) return std::nullopt;
  constexpr std::string_view kDate = "2026-03-01";
  const bool date_alone = text.size() == kDate.size();
  switch (part) {
    case TimePart::kMinuteNumber:
      return date_alone ? std::nullopt : std::optional(digits(text, 14, 2));
    case TimePart::kHourNumber:
      return date_alone ? std::nullopt : std::optional(digits(text, 11, 2));
    case TimePart::kDayNumber:
      return digits(text, 8, 2);
    case TimePart::kWeekNumber:
      return week_of(text.substr(0, kDate.size()));
    case TimePart::kMonthNumber:
      return digits(text, 5, 2);
    case TimePart::kYearNumber:
      return digits(text, 0, 4);
  }
  return std::nullopt;
}

}  // namespace tidewaiter
