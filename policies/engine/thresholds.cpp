#include "policies/engine/thresholds.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <variant>

#include "policies/engine/ranges.h"
#include "policies/language/comparison.h"
#include "policies/language/interpret.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMostThresholds = 64;

/// From here on not every whole number is a double: engines compare what they round, and a cell
/// that is held against a threshold is exact.
constexpr long double kFirstRounded = 9007199254740992.0L;  // 2^53

/// How the range of a number can look while its window is open.
enum class Shape : std::uint8_t {
  kFixed,   ///< rests on no measure
  kWhole,   ///< always the whole line: never tells anything
  kRising,  ///< [low, ∞)
  kRatio,   ///< [low, ∞) with low <= 0, or the whole line or null
  kMoving,  ///< anything
};

/// What a truth value can become while its window is open.
struct Prospect {
  bool can_be_true = true;
  bool can_be_false = true;
};

std::optional<long double> exact_number_of(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::nullopt;
}

class Analyst {
 public:
  Analyst(const std::vector<Measure>& measures, const MeasureLayout& layout, OpenOutlook& outlook)
      : measures_(measures), layout_(layout), outlook_(outlook) {}

  Prospect truth(const Expr& expr) {  // NOLINT(misc-no-recursion)
    if (!has_measure(expr)) {
      const Value value = interpret(expr, {});
      const bool* known = std::get_if<bool>(&value);
      return {known != nullptr && *known, known != nullptr && !*known};
    }
    switch (expr.op) {
      case ExprOp::kNot: {
        const Prospect inner = truth(expr.args[0]);
        return {inner.can_be_false, inner.can_be_true};
      }
      case ExprOp::kAnd:
      case ExprOp::kOr:
        return joined(expr);
      case ExprOp::kEq:
      case ExprOp::kNe:
      case ExprOp::kLt:
      case ExprOp::kLe:
      case ExprOp::kGt:
      case ExprOp::kGe:
        if (expr.args[0].type != ValueType::kBool) return comparison(expr);
        [[fallthrough]];
      default:
        outlook_.by_thresholds = false;
        return {};
    }
  }

  /// Notes what has to have been passed for `expr` to be true.
  void require(const Expr& expr) {  // NOLINT(misc-no-recursion)
    if (expr.op == ExprOp::kAnd) {
      for (const Expr& arg : expr.args) require(arg);
      return;
    }
    if (expr.args.size() != 2 || expr.args[0].type == ValueType::kBool) return;
    for (const bool mirror : {false, true}) {
      const Expr& rising = expr.args[mirror ? 1 : 0];
      const Expr& fixed = expr.args[mirror ? 0 : 1];
      const ExprOp op = mirror ? mirrored(expr.op) : expr.op;
      if (op != ExprOp::kGt && op != ExprOp::kGe) continue;
      if (shape(rising) != Shape::kRising || shape(fixed) != Shape::kFixed) continue;
      const std::optional<long double> t = exact_number_of(interpret(fixed, {}));
      const auto threshold = t ? threshold_at(op, rising, *t) : std::nullopt;
      if (threshold) outlook_.required.push_back(*threshold);
    }
  }

 private:
  Prospect joined(const Expr& expr) {  // NOLINT(misc-no-recursion)
    const bool is_and = expr.op == ExprOp::kAnd;
    Prospect all{is_and, !is_and};
    for (const Expr& arg : expr.args) {
      const Prospect one = truth(arg);
      all.can_be_true =
          is_and ? all.can_be_true && one.can_be_true : all.can_be_true || one.can_be_true;
      all.can_be_false =
          is_and ? all.can_be_false || one.can_be_false : all.can_be_false && one.can_be_false;
    }
    return all;
  }

  Prospect comparison(const Expr& expr) {
    const Expr& left = expr.args[0];
    const Expr& right = expr.args[1];
    const Shape a = shape(left);
    const Shape b = shape(right);
    if (a == Shape::kWhole || b == Shape::kWhole) return {false, false};
    const bool a_rises = a == Shape::kRising || a == Shape::kRatio;
    const bool b_rises = b == Shape::kRising || b == Shape::kRatio;
    if (a_rises && b_rises) return {false, false};
    if (a == Shape::kRatio && b == Shape::kFixed && is_positive(right)) return {false, false};
    if (b == Shape::kRatio && a == Shape::kFixed && is_positive(left)) return {false, false};
    if (a == Shape::kRising && b == Shape::kFixed) return against_fixed(expr.op, left, right);
    if (a == Shape::kFixed && b == Shape::kRising) {
      return against_fixed(mirrored(expr.op), right, left);
    }
    outlook_.by_thresholds = false;
    return {};
  }

  /// [low, ∞) against a number t: `>` is true once low > t, `<` false once low >= t, and so on.
  Prospect against_fixed(ExprOp op, const Expr& rising, const Expr& fixed) {
    const std::optional<long double> t = exact_number_of(interpret(fixed, {}));
    if (!t) return {false, false};
    if (!add_threshold(op, rising, *t)) outlook_.by_thresholds = false;
    const bool decided_true = op == ExprOp::kGt || op == ExprOp::kGe || op == ExprOp::kNe;
    return {decided_true, !decided_true};
  }

  bool add_threshold(ExprOp op, const Expr& rising, long double t) {
    if (rising.op != ExprOp::kMeasure) return false;
    const MeasurePlace& place = layout_.places[rising.index];
    if (place.aggregate == Aggregate::kQuantile) {
      // Its low is the floor for as long as it is open, so that above it nothing is decided.
      return !place.nonnegative || t > 0;
    }
    const std::optional<Threshold> threshold = threshold_at(op, rising, t);
    if (!threshold || outlook_.thresholds.size() == kMostThresholds) return false;
    outlook_.thresholds.push_back(*threshold);
    return true;
  }

  /// Where a measure that rises in a cell of whole numbers decides the comparison with t.
  [[nodiscard]] std::optional<Threshold> threshold_at(ExprOp op, const Expr& rising,
                                                      long double t) const {
    if (rising.op != ExprOp::kMeasure || std::fabs(t) >= kFirstRounded) return std::nullopt;
    const MeasurePlace& place = layout_.places[rising.index];
    const bool is_cell = place.aggregate == Aggregate::kCount ||
                         place.aggregate == Aggregate::kSum || place.aggregate == Aggregate::kMax ||
                         place.aggregate == Aggregate::kDistinct;
    if (!is_cell || place.real) return std::nullopt;
    const bool inclusive = op == ExprOp::kGe || op == ExprOp::kLt;
    const auto least = static_cast<Int128>(inclusive ? std::ceil(t) : std::floor(t) + 1);
    return Threshold{place.cell, least, rising.index};
  }

  Shape shape(const Expr& expr) {  // NOLINT(misc-no-recursion)
    if (!has_measure(expr)) return Shape::kFixed;
    switch (expr.op) {
      case ExprOp::kMeasure:
        // A formula is what it is computed from, as if it stood there itself.
        if (const auto& formula = measures_[expr.index].formula) return shape(*formula);
        return shape_of_measure(layout_.places[expr.index]);
      case ExprOp::kAdd:
      case ExprOp::kSub:
      case ExprOp::kMul:
      case ExprOp::kDiv:
        return shape_of_arithmetic(expr);
      default:
        return Shape::kMoving;
    }
  }

  static Shape shape_of_measure(const MeasurePlace& place) {
    switch (place.aggregate) {
      case Aggregate::kRate:
        if (place.weighs) return Shape::kRising;
        [[fallthrough]];
      case Aggregate::kSum:
        return place.nonnegative ? Shape::kRising : Shape::kWhole;
      case Aggregate::kCompleted:
      case Aggregate::kMissing:
      case Aggregate::kMatched:
        return place.told_when_closed ? Shape::kWhole : Shape::kMoving;
      case Aggregate::kMin:
      case Aggregate::kDeviation:
      case Aggregate::kCusum:
      case Aggregate::kFormula:
        return Shape::kMoving;
      case Aggregate::kCount:
      case Aggregate::kMax:
      case Aggregate::kDistinct:
      case Aggregate::kQuantile:
        return Shape::kRising;
      case Aggregate::kAvg:
      case Aggregate::kStddev:
      case Aggregate::kCv:
      case Aggregate::kEntropy:
      case Aggregate::kTopShare:
      case Aggregate::kGini:
      case Aggregate::kFirst:
      case Aggregate::kLast:
      case Aggregate::kLockstep:
        return Shape::kWhole;
    }
    return Shape::kMoving;
  }

  Shape shape_of_arithmetic(const Expr& expr) {  // NOLINT(misc-no-recursion)
    const Shape a = shape(expr.args[0]);
    const Shape b = shape(expr.args[1]);
    const bool both_rise = a == Shape::kRising && b == Shape::kRising;
    switch (expr.op) {
      case ExprOp::kAdd:
        if (both_rise || (a == Shape::kRising && b == Shape::kFixed) ||
            (a == Shape::kFixed && b == Shape::kRising)) {
          return Shape::kRising;
        }
        return Shape::kMoving;
      case ExprOp::kSub:
        // From low − ∞ to ∞ − low.
        if (both_rise) return Shape::kWhole;
        return a == Shape::kRising && b == Shape::kFixed ? Shape::kRising : Shape::kMoving;
      case ExprOp::kDiv:
        // By what may be 0; or from a / ∞ = 0 to ∞ / b = ∞.
        if (both_rise) return Shape::kRatio;
        [[fallthrough]];
      default:
        return a == Shape::kRising && b == Shape::kFixed && is_positive(expr.args[1])
                   ? Shape::kRising
                   : Shape::kMoving;
    }
  }

  static bool is_positive(const Expr& fixed) {
    const std::optional<long double> t = exact_number_of(interpret(fixed, {}));
    return t && *t > 0;
  }

  const std::vector<Measure>& measures_;
  const MeasureLayout& layout_;
  OpenOutlook& outlook_;
};

}  // namespace

OpenOutlook open_outlook(const Policy& policy, const MeasureLayout& layout) {
  OpenOutlook outlook;
  outlook.by_thresholds = true;
  Analyst analyst(policy.measures, layout, outlook);
  const Prospect prospect = analyst.truth(policy.report_when);
  outlook.can_hold = prospect.can_be_true;
  outlook.can_fail = prospect.can_be_false;
  analyst.require(policy.report_when);
  return outlook;
}

}  // namespace tidewaiter
