#include "policies/engine/shortfall.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <variant>

namespace tidewaiter {
namespace {

using reference::Truth;
using reference::truth_of;

std::optional<long double> magnitude_of(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::nullopt;
}

bool is_as_wanted(const Expr& expr, bool wanted, const Bindings& bindings) {
  return truth_of(interpret(expr, bindings)) == (wanted ? Truth::kTrue : Truth::kFalse);
}

/// Of numbers that differ.
double relative_gap(long double left, long double right) {
  const long double scale = std::max(std::abs(left), std::abs(right));
  return static_cast<double>(std::abs(left - right) / scale);
}

double comparison_distance(const Expr& expr, bool wanted, const Bindings& bindings) {
  if (is_as_wanted(expr, wanted, bindings)) return 0.0;
  const auto left = magnitude_of(interpret(expr.args[0], bindings));
  const auto right = magnitude_of(interpret(expr.args[1], bindings));
  if (!left || !right) return 1.0;
  // Sides that are equal and must not be are as near as can be: what is not 0 is the step.
  if (*left == *right) return std::numeric_limits<double>::epsilon();
  return relative_gap(*left, *right);
}

/// The number in the list of an `in` that is nearest to its left side; null where nothing is a
/// number.
const Value* nearest_listed(const Expr& membership, const Value& left) {
  const auto from = magnitude_of(left);
  if (!from) return nullptr;
  const Value* nearest = nullptr;
  long double least = 0;
  for (std::size_t i = 1; i < membership.args.size(); ++i) {
    const auto to = magnitude_of(membership.args[i].literal);
    if (!to || (nearest != nullptr && std::abs(*to - *from) >= least)) continue;
    nearest = &membership.args[i].literal;
    least = std::abs(*to - *from);
  }
  return nearest;
}

double membership_distance(const Expr& expr, bool wanted, const Bindings& bindings) {
  if (is_as_wanted(expr, wanted, bindings)) return 0.0;
  const Value left = interpret(expr.args[0], bindings);
  const Value* nearest = nearest_listed(expr, left);
  if (nearest == nullptr) return 1.0;
  if (!wanted) return std::numeric_limits<double>::epsilon();  // the step away from what is listed
  return relative_gap(*magnitude_of(left), *magnitude_of(*nearest));
}

Shortfall membership_shortfall(const Expr& membership, bool wanted, const Bindings& bindings) {
  Shortfall shortfall;
  shortfall.left = interpret(membership.args[0], bindings);
  if (!wanted || is_as_wanted(membership, wanted, bindings)) return shortfall;
  const Value* nearest = nearest_listed(membership, shortfall.left);
  if (nearest == nullptr) return shortfall;
  shortfall.right = *nearest;
  const long double gap = *magnitude_of(*nearest) - *magnitude_of(shortfall.left);
  shortfall.rise = gap > 0;
  const auto* left = std::get_if<std::int64_t>(&shortfall.left);
  const auto* right = std::get_if<std::int64_t>(nearest);
  std::int64_t whole = 0;
  if (left == nullptr || right == nullptr) {
    shortfall.by = static_cast<double>(std::abs(gap));
  } else if (!__builtin_sub_overflow(std::max(*left, *right), std::min(*left, *right), &whole)) {
    shortfall.by = whole;
  }
  return shortfall;
}

/// Sets `by` of an ordered comparison that is not what it has to be.
void set_gap(const Expr& comparison, ExprOp op, Shortfall& shortfall) {
  const bool strict = op == ExprOp::kGt || op == ExprOp::kLt;
  const bool up = shortfall.rise;
  const auto* left = std::get_if<std::int64_t>(&shortfall.left);
  const auto* right = std::get_if<std::int64_t>(&shortfall.right);
  if (left != nullptr && right != nullptr) {
    std::int64_t gap = 0;
    if (__builtin_sub_overflow(up ? *right : *left, up ? *left : *right, &gap)) return;
    const bool whole = comparison.args[0].type == ValueType::kInt64;
    if (strict && whole && __builtin_add_overflow(gap, 1, &gap)) return;
    shortfall.by = gap;
    return;
  }
  const auto x = magnitude_of(shortfall.left);
  const auto y = magnitude_of(shortfall.right);
  if (x && y) shortfall.by = static_cast<double>(up ? *y - *x : *x - *y);
}

}  // namespace

Shortfall shortfall_of(const Expr& comparison, bool wanted, const Bindings& bindings) {
  if (comparison.op == ExprOp::kIn) return membership_shortfall(comparison, wanted, bindings);
  Shortfall shortfall;
  shortfall.left = interpret(comparison.args[0], bindings);
  shortfall.right = interpret(comparison.args[1], bindings);
  const ExprOp op = wanted ? comparison.op : opposite(comparison.op);
  shortfall.rise = op == ExprOp::kGt || op == ExprOp::kGe;
  if (!shortfall.rise && op != ExprOp::kLt && op != ExprOp::kLe) return shortfall;
  if (!is_as_wanted(comparison, wanted, bindings)) set_gap(comparison, op, shortfall);
  return shortfall;
}

double distance_from(const Expr& expr, bool wanted, const Bindings& bindings) {
  if (expr.op == ExprOp::kNot) return distance_from(expr.args[0], !wanted, bindings);
  if (expr.op == ExprOp::kAnd || expr.op == ExprOp::kOr) {
    const bool all = (expr.op == ExprOp::kAnd) == wanted;
    double sum = 0.0;
    double least = std::numeric_limits<double>::infinity();
    for (const Expr& arg : expr.args) {
      const double one = distance_from(arg, wanted, bindings);
      sum += one;
      least = std::min(least, one);
    }
    return all ? sum : least;
  }
  if (is_comparison(expr.op)) return comparison_distance(expr, wanted, bindings);
  if (expr.op == ExprOp::kIn) return membership_distance(expr, wanted, bindings);
  if (expr.op == ExprOp::kIf) {
    const auto branch = [&](bool condition, std::size_t taken) {
      return distance_from(expr.args[0], condition, bindings) +
             distance_from(expr.args[taken], wanted, bindings);
    };
    return std::min(branch(true, 1), branch(false, 2));
  }
  return is_as_wanted(expr, wanted, bindings) ? 0.0 : 1.0;
}

ValueType shortfall_type(const Expr& comparison, const Shortfall& shortfall) {
  if (std::holds_alternative<double>(shortfall.by)) return ValueType::kDouble;
  const ValueType type = comparison.args[0].type;
  return type == ValueType::kTimestamp ? ValueType::kDuration : type;
}

std::string shortfall_text(const Expr& comparison, const Shortfall& shortfall) {
  if (is_null(shortfall.by)) return {};
  const std::string by = format_value(shortfall.by, shortfall_type(comparison, shortfall)) +
                         (shortfall.rise ? " short" : " too much");
  if (comparison.op != ExprOp::kIn) return by;
  return by + (shortfall.rise ? " of " : " for ") +
         format_value(shortfall.right, comparison.args[1].type);
}

}  // namespace tidewaiter
