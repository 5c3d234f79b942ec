#include "policies/lint/value_range.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "policies/language/expression.h"
#include "policies/language/interpret.h"

namespace tidewaiter {
namespace {

Expr parsed(const std::string& text) {
  ExprScope scope;
  scope.fields = RecordKind::kUsage;
  for (const char* name : {"a", "b", "c"}) scope.measures.push_back({name, ValueType::kInt64});
  std::vector<Diagnostic> diagnostics;
  const auto expr = parse_expression(text, scope, {}, diagnostics);
  EXPECT_TRUE(expr) << text;
  return expr.value_or(Expr{});
}

struct Case {
  const char* text;
  long double low;
  long double high;
};

constexpr long double kNone = ValueRange::kInfinity;

// a in [2, 5], b in [-3, 4], c in [1, 1]. By hand.
TEST(ValueRange, FollowsIntervalArithmetic) {
  const std::vector<ValueRange> measures = {{2, 5}, {-3, 4}, {1, 1}};
  const Case cases[] = {
      {"a + b", -1, 9},
      {"a - b", -2, 8},
      {"a * b", -15, 20},
      {"-a", -5, -2},
      {"abs(b)", 0, 4},
      {"least(a, b)", -3, 4},
      {"greatest(a, b)", 2, 5},
      {"a % 4", 0, 3},
      {"b % 4", -3, 3},
      {"if(a > 2, a, c)", 1, 5},
      {"default(c, b)", -3, 4},
      {"hour(time)", 0, 23},
      {"weekday(time)", 1, 7},
      {"day(time)", 1, 31},
      {"week(time)", 1, 53},
      {"month(time)", 1, 12},
      {"year(time)", 1970, 9999},
      {"sketch_distance(prompt.sketch, model)", 0, 64},
      {"year(time + 365d)", 1971, 10'000},
      {"year(timestamp(model))", -290'308, 294'247},
      {"output_tokens", 0, kNone},
      {"output_tokens / requests", 0, kNone},
      {"a / b", -kNone, kNone},
  };
  for (const Case& c : cases) {
    const ValueRange range = range_of(parsed(c.text), measures);
    EXPECT_EQ(range.low, c.low) << c.text;
    EXPECT_EQ(range.high, c.high) << c.text;
  }
}

TEST(ValueRange, WholeNumbersHaveClosedEnds) {
  const ValueRange range = whole_range({1, 4, true, true});
  EXPECT_EQ(range.low, 2);
  EXPECT_EQ(range.high, 3);
  EXPECT_TRUE(whole_range({1, 2, true, true}).empty());
  EXPECT_FALSE((ValueRange{1, 2, true, true}).empty());
  EXPECT_TRUE((ValueRange{2, 2, true, false}).empty());
}

std::string random_term(std::mt19937_64& random, int depth) {
  const auto pick = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  if (depth == 0 || pick(4) == 0) {
    const char* const leaves[] = {"a", "b", "c", "3", "0", "7", "2.5", "0.1"};
    return leaves[pick(8)];
  }
  const std::string left = random_term(random, depth - 1);
  const std::string right = random_term(random, depth - 1);
  switch (pick(9)) {
    case 0:
      return "(" + left + " + " + right + ")";
    case 1:
      return "(" + left + " - " + right + ")";
    case 2:
      return "(" + left + " * " + right + ")";
    case 3:
      return "(" + left + " / " + right + ")";
    case 4:
      return "least(" + left + ", " + right + ")";
    case 5:
      return "greatest(" + left + ", " + right + ")";
    case 6:
      return "abs(" + left + ")";
    case 7:
      return "if(a > b, " + left + ", " + right + ")";
    default:
      return "(-" + left + ")";
  }
}

// The interpreter is the second implementation: no value it gives lies outside the range.
TEST(ValueRange, HoldsEveryValueOfTheInterpreter) {
  const std::uint64_t seed = 20261127;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const std::vector<ValueRange> measures = {{2, 5}, {-3, 4}, {0, 1}};
  int values = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string text = random_term(random, 3);
    const Expr expr = parsed(text);
    const ValueRange range = range_of(expr, measures);
    for (int k = 0; k < 8; ++k) {
      const std::vector<Value> row = {Value(static_cast<std::int64_t>(2 + random() % 4)),
                                      Value(static_cast<std::int64_t>(random() % 8) - 3),
                                      Value(static_cast<std::int64_t>(random() % 2))};
      Bindings bindings;
      bindings.measures = row;
      const Value value = interpret(expr, bindings);
      if (is_null(value)) continue;
      ++values;
      ASSERT_TRUE(range.contains(number_of(value)))
          << text << " gives " << static_cast<double>(number_of(value)) << ", outside ["
          << static_cast<double>(range.low) << ", " << static_cast<double>(range.high) << "]";
    }
  }
  EXPECT_GT(values, 5000);
}

}  // namespace
}  // namespace tidewaiter
