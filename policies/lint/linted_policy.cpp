#include <set>
#include <string>

#include "policies/lint/checks.h"

namespace tidewaiter {

const SourceSpan& LintedPolicy::place(std::string_view key) const {
  const YamlNode* node = document.find(key);
  return node != nullptr ? node->span : policy.span;
}

const SourceSpan& LintedPolicy::key_place(std::string_view key) const {
  for (const auto& [name, value] : document.members) {
    if (name.scalar == key) return name.span;
  }
  return policy.span;
}

namespace {

/// The parts of an expression that are not selections put in by their names.
void add_own_parts(const Expr& expr, const std::set<std::string>& selections,
                   std::vector<const Expr*>& parts) {
  const bool joins = expr.op == ExprOp::kAnd || expr.op == ExprOp::kOr || expr.op == ExprOp::kNot;
  if (selections.contains(to_text(expr))) return;
  if (!joins) {
    parts.push_back(&expr);
    return;
  }
  for (const Expr& arg : expr.args) add_own_parts(arg, selections, parts);
}

}  // namespace

std::vector<const Expr*> record_expressions(const Policy& policy) {
  std::vector<const Expr*> all;
  std::set<std::string> selections;
  for (const auto& [name, expr] : policy.selections) {
    all.push_back(&expr);
    selections.insert(to_text(expr));
  }
  for (const Measure& measure : policy.measures) {
    if (measure.argument) all.push_back(&*measure.argument);
    if (measure.group) all.push_back(&*measure.group);
    if (measure.where) add_own_parts(*measure.where, selections, all);
  }
  for (const Exemption& exemption : policy.exempt) {
    add_own_parts(exemption.where, selections, all);
  }
  return all;
}

std::string shown(const Policy& policy, const Expr& expr) {
  ExprScope scope;
  for (const Measure& measure : policy.measures) {
    scope.measures.push_back({measure.name, measure.type});
  }
  return "`" + to_text(expr, scope) + "`";
}

}  // namespace tidewaiter
