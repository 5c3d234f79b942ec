#include "policies/lint/known_terms.h"

#include <algorithm>
#include <iterator>

namespace tidewaiter {
namespace {

void add_all(const Expr& expr, Terms& terms) {  // NOLINT(misc-no-recursion)
  switch (expr.op) {
    case ExprOp::kField:
    case ExprOp::kMeasure:
      terms.emplace(expr.op, expr.index);
      return;
    case ExprOp::kExists:
    case ExprOp::kPartyCheck:
    case ExprOp::kPartyFigure:
    case ExprOp::kDefault:
    case ExprOp::kIf:
    case ExprOp::kAnd:
    case ExprOp::kOr:
      return;  // has a value without some of what stands in it
    default:
      for (const Expr& arg : expr.args) add_all(arg, terms);
  }
}

Terms common(const Terms& a, const Terms& b) {
  Terms out;
  std::ranges::set_intersection(a, b, std::inserter(out, out.end()));
  return out;
}

/// What each of the parts knows, or, where one of them is enough, what all of them know.
Terms of_parts(const Expr& expr, bool truth, bool all_hold) {  // NOLINT(misc-no-recursion)
  Terms terms = known_where(expr.args.front(), truth);
  for (std::size_t i = 1; i < expr.args.size(); ++i) {
    Terms more = known_where(expr.args[i], truth);
    if (all_hold) {
      terms.merge(more);
    } else {
      terms = common(terms, more);
    }
  }
  return terms;
}

bool may_lack_a_value(const Expr& expr) {  // NOLINT(misc-no-recursion)
  switch (expr.op) {
    case ExprOp::kDiv:
    case ExprOp::kMod:
    case ExprOp::kPartyCheck:
    case ExprOp::kPartyFigure:
      return true;
    default:
      return std::ranges::any_of(expr.args, may_lack_a_value);
  }
}

bool has_all_terms(const Expr& expr, const Terms& known) {  // NOLINT(misc-no-recursion)
  if (expr.op == ExprOp::kExists) return true;
  if (expr.op == ExprOp::kField || expr.op == ExprOp::kMeasure) {
    return known.contains({expr.op, expr.index});
  }
  return std::ranges::all_of(expr.args,
                             [&known](const Expr& arg) { return has_all_terms(arg, known); });
}

}  // namespace

Terms known_where(const Expr& expr, bool truth) {  // NOLINT(misc-no-recursion)
  switch (expr.op) {
    case ExprOp::kNot:
      return known_where(expr.args.front(), !truth);
    case ExprOp::kAnd:
      return of_parts(expr, truth, truth);
    case ExprOp::kOr:
      return of_parts(expr, truth, !truth);
    case ExprOp::kExists:
      if (!truth) return {};
      return {{ExprOp::kField, expr.args.front().index}};
    default:
      Terms terms;
      add_all(expr, terms);
      return terms;
  }
}

bool is_decided_by(const Expr& expr, const Terms& known, std::span<const ValueRange> measures) {
  return !may_lack_a_value(expr) && !may_overflow(expr, measures) && has_all_terms(expr, known);
}

}  // namespace tidewaiter
