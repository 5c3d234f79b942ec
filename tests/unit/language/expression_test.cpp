#include "policies/language/expression.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

ExprScope usage_scope() {
  ExprScope scope;
  scope.fields = RecordKind::kUsage;
  return scope;
}

struct Parsed {
  std::optional<Expr> expr;
  std::vector<Diagnostic> diagnostics;
};

Parsed parse(std::string_view text, const ExprScope& scope = usage_scope()) {
  Parsed parsed;
  parsed.expr = parse_expression(text, scope, {"a.yaml", 3, 10, ""}, parsed.diagnostics);
  return parsed;
}

struct TextCase {
  const char* name;
  const char* text;
  const char* canonical;
};

class ExpressionText : public testing::TestWithParam<TextCase> {};

TEST_P(ExpressionText, HasTheCanonicalFormAndReadsBack) {
  const Parsed first = parse(GetParam().text);
  ASSERT_TRUE(first.expr) << to_text(first.diagnostics.at(0));
  EXPECT_EQ(to_text(*first.expr), GetParam().canonical);
  const Parsed second = parse(GetParam().canonical);
  ASSERT_TRUE(second.expr) << to_text(second.diagnostics.at(0));
  EXPECT_TRUE(same_meaning(*first.expr, *second.expr));
  EXPECT_EQ(to_text(*second.expr), GetParam().canonical);
}

INSTANTIATE_TEST_SUITE_P(
    All, ExpressionText,
    testing::Values(
        TextCase{"ProductBeforeSum", "1 + 2 * 3", "(1 + (2 * 3))"},
        TextCase{"SumFromTheLeft", "1 - 2 - 3", "((1 - 2) - 3)"},
        TextCase{"AndBeforeOr", "true or false and true", "(true or (false and true))"},
        TextCase{"NotBelowComparison", "not 1 < 2 and true", "((not (1 < 2)) and true)"},
        TextCase{"ChainsAreFlat", "true and false and true", "(true and false and true)"},
        TextCase{"BracketsStay", "(true and false) and true", "((true and false) and true)"},
        TextCase{"UnaryBindsTightest", "-input_tokens + 1", "((-(input_tokens)) + 1)"},
        TextCase{"NegativeLiteral", "1 - -5", "(1 - -5)"},
        TextCase{"LeastInt64", "-9223372036854775808", "-9223372036854775808"},
        TextCase{"Units", "output_tokens > 50M", "(output_tokens > 50000000)"},
        TextCase{"FractionOfUnit", "2.5k", "2500"}, TextCase{"FractionBelowOne", "0.0005k", "0.5"},
        TextCase{"DoubleStaysDouble", "2.0", "2.0"},
        TextCase{"Duration", "duration > 90m", "(duration > 1h30m)"},
        TextCase{"Money", "cost > 10 USD", "(cost > 10 USD)"},
        TextCase{"MoneyInThousands", "cost > 1.5k USD", "(cost > 1500 USD)"},
        TextCase{"NegativeMoney", "-0.5 USD", "-0.5 USD"},
        TextCase{"TimeFromText", "time >= \"2026-01-01\"",
                 "(time >= timestamp(\"2026-01-01T00:00:00Z\"))"},
        TextCase{"TimeOnTheLeft", "'2026-01-01' < time",
                 "(timestamp(\"2026-01-01T00:00:00Z\") < time)"},
        TextCase{"In", "model in ['a', \"b\"]", "(model in [\"a\", \"b\"])"},
        TextCase{"NotIn", "http_status not in [200]", "(not (http_status in [200]))"},
        TextCase{"Escapes", R"(model == "a\"b\\c\d")", R"((model == "a\"b\\c\\d"))"},
        TextCase{"Backticks", "`client.address` == `client.address`",
                 "(client.address == client.address)"},
        TextCase{"Functions", "if(exists(cost), round(1.5), 0)", "if(exists(cost), round(1.5), 0)"},
        TextCase{"RoundOfWholeIsItself", "round(input_tokens)", "input_tokens"},
        TextCase{"Concat", "provider + '/' + model", "((provider + \"/\") + model)"},
        TextCase{"Regex", "matches(model, 'gpt-\\d', nocase)",
                 "matches(model, \"gpt-\\\\d\", nocase)"},
        TextCase{"Cidr", "cidr(client.address, '10.0.0.0/8')",
                 "cidr(client.address, \"10.0.0.0/8\")"},
        TextCase{"Truncate", "truncate(time, 1h) - 1d", "(truncate(time, 1h) - 1d)"}),
    [](const auto& row) { return std::string(row.param.name); });

struct TypeCase {
  const char* text;
  ValueType type;
};

class ExpressionType : public testing::TestWithParam<TypeCase> {};

TEST_P(ExpressionType, IsAsDocumented) {
  const Parsed parsed = parse(GetParam().text);
  ASSERT_TRUE(parsed.expr) << to_text(parsed.diagnostics.at(0));
  EXPECT_EQ(parsed.expr->type, GetParam().type) << type_name(parsed.expr->type);
}

INSTANTIATE_TEST_SUITE_P(
    All, ExpressionType,
    testing::Values(
        TypeCase{"1 + 2", ValueType::kInt64}, TypeCase{"1 + 2.0", ValueType::kDouble},
        TypeCase{"4 / 2", ValueType::kDouble}, TypeCase{"5 % 3", ValueType::kInt64},
        TypeCase{"cost + 1 USD", ValueType::kMoney}, TypeCase{"cost * 3", ValueType::kMoney},
        TypeCase{"3 * cost", ValueType::kMoney}, TypeCase{"cost / 1 USD", ValueType::kDouble},
        TypeCase{"time - time", ValueType::kDuration}, TypeCase{"time + 1h", ValueType::kTimestamp},
        TypeCase{"1h + time", ValueType::kTimestamp}, TypeCase{"time - 1h", ValueType::kTimestamp},
        TypeCase{"duration * 2", ValueType::kDuration},
        TypeCase{"duration / 1s", ValueType::kDouble}, TypeCase{"-duration", ValueType::kDuration},
        TypeCase{"if(true, 1, 2.5)", ValueType::kDouble},
        TypeCase{"default(input_tokens, 0)", ValueType::kInt64},
        TypeCase{"least(1, 2.5)", ValueType::kDouble},
        TypeCase{"seconds(1.5)", ValueType::kDuration}, TypeCase{"int('7')", ValueType::kInt64},
        TypeCase{"number('7')", ValueType::kDouble}, TypeCase{"hour(time)", ValueType::kInt64},
        TypeCase{"string(7)", ValueType::kString}));

struct ErrorCase {
  const char* text;
  const char* code;
  int column;  ///< within the text, from 1
  int length;
  const char* hint_part;
};

class ExpressionError : public testing::TestWithParam<ErrorCase> {};

TEST_P(ExpressionError, PointsAtTheWord) {
  const ErrorCase& c = GetParam();
  const Parsed parsed = parse(c.text);
  EXPECT_FALSE(parsed.expr);
  ASSERT_EQ(parsed.diagnostics.size(), 1U);
  const Diagnostic& d = parsed.diagnostics[0];
  EXPECT_EQ(d.code, c.code) << d.message;
  EXPECT_EQ(d.span.line, 3);
  EXPECT_EQ(d.span.column, 9 + c.column) << d.message;
  EXPECT_EQ(d.span.length, c.length) << d.message;
  EXPECT_THAT(d.hint, testing::HasSubstr(c.hint_part));
  EXPECT_EQ(d.source_line, c.text);
}

INSTANTIATE_TEST_SUITE_P(
    All, ExpressionError,
    testing::Values(
        ErrorCase{"output_token > 1", "TW0204", 1, 12, "did you mean `output_tokens`?"},
        ErrorCase{"1 > nonsense_word", "TW0204", 5, 13, "known here"},
        ErrorCase{"name == 'x'", "TW0212", 1, 4, "reads"},
        ErrorCase{"output_tokens > 10 USD", "TW0207", 17, 6, "50k"},
        ErrorCase{"model > 5", "TW0207", 9, 1, "a text in quotes"},
        ErrorCase{"model < 'b'", "TW0207", 1, 5, "`==`"},
        ErrorCase{"cost > 10", "TW0207", 8, 2, "10 USD"},
        ErrorCase{"cost * 1.5", "TW0207", 8, 3, "money"},
        ErrorCase{"cost / 2", "TW0207", 8, 1, "money"},
        ErrorCase{"time + time", "TW0207", 8, 4, "duration"},
        ErrorCase{"duration + 1", "TW0207", 12, 1, "durations"},
        ErrorCase{"1.5 % 2", "TW0207", 7, 1, "whole"},
        ErrorCase{"true + 1", "TW0207", 1, 4, "if(x, 1, 0)"},
        ErrorCase{"not 5", "TW0207", 5, 1, "truth value"},
        ErrorCase{"true and 5", "TW0207", 10, 1, "comparison"},
        ErrorCase{"1 = 1", "TW0201", 3, 1, "=="}, ErrorCase{"a && b", "TW0201", 3, 1, "and"},
        ErrorCase{"model == 'open", "TW0201", 10, 5, "close"},
        ErrorCase{"é > 1", "TW0201", 1, 1, "names"},
        ErrorCase{"'é' > output_tokens", "TW0207", 7, 13, "text"},
        ErrorCase{"1 => 1", "TW0201", 3, 2, "did you mean `>=`?"},
        ErrorCase{"1 =< 1", "TW0201", 3, 2, "did you mean `<=`?"},
        ErrorCase{"1 <> 1", "TW0201", 3, 2, "did you mean `!=`?"},
        ErrorCase{"1 \xE2\x89\xA5 1", "TW0201", 3, 1, "did you mean `>=`?"},
        ErrorCase{"1 \xE2\x89\xA0 1", "TW0201", 3, 1, "did you mean `!=`?"},
        ErrorCase{"1 \xC3\xB7 1", "TW0201", 3, 1, "did you mean `/`?"},
        ErrorCase{"1 \xE2\x88\x92 1", "TW0201", 3, 1, "did you mean `-`?"},
        ErrorCase{"operation == chat", "TW0204", 14, 4, "write `\"chat\"` if it is a text"},
        ErrorCase{"count() > 5", "TW0205", 1, 5, "write it under `measure`"},
        ErrorCase{"count > 5", "TW0204", 1, 5, "`count()` under `measure`"},
        ErrorCase{"model == \xE2\x80\x9Cx\xE2\x80\x9D", "TW0201", 10, 1, "typographic quotes"},
        ErrorCase{"1 <\xC2\xA0"
                  "2",
                  "TW0201", 4, 1, "no-break space"},
        ErrorCase{"1 > 5,000,000", "TW0203", 6, 1, "write `5000000`"},
        ErrorCase{"(1 > 5,000) and true", "TW0203", 7, 1, "write `5000`"},
        ErrorCase{"1 > 5 million", "TW0203", 7, 7, "write `5M`"},
        ErrorCase{"1 > 2.5 thousand", "TW0203", 9, 8, "write `2.5k`"},
        ErrorCase{"1 > 5,00", "TW0203", 6, 1, "operator"},
        ErrorCase{"1 <", "TW0203", 4, 1, "a value"}, ErrorCase{"(1 < 2", "TW0203", 7, 1, "`)`"},
        ErrorCase{"1 < 2 < 3", "TW0203", 7, 1, "and"},
        ErrorCase{"1 < 2 AND true", "TW0203", 7, 3, "lower case"},
        ErrorCase{"1 2", "TW0203", 3, 1, "operator"}, ErrorCase{"1e3", "TW0202", 1, 3, "units"},
        ErrorCase{"99999999999999999999", "TW0202", 1, 20, "double"},
        ErrorCase{"time > 'yesterday'", "TW0202", 8, 11, "2026-01-31"},
        ErrorCase{"client.address == '10.0.0.0/8'", "TW0202", 19, 12, "cidr"},
        ErrorCase{"rond(1.5)", "TW0205", 1, 4, "`round`"},
        ErrorCase{"round(1.5, 2)", "TW0206", 1, 5, "expected 1"},
        ErrorCase{"if(true, 1)", "TW0206", 1, 2, "expected 3"},
        ErrorCase{"exists(1 + 2)", "TW0207", 8, 5, "field"},
        ErrorCase{"model in [model]", "TW0213", 11, 5, "quotes"},
        ErrorCase{"matches(model, provider)", "TW0213", 16, 8, "quotes"},
        ErrorCase{"matches(model, '(')", "TW0210", 16, 3, "RE2"},
        ErrorCase{"cidr(client.address, '10.0.0.1/8')", "TW0211", 22, 12, "10.0.0.0/8"}));

TEST(Expression, ATurnedComparisonIsMendedByLint) {
  const Parsed parsed = parse("output_tokens => 5M");
  ASSERT_EQ(parsed.diagnostics.size(), 1U);
  ASSERT_EQ(parsed.diagnostics[0].fix.size(), 1U);
  EXPECT_EQ(parsed.diagnostics[0].fix[0].text, ">=");
  EXPECT_TRUE(parse("1 in [5,100,200]").expr) << "in a list they are three numbers";
}

TEST(Expression, RefusesDepthAndLength) {
  std::string deep(70, '(');
  deep += '1';
  deep.append(70, ')');
  EXPECT_EQ(parse(deep).diagnostics.at(0).code, "TW0208");
  std::string chain = "1";
  for (int i = 0; i < 100; ++i) chain += "+1";
  EXPECT_EQ(parse(chain).diagnostics.at(0).code, "TW0208");
  std::string minus(100, '-');
  EXPECT_EQ(parse(minus + "(1)").diagnostics.at(0).code, "TW0208");
  const std::string nots(16 * 1024 + 1, ' ');
  EXPECT_EQ(parse(nots).diagnostics.at(0).code, "TW0208");
  std::string wide = "true";
  for (int i = 0; i < 1000; ++i) wide += " or true";
  EXPECT_TRUE(parse(wide).expr) << "a long `or` is not deep";
}

TEST(Expression, NamesColumnsMeasuresAndSelections) {
  ExprScope scope;
  scope.columns = {{"prompt-tokens", ValueType::kString}};
  scope.measures = {{"tokens", ValueType::kInt64}, {"spend", ValueType::kMoney}};
  const Parsed selection = parse("output_tokens > 5");
  scope.selections = {{"long", *selection.expr}};
  const Parsed parsed = parse("long and tokens > int(`prompt-tokens`) and spend > 1 USD", scope);
  ASSERT_TRUE(parsed.expr) << to_text(parsed.diagnostics.at(0));
  EXPECT_EQ(to_text(*parsed.expr),
            "((output_tokens > 5) and (measure[0] > int(column[0])) and (measure[1] > 1 USD))");
  EXPECT_EQ(to_text(*parsed.expr, scope),
            "((output_tokens > 5) and (tokens > int(prompt-tokens)) and (spend > 1 USD))");
}

TEST(Expression, FieldsDoNotStandWhereOnlyMeasuresDo) {
  ExprScope scope;
  scope.measures = {{"n", ValueType::kInt64}};
  const Parsed parsed = parse("output_tokens > n", scope);
  ASSERT_EQ(parsed.diagnostics.size(), 1U);
  EXPECT_EQ(parsed.diagnostics[0].code, "TW0204");
  EXPECT_THAT(parsed.diagnostics[0].hint, testing::HasSubstr("measure"));
}

TEST(Expression, MeaningLeavesOutWhereThingsStand) {
  const Parsed a = parse("output_tokens>5");
  const Parsed b = parse("  output_tokens   >  5 ");
  const Parsed c = parse("output_tokens > 6");
  EXPECT_TRUE(same_meaning(*a.expr, *b.expr));
  EXPECT_FALSE(same_meaning(*a.expr, *c.expr));
}

}  // namespace
}  // namespace tidewaiter
