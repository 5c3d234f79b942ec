#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "policies/language/expression.h"

namespace tidewaiter {

/// A part of a time that Sigma's modifiers of the same names compare.
enum class TimePart : std::uint8_t {
  kMinuteNumber,
  kHourNumber,
  kDayNumber,
  kWeekNumber,
  kMonthNumber,
  kYearNumber
};

/// `minute`, `hour`, `day` …, in the order of the parts.
[[nodiscard]] std::string_view time_part_name(TimePart part);
[[nodiscard]] std::span<const std::string_view> time_part_names();
[[nodiscard]] std::optional<TimePart> find_time_part(std::string_view name);

/// That part of `time`, a timestamp, in UTC: an int64, as the functions of the same names give it;
/// the minute is that of the hour, 0 to 59.
[[nodiscard]] Expr time_part(TimePart part, Expr time, const SourceSpan& span);

}  // namespace tidewaiter
