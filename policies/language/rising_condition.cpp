#include "policies/language/rising_condition.h"

#include <algorithm>
#include <optional>
#include <variant>
#include <vector>

namespace tidewaiter {
namespace {

/// What more records may do to a value, or to a truth value where true is above false.
enum class Course { kSame, kRises, kFalls, kEither };

Course both(Course a, Course b) {
  if (a == Course::kSame || a == b) return b;
  return b == Course::kSame ? a : Course::kEither;
}

Course turned(Course a) {
  if (a == Course::kRises) return Course::kFalls;
  return a == Course::kFalls ? Course::kRises : a;
}

bool is_positive_literal(const Expr& expr) {
  if (expr.op != ExprOp::kLiteral) return false;
  if (const auto* whole = std::get_if<std::int64_t>(&expr.literal)) return *whole > 0;
  const auto* real = std::get_if<double>(&expr.literal);
  return real != nullptr && *real > 0;
}

bool is_never_negative(const std::optional<Expr>& argument) {
  if (!argument) return false;
  return is_positive_literal(*argument) ||
         (argument->op == ExprOp::kField && field(argument->index).nonnegative);
}

class Courses {
 public:
  /// A measure names earlier ones alone: each is looked at once.
  explicit Courses(std::span<const Measure> measures) {
    for (const Measure& measure : measures) courses_.push_back(of(measure));
  }

  [[nodiscard]] Course of(const Expr& expr) const {  // NOLINT(misc-no-recursion)
    switch (expr.op) {
      case ExprOp::kLiteral:
        return Course::kSame;
      case ExprOp::kMeasure:
        return courses_[expr.index];
      case ExprOp::kNot:
      case ExprOp::kNeg:
        return turned(of(expr.args[0]));
      case ExprOp::kGt:
      case ExprOp::kGe:
      case ExprOp::kSub:
        return both(of(expr.args[0]), turned(of(expr.args[1])));
      case ExprOp::kLt:
      case ExprOp::kLe:
        return both(turned(of(expr.args[0])), of(expr.args[1]));
      case ExprOp::kAnd:
      case ExprOp::kOr:
      case ExprOp::kAdd:
      case ExprOp::kLeast:
      case ExprOp::kGreatest:
        return of_all(expr);
      case ExprOp::kMul:
        if (is_positive_literal(expr.args[0])) return of(expr.args[1]);
        return is_positive_literal(expr.args[1]) ? of(expr.args[0]) : unless_same(expr);
      case ExprOp::kDiv:
        return is_positive_literal(expr.args[1]) ? of(expr.args[0]) : unless_same(expr);
      default:
        return unless_same(expr);
    }
  }

 private:
  [[nodiscard]] Course of_all(const Expr& expr) const {  // NOLINT(misc-no-recursion)
    Course all = Course::kSame;
    for (const Expr& part : expr.args) all = both(all, of(part));
    return all;
  }

  /// Of an operation that may turn a rise into a fall.
  [[nodiscard]] Course unless_same(const Expr& expr) const {  // NOLINT(misc-no-recursion)
    return of_all(expr) == Course::kSame ? Course::kSame : Course::kEither;
  }

  [[nodiscard]] Course of(const Measure& measure) const {  // NOLINT(misc-no-recursion)
    switch (measure.aggregate) {
      case Aggregate::kCount:
      case Aggregate::kDistinct:
      case Aggregate::kMax:
        return Course::kRises;
      case Aggregate::kMin:
        return Course::kFalls;
      case Aggregate::kSum:
        return is_never_negative(measure.argument) ? Course::kRises : Course::kEither;
      case Aggregate::kRate:
        return !measure.argument || is_never_negative(measure.argument) ? Course::kRises
                                                                        : Course::kEither;
      case Aggregate::kCompleted:
        return measure.pattern->without ? Course::kEither : Course::kRises;
      case Aggregate::kFormula:
        return of(*measure.formula);
      default:
        return Course::kEither;
    }
  }

  std::vector<Course> courses_;  ///< of the measures
};

}  // namespace

const Expr* part_that_may_fall(const Expr& report_when,  // NOLINT(misc-no-recursion)
                               std::span<const Measure> measures) {
  const Course course = Courses(measures).of(report_when);
  if (course == Course::kSame || course == Course::kRises) return nullptr;
  if (report_when.op == ExprOp::kAnd || report_when.op == ExprOp::kOr) {
    for (const Expr& part : report_when.args) {
      if (const Expr* falling = part_that_may_fall(part, measures)) return falling;
    }
  }
  return &report_when;
}

}  // namespace tidewaiter
