// Subjects, windows and figures: what they cost, and what they cannot show.

#include <algorithm>
#include <optional>
#include <string>

#include "policies/language/history_figures.h"
#include "policies/lint/checks.h"
#include "policies/lint/truth_analysis.h"

namespace tidewaiter {
namespace {

/// Above this many windows a record, the step is finer than a reviewer can act on, and dear.
constexpr std::int64_t kManyOverlaps = 1000;

class MeasureChecks {
 public:
  MeasureChecks(const LintedPolicy& linted, DocumentReader& report)
      : linted_(linted), policy_(linted.policy), report_(report) {}

  void run() {
    check_subject();
    check_window();
    check_repeat();
    for (const Measure& measure : policy_.measures) check_quantile(measure);
    check_divisors(policy_.report_when);
    check_histories();
  }

 private:
  void check_subject() {
    const YamlNode* node = linted_.find("for_each");
    if (node == nullptr) return;
    for (const YamlNode* item : DocumentReader::items(*node)) {
      const auto id = find_field(item->scalar);
      if (!id || field(*id).unit.empty() || !is_amount(field(*id).type)) continue;
      report_.warn(item->span, kMeasuredSubject,
                   "`" + item->scalar + "` is an amount of " + std::string(field(*id).unit) +
                       ": nobody to judge stands behind one",
                   "name whom the findings are about, such as `account`");
    }
  }

  static bool is_amount(ValueType type) {
    return type == ValueType::kInt64 || type == ValueType::kDouble;
  }

  void check_window() {
    if (policy_.window.every.us <= 0) return;
    const std::int64_t windows = policy_.window.length.us / policy_.window.every.us;
    if (windows <= kManyOverlaps) return;
    const YamlNode* window = linted_.find("window");
    const YamlNode* every = window != nullptr ? window->find("every") : nullptr;
    report_.warn(every != nullptr ? every->span : linted_.place("window"), kManyWindows,
                 "each record is part of " + std::to_string(windows) + " windows",
                 "a step of a hundredth of the length loses little: `every: " +
                     format_duration(Duration{policy_.window.length.us / 100}) + "`");
  }

  /// The next window begins later than the repeat asks for: each one would be a finding.
  void check_repeat() {
    const auto& repeat = policy_.repeat;
    if (!repeat || !repeat->after || repeat->if_grown) return;
    if (*repeat->after >= policy_.window.every) return;
    report_.warn(linted_.find("repeat")->find("after")->span, kRepeatAtOnce,
                 "windows begin every " + format_duration(policy_.window.every) +
                     ": each one that holds is a finding of its own",
                 "write a longer `after`, or add `if_grown`");
  }

  /// Nearest rank: of n values below 1 / (1 - q), the greatest is the one.
  void check_quantile(const Measure& measure) {
    if (measure.aggregate != Aggregate::kQuantile) return;
    const Fraction q = measure.quantile;
    const std::int64_t above = q.denominator - q.numerator;
    if (above <= 0 || q.denominator < 10 * above) return;
    const std::int64_t needed = (q.denominator + above - 1) / above;
    if (some_count_is_at_least(needed)) return;
    report_.warn(measure.span, kExtremeQuantile,
                 "over fewer than " + std::to_string(needed) + " records this is their maximum",
                 "add a `count()` to the measures and ask for as many in `report_when`");
  }

  /// Whether a report says that so many requests were counted.
  [[nodiscard]] bool some_count_is_at_least(std::int64_t needed) const {
    TruthAnalysis truth(measure_ranges(policy_), measure_orders(policy_));
    for (std::size_t i = 0; i < policy_.measures.size(); ++i) {
      if (policy_.measures[i].aggregate != Aggregate::kCount) continue;
      const Expr too_few = comparison(static_cast<std::uint16_t>(i), ExprOp::kLt, needed);
      if (!truth.possible({{&policy_.report_when, true}, {&too_few, true}})) return true;
    }
    return false;
  }

  [[nodiscard]] Expr comparison(std::uint16_t measure, ExprOp op, std::int64_t value) const {
    Expr left;
    left.op = ExprOp::kMeasure;
    left.type = policy_.measures[measure].type;
    left.index = measure;
    Expr right;
    right.type = ValueType::kInt64;
    right.literal = value;
    Expr expr;
    expr.op = op;
    expr.args = {std::move(left), std::move(right)};
    return expr;
  }

  /// A division by zero is unknown, so that the window is not evaluable.
  void check_divisors(const Expr& expr) {
    if (expr.op == ExprOp::kDiv && expr.args[1].op == ExprOp::kMeasure) check_divisor(expr);
    for (const Expr& arg : expr.args) check_divisors(arg);
  }

  void check_divisor(const Expr& division) {
    const std::uint16_t index = division.args[1].index;
    const Measure& measure = policy_.measures[index];
    if (!may_be_zero(measure)) return;
    // The other clauses decide without the quotient where they ask for more than none.
    if (const Expr* around = clause_beside(policy_.report_when, division)) {
      TruthAnalysis truth(measure_ranges(policy_), measure_orders(policy_));
      const Expr none = comparison(index, ExprOp::kEq, 0);
      if (!truth.possible({{around, true}, {&none, true}})) return;
    }
    report_.warn(division.span, kDivisorMayBeZero,
                 "`" + measure.name + "` may be 0: then " + shown(policy_, division) +
                     " has no value, and the window cannot be told",
                 "ask for `" + measure.name + " > 0` as well, or multiply the other side by it");
  }

  /// A subject without enough history has no deviation and no cumulative sum: where a report needs
  /// one, it is silent.
  void check_histories() {
    const Expr* needed = needed_history(policy_.report_when);
    if (needed == nullptr) return;
    report_.warn(needed->span, kDeviationSilences,
                 "a subject without enough history is never reported: " + shown(policy_, *needed) +
                     " has no answer for it",
                 "add a figure that needs no history: `… or tokens > 50M`");
  }

  /// A clause over a history without which the expression cannot be true, or nullptr.
  [[nodiscard]] const Expr* needed_history(const Expr& expr) const {
    if (expr.op == ExprOp::kAnd) {
      for (const Expr& clause : expr.args) {
        if (const Expr* needed = needed_history(clause)) return needed;
      }
      return nullptr;
    }
    if (expr.op == ExprOp::kOr) {
      const bool all = std::ranges::all_of(
          expr.args, [this](const Expr& clause) { return needed_history(clause) != nullptr; });
      return all ? needed_history(expr.args.front()) : nullptr;
    }
    return rests_on_history(expr, of_history_, true) ? &expr : nullptr;
  }

  static bool may_be_zero(const Measure& measure) {
    switch (measure.aggregate) {
      case Aggregate::kCount:
        return measure.where.has_value();
      case Aggregate::kSum:
      case Aggregate::kMin:
      case Aggregate::kMax:
      case Aggregate::kQuantile:
      case Aggregate::kDistinct:
      case Aggregate::kAvg:
      case Aggregate::kFirst:
      case Aggregate::kLast:
        return measure.where.has_value() || range_of(*measure.argument, {}).contains(0);
      case Aggregate::kRate:
      case Aggregate::kStddev:
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
        return true;
      case Aggregate::kFormula:
        return range_of(*measure.formula, {}).contains(0);
    }
    return false;
  }

  static bool holds(const Expr& whole, const Expr& part) {
    return &whole == &part ||
           std::ranges::any_of(whole.args, [&](const Expr& arg) { return holds(arg, part); });
  }

  /// A clause beside the one that has the division, in an `and` at the top.
  static const Expr* clause_beside(const Expr& expr, const Expr& division) {
    if (expr.op != ExprOp::kAnd || !holds(expr, division)) return nullptr;
    const auto beside = std::ranges::find_if(
        expr.args, [&](const Expr& clause) { return !holds(clause, division); });
    return beside != expr.args.end() ? &*beside : nullptr;
  }

  const LintedPolicy& linted_;
  const Policy& policy_;
  std::vector<bool> of_history_ = figures_of_history(policy_.measures, true);
  DocumentReader& report_;
};

}  // namespace

void check_measures(const LintedPolicy& linted, DocumentReader& report) {
  MeasureChecks(linted, report).run();
}

}  // namespace tidewaiter
