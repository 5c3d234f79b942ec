#pragma once

#include <cstdint>
#include <span>

#include "policies/language/policy.h"

namespace tidewaiter {

enum class RangeAnswer : std::uint8_t { kUnknown, kFalse, kTrue };

/// What a number may still turn out to be: low <= x <= high, either may be infinite.
struct Range {
  long double low = 0;
  long double high = 0;
  bool may_be_null = false;
  bool is_null = false;  ///< certainly null; then may_be_null too

  [[nodiscard]] bool is_point() const { return low == high && !may_be_null; }
};

/// The range of a known value: a point, or certainly null.
[[nodiscard]] Range range_of(const Value& value);

/// Says whether an expression's definition rules out values below zero (docs/evaluation.md,
/// Measures).
[[nodiscard]] bool cannot_be_negative(const Expr& expr);

/// Whether a measure occurs in the expression.
[[nodiscard]] bool has_measure(const Expr& expr);

/// Completes a range: what an int64, or a double, cannot hold is null.
[[nodiscard]] Range fitted(Range range, ValueType type);

/// A number over the ranges of measures: holds every value that it can have.
[[nodiscard]] Range range_over(const Expr& number, std::span<const Range> measures);

/// `report_when` over the ranges of its measures (docs/evaluation.md): true or false only if every
/// completion gives that. Pure.
[[nodiscard]] RangeAnswer answer_over(const Expr& report_when, std::span<const Range> measures);

}  // namespace tidewaiter
