#include "policies/language/time_part.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "policies/language/expression_literal.h"
#include "policies/model/time.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 6> kTimePartNames = {"minute", "hour",  "day",
                                                            "week",   "month", "year"};

/// floor((time - truncate(time, 1h)) / 1m)
Expr minute_of(const Expr& time, const SourceSpan& span) {
  const auto duration = [&span](Duration length) {
    return make_literal(ValueType::kDuration, length.us, span);
  };
  Expr hour = make_node(ExprOp::kTruncate, ValueType::kTimestamp, {time, duration(kHour)}, span);
  Expr since = make_node(ExprOp::kSub, ValueType::kDuration, {time, std::move(hour)}, span);
  Expr minutes =
      make_node(ExprOp::kDiv, ValueType::kDouble, {std::move(since), duration(kMinute)}, span);
  return make_node(ExprOp::kFloor, ValueType::kInt64, {std::move(minutes)}, span);
}

ExprOp operation_of(TimePart part) {
  switch (part) {
    case TimePart::kDayNumber:
      return ExprOp::kDayOf;
    case TimePart::kWeekNumber:
      return ExprOp::kWeekOf;
    case TimePart::kMonthNumber:
      return ExprOp::kMonthOf;
    case TimePart::kYearNumber:
      return ExprOp::kYearOf;
    case TimePart::kMinuteNumber:  // of several operations: minute_of()
    case TimePart::kHourNumber:
      break;
  }
  return ExprOp::kHourOf;
}

}  // namespace

std::string_view time_part_name(TimePart part) {
  return kTimePartNames.at(static_cast<std::size_t>(part));
}

std::span<const std::string_view> time_part_names() { return kTimePartNames; }

std::optional<TimePart> find_time_part(std::string_view name) {
  const auto* const found = std::ranges::find(kTimePartNames, name);
  if (found == kTimePartNames.end()) return std::nullopt;
  return static_cast<TimePart>(found - kTimePartNames.begin());
}

Expr time_part(TimePart part, Expr time, const SourceSpan& span) {
  if (part == TimePart::kMinuteNumber) return minute_of(time, span);
  return make_node(operation_of(part), ValueType::kInt64, {std::move(time)}, span);
}

}  // namespace tidewaiter
