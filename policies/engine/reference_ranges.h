#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "policies/engine/reference_truth.h"
#include "policies/language/expression.h"

namespace tidewaiter::reference {

/// Wide enough for every int64 and every double.
using Bound = long double;
constexpr Bound kInfinity = std::numeric_limits<Bound>::infinity();

/// What a number may still turn out to be: any value of [low, high], or null. `exact` holds the
/// value where nothing is open about it.
struct Range {
  Bound low = -kInfinity;
  Bound high = kInfinity;
  bool maybe_null = false;
  std::optional<Value> exact;
};

inline const Range kAnything{-kInfinity, kInfinity, true, std::nullopt};

/// Whether `value` is an int64 or a double: what bound_of() takes.
[[nodiscard]] bool is_number(const Value& value);
[[nodiscard]] Bound bound_of(const Value& value);

/// The range that leaves `value` alone, be it null.
[[nodiscard]] Range exactly(const Value& value);

/// `range` as a value of `type`: what no value of the type can be is null (docs/evaluation.md,
/// Measures).
[[nodiscard]] Range fitted(Range range, ValueType type);

/// What a formula comes to, and whether a condition holds, over what the measures may still turn
/// out to be: by measure, `ranges` (docs/evaluation.md, Measures, at its end). Pure.
[[nodiscard]] Range range_over(const Expr& formula, const std::vector<Range>& ranges);
[[nodiscard]] Truth truth_over(const Expr& condition, const std::vector<Range>& ranges);

}  // namespace tidewaiter::reference
