// Units of the catalogue's fields, carried through expressions: tokens are not requests.

#include <optional>
#include <string>
#include <vector>

#include "policies/language/single_records.h"
#include "policies/lint/checks.h"

namespace tidewaiter {
namespace {

/// Empty: none, or not known. A literal fits every unit, and a product or quotient with one may
/// stand for a rate, so that nothing is said of it.
using Unit = std::string_view;

class UnitChecks {
 public:
  UnitChecks(const LintedPolicy& linted, DocumentReader& report)
      : linted_(linted), report_(report) {}

  void run() {
    for (const Expr* expr : record_expressions(linted_.policy)) (void)unit_of(*expr);
    for (const Measure& measure : linted_.policy.measures) measures_.push_back(unit_of(measure));
    (void)unit_of(linted_.policy.report_when);
  }

 private:
  Unit unit_of(const Measure& measure) {
    switch (measure.aggregate) {
      case Aggregate::kCount:
        return "requests";
      case Aggregate::kSum:
        if (counts_records(measure)) return "records";
        [[fallthrough]];
      case Aggregate::kMin:
      case Aggregate::kMax:
      case Aggregate::kQuantile:
      case Aggregate::kAvg:
      case Aggregate::kStddev:
      case Aggregate::kFirst:
      case Aggregate::kLast:
        return unit_of(*measure.argument);
      case Aggregate::kFormula:
        return unit_of(*measure.formula);
      case Aggregate::kDistinct:
      case Aggregate::kRate:
      case Aggregate::kCv:
      case Aggregate::kEntropy:
      case Aggregate::kTopShare:
      case Aggregate::kGini:
      case Aggregate::kDeviation:
      case Aggregate::kCompleted:
      case Aggregate::kMissing:
      case Aggregate::kMatched:
      case Aggregate::kCusum:
      case Aggregate::kLockstep:
        break;
    }
    return {};
  }

  /// Looks at the whole tree, and gives the unit of its value.
  Unit unit_of(const Expr& expr) {
    std::vector<Unit> units;
    for (const Expr& arg : expr.args) units.push_back(unit_of(arg));
    const bool number = expr.type == ValueType::kInt64 || expr.type == ValueType::kDouble;
    switch (expr.op) {
      case ExprOp::kField:
        return number ? field(expr.index).unit : Unit();
      case ExprOp::kMeasure:
        return number && expr.index < measures_.size() ? measures_[expr.index] : Unit();
      case ExprOp::kAdd:
      case ExprOp::kSub:
      case ExprOp::kLeast:
      case ExprOp::kGreatest:
        return joined(expr, units);
      case ExprOp::kEq:
      case ExprOp::kNe:
      case ExprOp::kLt:
      case ExprOp::kLe:
      case ExprOp::kGt:
      case ExprOp::kGe:
        (void)joined(expr, units);
        return {};
      case ExprOp::kNeg:
      case ExprOp::kAbs:
      case ExprOp::kRound:
      case ExprOp::kFloor:
      case ExprOp::kCeil:
      case ExprOp::kDefault:
        return units.front();
      default:
        return {};
    }
  }

  Unit joined(const Expr& expr, const std::vector<Unit>& units) {
    Unit first;
    for (const Unit unit : units) {
      if (unit.empty()) continue;
      if (first.empty()) first = unit;
      if (unit == first) continue;
      report_.warn(expr.span, kUnitsDiffer,
                   shown(linted_.policy, expr) + " sets " + std::string(first) + " beside " +
                       std::string(unit),
                   "compare like with like, or say how many " + std::string(first) +
                       " stand for one of the " + std::string(unit) + ": `x > 1000 * y`");
      return {};
    }
    return first;
  }

  const LintedPolicy& linted_;
  DocumentReader& report_;
  std::vector<Unit> measures_;
};

}  // namespace

void check_units(const LintedPolicy& linted, DocumentReader& report) {
  UnitChecks(linted, report).run();
}

}  // namespace tidewaiter
