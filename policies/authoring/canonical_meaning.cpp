#include "policies/authoring/canonical_meaning.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "policies/language/comparison.h"
#include "policies/language/policy_hash.h"

namespace tidewaiter {
namespace {

/// Of whole numbers, `> c` is `>= c + 1` and `< c` is `<= c - 1`.
void widen_strict(Expr& expr) {
  if (expr.op != ExprOp::kGt && expr.op != ExprOp::kLt) return;
  Expr& limit = expr.args[1];
  if (expr.args[0].type != ValueType::kInt64 || limit.op != ExprOp::kLiteral) return;
  auto* number = std::get_if<std::int64_t>(&limit.literal);
  if (limit.type != ValueType::kInt64 || number == nullptr) return;
  const bool above = expr.op == ExprOp::kGt;
  const auto end =
      above ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
  if (*number == end) return;
  *number += above ? 1 : -1;
  expr.op = above ? ExprOp::kGe : ExprOp::kLe;
}

Expr canonical_not(Expr inner) {
  if (inner.op == ExprOp::kNot) return std::move(inner.args.front());
  if (is_comparison(inner.op)) {
    inner.op = opposite(inner.op);
    widen_strict(inner);
    return inner;
  }
  Expr out;
  out.op = ExprOp::kNot;
  out.args.push_back(std::move(inner));
  return out;
}

Expr canonical_joined(ExprOp op, std::vector<Expr> args) {
  std::vector<std::pair<std::string, Expr>> parts;
  for (Expr& arg : args) {
    if (arg.op == op) {
      for (Expr& inner : arg.args) parts.emplace_back(to_text(inner), std::move(inner));
    } else {
      parts.emplace_back(to_text(arg), std::move(arg));
    }
  }
  std::sort(parts.begin(), parts.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  parts.erase(std::unique(parts.begin(), parts.end(), same), parts.end());
  if (parts.size() == 1) return std::move(parts.front().second);
  Expr out;
  out.op = op;
  for (auto& [text, part] : parts) out.args.push_back(std::move(part));
  return out;
}

}  // namespace

Expr canonical(const Expr& expr) {
  Expr out = expr;
  for (Expr& arg : out.args) arg = canonical(Expr(arg));
  if (out.op == ExprOp::kNot) return canonical_not(std::move(out.args.front()));
  if (out.op == ExprOp::kAnd || out.op == ExprOp::kOr) {
    return canonical_joined(out.op, std::move(out.args));
  }
  widen_strict(out);
  return out;
}

Digest canonical_meaning(const Policy& policy) {
  Policy same = policy;
  same.condition = canonical(policy.condition);
  same.report_when = canonical(policy.report_when);
  for (Measure& measure : same.measures) {
    if (measure.where) measure.where = canonical(Expr(*measure.where));
    if (measure.argument) measure.argument = canonical(Expr(*measure.argument));
    if (measure.group) measure.group = canonical(Expr(*measure.group));
    if (measure.pattern) {
      for (StepPattern::Step& step : measure.pattern->steps) {
        step.where = canonical(Expr(step.where));
      }
      if (auto& without = measure.pattern->without) {
        without->where = canonical(Expr(without->where));
      }
    }
    if (measure.formula) measure.formula = canonical(Expr(*measure.formula));
  }
  if (same.evidence.size) same.evidence.size = canonical(Expr(*same.evidence.size));
  for (Exemption& exemption : same.exempt) exemption.where = canonical(Expr(exemption.where));
  return policy_hash(same);
}

}  // namespace tidewaiter
