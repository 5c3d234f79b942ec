#include "policies/engine/explain_clauses.h"

#include <utility>

#include "policies/engine/reference_steps.h"
#include "policies/engine/reference_trailing.h"
#include "policies/language/comparison.h"
#include "policies/language/interpret.h"

namespace tidewaiter {
namespace {

using reference::Truth;

Bindings over_measures(const std::vector<Value>& figures) { return {nullptr, {}, figures}; }

/// Sets how far the pattern came that a clause is about; nothing of other clauses.
void set_remark(const Policy& policy, const JudgedWindow& window, const Expr& clause,
                ClauseVerdict& verdict) {
  if (clause.op == ExprOp::kMeasure) {
    const Measure& measure = policy.measures[clause.index];
    if (!measure.pattern) return;
    if (measure.pattern->trailing) {
      verdict.remark = reference::nearest_figure(measure, window.inputs);
      return;
    }
    reference::StepProgress progress =
        reference::how_far(measure, window.inputs, *window.of_subject, window.span.to);
    verdict.remark = std::move(progress.text);
    verdict.late_by = progress.late_by;
    verdict.lacks = progress.lacks;
  }
  for (const Expr& arg : clause.args) {
    if (verdict.remark.empty()) set_remark(policy, window, arg, verdict);
  }
}

std::string value_text(const Value& value, ValueType type) {
  return is_null(value) ? "unknown" : format_value(value, type);
}

/// "n is 2, t is 4": the sides of a comparison or `in` that are no literals.
std::string sides_text(const Expr& clause, const Shortfall& shortfall, const ExprScope& scope) {
  std::string text;
  const auto add = [&](const Expr& side, const Value& value) {
    if (side.op == ExprOp::kLiteral) return;
    text +=
        (text.empty() ? "" : ", ") + to_text(side, scope) + " is " + value_text(value, side.type);
  };
  add(clause.args[0], shortfall.left);
  if (clause.op != ExprOp::kIn) add(clause.args[1], shortfall.right);
  return text;
}

/// "n is 2, t is 4": every measure that is read, once.
void add_measures(const Policy& policy, const Expr& expr, const Bindings& bindings,
                  std::string& text) {
  if (expr.op == ExprOp::kMeasure) {
    const std::string one = policy.measures[expr.index].name + " is " +
                            value_text(interpret(expr, bindings), expr.type);
    if ((", " + text + ",").find(", " + one + ",") != std::string::npos) return;
    text += (text.empty() ? "" : ", ") + one;
  }
  for (const Expr& arg : expr.args) add_measures(policy, arg, bindings, text);
}

/// What a truth value rests on: its figures, of `if` those of the way that it went.
std::string grounds_of(const Policy& policy, const Expr& expr, bool negated,
                       const Bindings& bindings) {
  const ExprScope scope = measure_scope(policy);
  if (has_shortfall(expr.op)) {
    const Shortfall shortfall = shortfall_of(expr, !negated, bindings);
    const std::string missed = shortfall_text(expr, shortfall);
    return sides_text(expr, shortfall, scope) + (missed.empty() ? "" : ", " + missed);
  }
  std::string text;
  const Truth way = expr.op == ExprOp::kIf ? reference::truth_of(interpret(expr.args[0], bindings))
                                           : Truth::kUnknown;
  if (way == Truth::kUnknown) {
    if (expr.op != ExprOp::kMeasure) add_measures(policy, expr, bindings, text);
    return text;
  }
  const Expr& taken = expr.args[way == Truth::kTrue ? 1 : 2];
  text = to_text(expr.args[0], scope) + (way == Truth::kTrue ? " is true" : " is false") + ", so " +
         to_text(taken, scope);
  const std::string grounds = grounds_of(policy, taken, negated, bindings);
  return grounds.empty() ? text : text + ": " + grounds;
}

ClauseVerdict judge_clause(const Policy& policy, const JudgedWindow& window, const Expr& clause,
                           bool negated) {
  ClauseVerdict verdict;
  verdict.clause = &clause;
  verdict.negated = negated;
  verdict.answer = judge_part(policy, window, clause);
  const std::vector<Value> figures = figure_values(window);
  if (!verdict.is_as_needed()) set_remark(policy, window, clause, verdict);
  verdict.distance = distance_from(clause, !negated, over_measures(figures));
  verdict.stands = reference::truth_of(interpret(clause, over_measures(figures))) ==
                   (negated ? Truth::kFalse : Truth::kTrue);
  if (has_shortfall(clause.op)) {
    verdict.shortfall = shortfall_of(clause, !negated, over_measures(figures));
  } else {
    verdict.detail = grounds_of(policy, clause, negated, over_measures(figures));
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
  return distance_from(policy.report_when, true, over_measures(figures));
}

std::string clause_text(const Policy& policy, const ClauseVerdict& verdict) {
  const ExprScope scope = measure_scope(policy);
  const Expr& clause = *verdict.clause;
  std::string text = (verdict.negated ? "not " : "") + to_text(clause, scope);
  const bool compares = has_shortfall(clause.op);
  const std::string values =
      compares ? sides_text(clause, verdict.shortfall, scope) : verdict.detail;
  if (!values.empty()) text += ": " + values;
  if (!verdict.remark.empty()) return text + "; " + verdict.remark;
  if (verdict.stands && !verdict.is_as_needed()) return text + ", which would do";
  if (!compares) return text;
  const std::string missed = shortfall_text(clause, verdict.shortfall);
  return missed.empty() ? text : text + ", " + missed;
}

}  // namespace tidewaiter
