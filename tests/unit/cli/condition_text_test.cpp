#include "daemon/cli/condition_text.h"

#include <gtest/gtest.h>

#include "policies/language/expression.h"

namespace tidewaiter {
namespace {

Policy policy_of(const std::string& report_when) {
  Policy policy;
  ExprScope scope;
  for (const char* name : {"peak", "median"}) {
    Measure measure;
    measure.name = name;
    policy.measures.push_back(measure);
    scope.measures.push_back({name, ValueType::kInt64});
  }
  std::vector<Diagnostic> diagnostics;
  auto expr = parse_expression(report_when, scope, {}, diagnostics);
  EXPECT_TRUE(expr.has_value()) << report_when;
  if (expr) policy.report_when = *std::move(expr);
  return policy;
}

Figure figure(const char* name, std::int64_t value) {
  return {name, ValueType::kInt64, value, true};
}

TEST(ConditionText, SaysTheConditionInWords) {
  EXPECT_EQ(condition_text(policy_of("peak > 5 * median and peak >= 1000")),
            "peak > 5 × median and peak ≥ 1,000");
  EXPECT_EQ(condition_text(policy_of("(peak + 1) * 2 > median or not (peak < 3)")),
            "(peak + 1) × 2 > median or not (peak < 3)");
  EXPECT_EQ(condition_text(policy_of("peak - (median - 1) > 0")), "peak − (median − 1) > 0");
  EXPECT_EQ(condition_text(policy_of("peak in [3, 7]")), "peak in [3, 7]");
  EXPECT_EQ(condition_text(policy_of("peak not in [3, 7] and median > 1")),
            "not (peak in [3, 7]) and median > 1");
  EXPECT_EQ(condition_text(policy_of("peak % 3 == 2")), "peak % 3 = 2");
  EXPECT_EQ(condition_text(policy_of("2 * ((peak + 1) % 3) + 1 == median")),
            "2 × ((peak + 1) % 3) + 1 = median");
}

TEST(ConditionText, PutsFiguresBesideTheirNames) {
  const Policy policy = policy_of("peak > 5 * median");
  EXPECT_EQ(condition_text(policy, {figure("peak", 1204), figure("median", 96)}),
            "peak 1,204 > 5 × median 96");
  EXPECT_EQ(condition_text(policy, {figure("peak", 1204)}), "peak 1,204 > 5 × median");
}

}  // namespace
}  // namespace tidewaiter
