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

std::vector<const Expr*> record_expressions(const Policy& policy) {
  std::vector<const Expr*> all;
  for (const auto& [name, expr] : policy.selections) all.push_back(&expr);
  for (const Measure& measure : policy.measures) {
    if (measure.argument) all.push_back(&*measure.argument);
    if (measure.where) all.push_back(&*measure.where);
  }
  for (const Exemption& exemption : policy.exempt) all.push_back(&exemption.where);
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
