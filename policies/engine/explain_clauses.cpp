#include "policies/engine/explain_clauses.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "policies/engine/reference_steps.h"
#include "policies/engine/reference_trailing.h"
#include "policies/language/comparison.h"
#include "policies/language/interpret.h"

namespace tidewaiter {
namespace {

using reference::Truth;

std::optional<long double> number_of(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::nullopt;
}

Value over_figures(const Expr& expr, const std::vector<Value>& figures) {
  return interpret(expr, {nullptr, {}, figures});
}

double comparison_distance(const Expr& expr, bool wanted, const std::vector<Value>& figures) {
  const Truth now = reference::truth_of(over_figures(expr, figures));
  if (now == (wanted ? Truth::kTrue : Truth::kFalse)) return 0.0;
  const auto left = number_of(over_figures(expr.args[0], figures));
  const auto right = number_of(over_figures(expr.args[1], figures));
  if (!left || !right) return 1.0;
  const long double scale = std::max(std::abs(*left), std::abs(*right));
  // Sides that are equal and must not be are as near as can be: what is not 0 is the step.
  if (*left == *right) return std::numeric_limits<double>::epsilon();
  return static_cast<double>(std::abs(*left - *right) / scale);
}

double distance(const Expr& expr, bool wanted, const std::vector<Value>& figures) {
  if (expr.op == ExprOp::kNot) return distance(expr.args[0], !wanted, figures);
  if (expr.op == ExprOp::kAnd || expr.op == ExprOp::kOr) {
    const bool all = (expr.op == ExprOp::kAnd) == wanted;
    double sum = 0.0;
    double least = std::numeric_limits<double>::infinity();
    for (const Expr& arg : expr.args) {
      const double one = distance(arg, wanted, figures);
      sum += one;
      least = std::min(least, one);
    }
    return all ? sum : least;
  }
  if (is_comparison(expr.op)) return comparison_distance(expr, wanted, figures);
  const Truth now = reference::truth_of(over_figures(expr, figures));
  return now == (wanted ? Truth::kTrue : Truth::kFalse) ? 0.0 : 1.0;
}

/// Sets short_by and rise of a comparison that is not what it has to be.
void set_shortfall(ClauseVerdict& verdict) {
  const Expr& clause = *verdict.clause;
  const ExprOp op = verdict.negated ? opposite(clause.op) : clause.op;
  const bool up = op == ExprOp::kGt || op == ExprOp::kGe;
  if (!up && op != ExprOp::kLt && op != ExprOp::kLe) return;
  const bool strict = op == ExprOp::kGt || op == ExprOp::kLt;
  verdict.rise = up;
  const auto* left = std::get_if<std::int64_t>(&verdict.left);
  const auto* right = std::get_if<std::int64_t>(&verdict.right);
  if (left != nullptr && right != nullptr) {
    std::int64_t gap = 0;
    if (__builtin_sub_overflow(up ? *right : *left, up ? *left : *right, &gap)) return;
    const bool whole = clause.args[0].type == ValueType::kInt64;
    if (strict && whole && __builtin_add_overflow(gap, 1, &gap)) return;
    if (gap > 0 || (strict && gap == 0)) verdict.short_by = gap;
    return;
  }
  const auto x = number_of(verdict.left);
  const auto y = number_of(verdict.right);
  if (!x || !y) return;
  const auto gap = static_cast<double>(up ? *y - *x : *x - *y);
  if (gap > 0 || (strict && gap == 0)) verdict.short_by = gap;
}

/// How far the pattern came that a clause is about; nothing of other clauses.
std::string steps_remark(const Policy& policy, const JudgedWindow& window, const Expr& clause) {
  if (clause.op == ExprOp::kMeasure) {
    const Measure& measure = policy.measures[clause.index];
    if (!measure.pattern) return std::string();
    return measure.pattern->trailing ? reference::nearest_figure(measure, window.inputs)
                                     : reference::how_far(measure, window.inputs);
  }
  for (const Expr& arg : clause.args) {
    std::string remark = steps_remark(policy, window, arg);
    if (!remark.empty()) return remark;
  }
  return {};
}

ClauseVerdict judge_clause(const Policy& policy, const JudgedWindow& window, const Expr& clause,
                           bool negated) {
  ClauseVerdict verdict;
  verdict.clause = &clause;
  verdict.negated = negated;
  verdict.answer = judge_part(policy, window, clause);
  const std::vector<Value> figures = figure_values(window);
  if (!verdict.is_as_needed()) verdict.remark = steps_remark(policy, window, clause);
  verdict.distance = distance(clause, !negated, figures);
  if (is_comparison(clause.op)) {
    verdict.left = over_figures(clause.args[0], figures);
    verdict.right = over_figures(clause.args[1], figures);
    set_shortfall(verdict);
  }
  return verdict;
}

void collect(const Policy& policy, const JudgedWindow& window, const Expr& expr, bool negated,
             std::vector<ClauseVerdict>& verdicts) {
  if (!is_logical(expr.op)) {
    verdicts.push_back(judge_clause(policy, window, expr, negated));
    return;
  }
  const bool inner = negated != (expr.op == ExprOp::kNot);
  for (const Expr& arg : expr.args) collect(policy, window, arg, inner, verdicts);
}

}  // namespace

std::vector<Value> figure_values(const JudgedWindow& window) {
  std::vector<Value> values;
  for (const Figure& figure : window.judgement.figures) values.push_back(figure.value);
  return values;
}

ExprScope measure_scope(const Policy& policy) {
  ExprScope scope;
  for (const Measure& measure : policy.measures) {
    scope.measures.push_back({measure.name, measure.type});
  }
  return scope;
}

Truth judge_part(const Policy& policy, const JudgedWindow& window, const Expr& part) {
  if (window.dropped) return Truth::kUnknown;
  Policy alone = policy;
  alone.report_when = part;
  return reference::judge(alone, window.inputs, window.span.to - window.span.from, window.closed,
                          window.past)
      .answer;
}

std::vector<ClauseVerdict> judge_clauses(const Policy& policy, const JudgedWindow& window) {
  std::vector<ClauseVerdict> verdicts;
  collect(policy, window, policy.report_when, false, verdicts);
  return verdicts;
}

double distance_to_report(const Policy& policy, const std::vector<Value>& figures) {
  return distance(policy.report_when, true, figures);
}

std::string clause_text(const Policy& policy, const ClauseVerdict& verdict) {
  const ExprScope scope = measure_scope(policy);
  const Expr& clause = *verdict.clause;
  std::string text = (verdict.negated ? "not " : "") + to_text(clause, scope);
  if (!is_comparison(clause.op)) return text;
  const auto side = [&](std::size_t i, const Value& value) {
    if (clause.args[i].op == ExprOp::kLiteral) return std::string();
    return to_text(clause.args[i], scope) + " is " +
           (is_null(value) ? "unknown" : format_value(value, clause.args[i].type));
  };
  std::string values = side(0, verdict.left);
  const std::string right = side(1, verdict.right);
  if (!right.empty()) values += (values.empty() ? "" : ", ") + right;
  if (!values.empty()) text += ": " + values;
  if (!verdict.remark.empty()) return text + "; " + verdict.remark;
  if (is_null(verdict.short_by)) return text;
  const bool real = std::holds_alternative<double>(verdict.short_by);
  const ValueType type = real ? ValueType::kDouble : clause.args[0].type;
  // A difference of times is a length.
  const ValueType shown = type == ValueType::kTimestamp ? ValueType::kDuration : type;
  return text + ", " + format_value(verdict.short_by, shown) +
         (verdict.rise ? " short" : " too much");
}

}  // namespace tidewaiter
