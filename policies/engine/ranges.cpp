#include "policies/engine/ranges.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <variant>

#include "policies/language/interpret.h"

namespace tidewaiter {
namespace {

constexpr long double kInfinity = std::numeric_limits<long double>::infinity();
constexpr Range kWholeLineOrNull{-kInfinity, kInfinity, true, false};

RangeAnswer known(bool value) { return value ? RangeAnswer::kTrue : RangeAnswer::kFalse; }

Range hull(const Range& a, const Range& b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high), a.may_be_null || b.may_be_null};
}

RangeAnswer answer_of_value(const Value& value) {
  const bool* truth = std::get_if<bool>(&value);
  return truth == nullptr ? RangeAnswer::kUnknown : known(*truth);
}

/// Whether the value is known, be it null.
bool is_exact(const Range& range) {
  return range.is_null || (range.is_point() && !std::isinf(range.low));
}

Value value_of(const Range& range, ValueType type) {
  if (range.is_null) return {};
  if (type == ValueType::kDouble) return static_cast<double>(range.low);
  return static_cast<std::int64_t>(range.low);
}

/// 0 · ∞ is 0: an infinite bound stands for numbers without bound, each of which gives 0.
template <class T>
T product(T a, T b) {
  return a == 0 || b == 0 ? T{0} : a * b;
}

/// x / ∞ is 0, for the same reason; ∞ / ∞ is between this 0 and the ∞ of another corner.
template <class T>
T quotient(T a, T b) {
  return std::isinf(b) ? T{0} : a / b;
}

/// The bounds of a + b, a − b, a · b, a / b where no b is 0.
template <class T>
Range bounds(ExprOp op, const Range& a, const Range& b) {
  const auto a_low = static_cast<T>(a.low);
  const auto a_high = static_cast<T>(a.high);
  const auto b_low = static_cast<T>(b.low);
  const auto b_high = static_cast<T>(b.high);
  const bool may_be_null = a.may_be_null || b.may_be_null;
  if (op == ExprOp::kAdd) return {a_low + b_low, a_high + b_high, may_be_null};
  if (op == ExprOp::kSub) return {a_low - b_high, a_high - b_low, may_be_null};
  const auto corner = [op](T x, T y) {
    return op == ExprOp::kMul ? product(x, y) : quotient(x, y);
  };
  const auto [low, high] = std::minmax(
      {corner(a_low, b_low), corner(a_low, b_high), corner(a_high, b_low), corner(a_high, b_high)});
  return {low, high, may_be_null};
}

RangeAnswer compare(ExprOp op, const Range& a, const Range& b) {
  if (a.may_be_null || b.may_be_null) return RangeAnswer::kUnknown;
  const bool below = a.high < b.low;
  const bool above = a.low > b.high;
  switch (op) {
    case ExprOp::kLt:
      return below ? RangeAnswer::kTrue
                   : (a.low >= b.high ? RangeAnswer::kFalse : RangeAnswer::kUnknown);
    case ExprOp::kLe:
      return a.high <= b.low ? RangeAnswer::kTrue
                             : (above ? RangeAnswer::kFalse : RangeAnswer::kUnknown);
    case ExprOp::kGt:
      return above ? RangeAnswer::kTrue
                   : (a.high <= b.low ? RangeAnswer::kFalse : RangeAnswer::kUnknown);
    case ExprOp::kGe:
      return a.low >= b.high ? RangeAnswer::kTrue
                             : (below ? RangeAnswer::kFalse : RangeAnswer::kUnknown);
    default: {
      if (below || above) return known(op == ExprOp::kNe);
      const bool equal = a.low == a.high && b.low == b.high && a.low == b.low;
      return equal ? known(op == ExprOp::kEq) : RangeAnswer::kUnknown;
    }
  }
}

/// Walks `report_when` over ranges.
class RangeReasoner {
 public:
  explicit RangeReasoner(std::span<const Range> measures) : measures_(measures) {}

  // NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 deep
  RangeAnswer truth(const Expr& expr) {
    switch (expr.op) {
      case ExprOp::kNot: {
        const RangeAnswer inner = truth(expr.args[0]);
        return inner == RangeAnswer::kUnknown ? inner : known(inner == RangeAnswer::kFalse);
      }
      case ExprOp::kAnd:
        return joined(expr, RangeAnswer::kFalse, RangeAnswer::kTrue);
      case ExprOp::kOr:
        return joined(expr, RangeAnswer::kTrue, RangeAnswer::kFalse);
      default:
        break;
    }
    if (!has_measure(expr)) return answer_of_value(interpret(expr, {}));
    switch (expr.op) {
      case ExprOp::kEq:
      case ExprOp::kNe:
      case ExprOp::kLt:
      case ExprOp::kLe:
      case ExprOp::kGt:
      case ExprOp::kGe:
        return comparison(expr);
      case ExprOp::kIn:
      case ExprOp::kInList: {
        const Range value = number(expr.args[0]);
        if (!is_exact(value)) return RangeAnswer::kUnknown;
        return answer_of_value(interpret(with_value(expr, 0, value), {}));
      }
      case ExprOp::kIf: {
        const RangeAnswer condition = truth(expr.args[0]);
        if (condition != RangeAnswer::kUnknown) {
          return truth(expr.args[condition == RangeAnswer::kTrue ? 1 : 2]);
        }
        // The condition may turn out null, and the whole with it.
        return RangeAnswer::kUnknown;
      }
      case ExprOp::kDefault:
        // Where it may be null the other value may be taken, or not.
        return truth(expr.args[0]);
      default:
        return RangeAnswer::kUnknown;
    }
  }

  Range number(const Expr& expr) {  // NOLINT(misc-no-recursion)
    if (expr.op == ExprOp::kMeasure) return measures_[expr.index];
    if (!has_measure(expr)) return range_of(interpret(expr, {}));
    switch (expr.op) {
      case ExprOp::kAdd:
      case ExprOp::kSub:
      case ExprOp::kMul:
      case ExprOp::kDiv:
        return arithmetic(expr);
      case ExprOp::kNeg: {
        const Range inner = number(expr.args[0]);
        if (is_exact(inner)) return range_of(interpret(with_value(expr, 0, inner), {}));
        return fitted({-inner.high, -inner.low, inner.may_be_null}, expr.type);
      }
      case ExprOp::kIf: {
        const RangeAnswer condition = truth(expr.args[0]);
        if (condition != RangeAnswer::kUnknown) {
          return number(expr.args[condition == RangeAnswer::kTrue ? 1 : 2]);
        }
        Range both = hull(number(expr.args[1]), number(expr.args[2]));
        both.may_be_null = true;
        return both;
      }
      case ExprOp::kDefault: {
        const Range inner = number(expr.args[0]);
        if (!inner.may_be_null) return inner;
        const Range other = number(expr.args[1]);
        if (inner.is_null) return other;
        Range both = hull(inner, other);
        both.may_be_null = other.may_be_null;
        return both;
      }
      default:
        return of_points(expr);
    }
  }

 private:
  // NOLINTNEXTLINE(misc-no-recursion)
  RangeAnswer joined(const Expr& expr, RangeAnswer decisive, RangeAnswer neutral) {
    RangeAnswer result = neutral;
    for (const Expr& arg : expr.args) {
      const RangeAnswer one = truth(arg);
      if (one == decisive) return decisive;
      if (one == RangeAnswer::kUnknown) result = one;
    }
    return result;
  }

  RangeAnswer comparison(const Expr& expr) {  // NOLINT(misc-no-recursion)
    if (expr.args[0].type == ValueType::kBool) {
      const RangeAnswer a = truth(expr.args[0]);
      const RangeAnswer b = truth(expr.args[1]);
      if (a == RangeAnswer::kUnknown || b == RangeAnswer::kUnknown) return RangeAnswer::kUnknown;
      return known((a == b) == (expr.op == ExprOp::kEq));
    }
    Range a = number(expr.args[0]);
    Range b = number(expr.args[1]);
    if (expr.args[0].type == ValueType::kDouble || expr.args[1].type == ValueType::kDouble) {
      // An int64 beside a double counts as the nearest double.
      for (long double* bound : {&a.low, &a.high, &b.low, &b.high}) {
        *bound = static_cast<double>(*bound);
      }
    }
    return compare(expr.op, a, b);
  }

  Range arithmetic(const Expr& expr) {  // NOLINT(misc-no-recursion)
    const Range a = number(expr.args[0]);
    const Range b = number(expr.args[1]);
    if (is_exact(a) && is_exact(b)) {
      return range_of(interpret(with_value(with_value(expr, 0, a), 1, b), {}));
    }
    if (expr.op == ExprOp::kDiv && b.low <= 0 && b.high >= 0) return kWholeLineOrNull;
    // As the expression itself computes: doubles as doubles, the others without a rounding.
    return fitted(expr.type == ValueType::kDouble ? bounds<double>(expr.op, a, b)
                                                  : bounds<long double>(expr.op, a, b),
                  expr.type);
  }

  /// The call with a known value in place of one argument.
  static Expr with_value(const Expr& expr, std::size_t place, const Range& value) {
    Expr call = expr;
    Expr literal;
    literal.type = expr.args[place].type;
    literal.literal = value_of(value, literal.type);
    call.args[place] = std::move(literal);
    return call;
  }

  /// Any other function: known only of known values.
  Range of_points(const Expr& expr) {  // NOLINT(misc-no-recursion)
    Expr call = expr;
    for (std::size_t i = 0; i < expr.args.size(); ++i) {
      if (!has_measure(expr.args[i])) continue;
      const ValueType type = expr.args[i].type;
      if (type == ValueType::kBool || type == ValueType::kString) return kWholeLineOrNull;
      const Range range = number(expr.args[i]);
      if (!is_exact(range)) return kWholeLineOrNull;
      call = with_value(call, i, range);
    }
    return range_of(interpret(call, {}));
  }

  std::span<const Range> measures_;
};

}  // namespace

bool cannot_be_negative(const Expr& expr) {  // NOLINT(misc-no-recursion)
  switch (expr.op) {
    case ExprOp::kField:
      return field(expr.index).nonnegative;
    case ExprOp::kLiteral:
      if (const auto* number = std::get_if<std::int64_t>(&expr.literal)) return *number >= 0;
      if (const auto* real = std::get_if<double>(&expr.literal)) return *real >= 0;
      return false;
    case ExprOp::kAbs:
    case ExprOp::kHourOf:
    case ExprOp::kWeekdayOf:
    case ExprOp::kDayOf:
    case ExprOp::kWeekOf:
    case ExprOp::kMonthOf:
    case ExprOp::kSketchDistance:
      return true;
    case ExprOp::kAdd:
    case ExprOp::kMul:
    case ExprOp::kDiv:
    case ExprOp::kRound:
    case ExprOp::kFloor:
    case ExprOp::kCeil:
    case ExprOp::kLeast:
    case ExprOp::kGreatest:
    case ExprOp::kDefault:
      return std::ranges::all_of(expr.args, cannot_be_negative);
    case ExprOp::kIf:
      return cannot_be_negative(expr.args[1]) && cannot_be_negative(expr.args[2]);
    default:
      return false;
  }
}

bool has_measure(const Expr& expr) {  // NOLINT(misc-no-recursion): trees are at most 64 deep
  return expr.op == ExprOp::kMeasure || std::ranges::any_of(expr.args, has_measure);
}

Range range_of(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return {static_cast<long double>(*number), static_cast<long double>(*number)};
  }
  if (const auto* real = std::get_if<double>(&value)) return {*real, *real};
  return {-kInfinity, kInfinity, true, is_null(value)};
}

Range fitted(Range range, ValueType type) {
  const bool real = type == ValueType::kDouble;
  const long double most = real
                               ? static_cast<long double>(std::numeric_limits<double>::max())
                               : static_cast<long double>(std::numeric_limits<std::int64_t>::max());
  const long double least =
      real ? -most : static_cast<long double>(std::numeric_limits<std::int64_t>::min());
  // ∞ − ∞: nothing is known of that side.
  if (std::isnan(range.low)) range.low = -kInfinity;
  if (std::isnan(range.high)) range.high = kInfinity;
  if (range.low > most || range.high < least) range.may_be_null = true;
  return range;
}

Range range_over(const Expr& number, std::span<const Range> measures) {
  return RangeReasoner(measures).number(number);
}

RangeAnswer answer_over(const Expr& report_when, std::span<const Range> measures) {
  return RangeReasoner(measures).truth(report_when);
}

}  // namespace tidewaiter
