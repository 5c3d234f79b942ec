#pragma once

#include <string>

#include "policies/engine/reference_truth.h"
#include "policies/language/comparison.h"
#include "policies/language/expression.h"
#include "policies/language/interpret.h"

namespace tidewaiter {

/// Whether a truth value falls short by something: comparisons and `in [...]`.
[[nodiscard]] constexpr bool has_shortfall(ExprOp op) {
  return is_comparison(op) || op == ExprOp::kIn;
}

/// How far a comparison, or `in`, is from what it has to be.
struct Shortfall {
  Value left;   ///< the sides as they stand
  Value right;  ///< of an `in` that has to hold the number of its list that is nearest to the left
  /// How far the left side would have to move for the comparison to be what it has to be: up if
  /// `rise`, else down. Of int64 the least step that does it, else the difference, beyond which it
  /// has to go where equal is not enough. Nothing where it is so already, for `==` and `!=`, and
  /// where a side is null.
  Value by;
  bool rise = false;
};

/// `wanted`: what the comparison, or `in`, has to be. Pure.
[[nodiscard]] Shortfall shortfall_of(const Expr& comparison, bool wanted, const Bindings& bindings);

/// How far a truth value is from being `wanted`. A comparison that is so is at distance 0; one that
/// is not is as far as its sides differ, divided by the greater of their magnitudes: 3 against
/// "> 12" is at 0.75. `in` is as far as the number of its list that is nearest, `if(c, a, b)` as
/// the nearer of `c and a` and `not c and b`. Whatever else is not so, and what a null keeps from
/// being compared, is at 1. `and` adds its parts, `or` takes the least, `not` asks for the
/// opposite. Pure.
[[nodiscard]] double distance_from(const Expr& expr, bool wanted, const Bindings& bindings);

/// "6 short", "30 too much", of `in` "1 short of 3"; empty where `by` is nothing.
[[nodiscard]] std::string shortfall_text(const Expr& comparison, const Shortfall& shortfall);

/// The type of `by` for people: a difference of times is a length.
[[nodiscard]] ValueType shortfall_type(const Expr& comparison, const Shortfall& shortfall);

}  // namespace tidewaiter
