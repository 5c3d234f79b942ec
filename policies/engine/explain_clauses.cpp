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
  if (is_comparison(clause.op)) {
    verdict.shortfall = shortfall_of(clause, !negated, over_measures(figures));
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
  if (!is_comparison(clause.op)) return text;
  const auto side = [&](std::size_t i, const Value& value) {
    if (clause.args[i].op == ExprOp::kLiteral) return std::string();
    return to_text(clause.args[i], scope) + " is " +
           (is_null(value) ? "unknown" : format_value(value, clause.args[i].type));
  };
  std::string values = side(0, verdict.shortfall.left);
  const std::string right = side(1, verdict.shortfall.right);
  if (!right.empty()) values += (values.empty() ? "" : ", ") + right;
  if (!values.empty()) text += ": " + values;
  if (!verdict.remark.empty()) return text + "; " + verdict.remark;
  if (verdict.stands && !verdict.is_as_needed()) return text + ", which would do";
  const std::string missed = shortfall_text(clause, verdict.shortfall);
  return missed.empty() ? text : text + ", " + missed;
}

}  // namespace tidewaiter
