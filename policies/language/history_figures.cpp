#include "policies/language/history_figures.h"

#include <algorithm>

namespace tidewaiter {

bool rests_on_history(const Expr& expr,  // NOLINT(misc-no-recursion)
                      const std::vector<bool>& figures, bool default_answers) {
  if (expr.op == ExprOp::kMeasure) return expr.index < figures.size() && figures[expr.index];
  if (expr.op == ExprOp::kDefault && default_answers) return false;
  return std::ranges::any_of(
      expr.args, [&](const Expr& arg) { return rests_on_history(arg, figures, default_answers); });
}

std::vector<bool> figures_of_history(std::span<const Measure> measures, bool default_answers) {
  std::vector<bool> figures;
  figures.reserve(measures.size());
  for (const Measure& measure : measures) {
    figures.push_back(
        measure.baseline.has_value() ||
        (measure.formula && rests_on_history(*measure.formula, figures, default_answers)));
  }
  return figures;
}

}  // namespace tidewaiter
