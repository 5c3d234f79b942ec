#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "policies/language/policy.h"

namespace tidewaiter {

/// An interval that holds every value a numeric term can have where it has one; it may be wider
/// than need be. Timestamps and durations count in microseconds, money in nano-USD, truth values as
/// 0 and 1.
struct ValueRange {
  // Wide enough for every int64.
  static_assert(std::numeric_limits<long double>::digits >= 63);
  static constexpr long double kInfinity = std::numeric_limits<long double>::infinity();

  long double low = -kInfinity;
  long double high = kInfinity;
  bool low_open = false;   ///< `low` itself does not belong to it
  bool high_open = false;  ///< `high` itself does not belong to it

  [[nodiscard]] bool empty() const {
    return low > high || (low == high && (low_open || high_open));
  }
  [[nodiscard]] bool contains(long double value) const {
    return (low_open ? value > low : value >= low) && (high_open ? value < high : value <= high);
  }
};

[[nodiscard]] ValueRange intersection(const ValueRange& a, const ValueRange& b);

/// A range of whole numbers with its ends closed.
[[nodiscard]] ValueRange whole_range(const ValueRange& range);

/// The number of a literal: int64, double or bool. NaN for any other value.
[[nodiscard]] long double number_of(const Value& value);

/// What holds between two measures of a policy whatever the records are: `low` <= `high`.
struct MeasureOrder {
  std::uint16_t low;
  std::uint16_t high;
};

/// The orders that follow from what measures are: the least value is at most each quantile, and
/// that at most the greatest; records with a further selection are at most all of them.
[[nodiscard]] std::vector<MeasureOrder> measure_orders(const Policy& policy);

/// The range of a quotient of two measures of which the first is part of the second: 0 to 1. No
/// bounds for any other expression.
[[nodiscard]] ValueRange share_range(const Expr& expr, std::span<const ValueRange> measures,
                                     std::span<const MeasureOrder> orders);

/// Whether figures of up to 1e9, where nothing bounds them, take a sum, difference or product in it
/// beyond int64, where it has no value.
[[nodiscard]] bool may_overflow(const Expr& expr, std::span<const ValueRange> measures);

/// What is known of a policy's measures, by position, before any of their values is seen.
[[nodiscard]] std::vector<ValueRange> measure_ranges(const Policy& policy);

/// Interval arithmetic over the expression. It is empty where the expression never has a value, as
/// a quotient by 0 and a sum beyond int64. Fields have the range that the catalogue gives them,
/// measures that of `measures`.
[[nodiscard]] ValueRange range_of(const Expr& expr, std::span<const ValueRange> measures);

}  // namespace tidewaiter
