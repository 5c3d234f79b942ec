#include "policies/language/interpret.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/model/time.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
const Value kNull{};

/// 2026-11-23T20:45:00Z, a Monday.
constexpr std::int64_t kNow = 1'795'466'700'000'000;

Record sample() {
  Record record;
  record.kind = RecordKind::kUsage;
  record.source = "gw";
  record.time = {kNow};
  record.duration = {2 * kHour.us};
  record.requests = 3;
  set_value(record, *find_field("model"), std::string("Large-2"));
  set_value(record, *find_field("output_tokens"), std::int64_t{900});
  set_value(record, *find_field("http_status"), std::int64_t{200});
  set_value(record, *find_field("cost"), std::int64_t{1'500'000'000});
  set_value(record, *find_field("request.temperature"), 0.5);
  set_value(record, *find_field("request.stream"), true);
  set_value(record, *find_field("client.address"), std::string("192.0.2.7"));
  return record;
}

Value run(std::string_view text) {
  ExprScope scope;
  scope.fields = RecordKind::kUsage;
  std::vector<Diagnostic> diagnostics;
  const auto expr = parse_expression(text, scope, {}, diagnostics);
  if (!expr) {
    ADD_FAILURE() << to_text(diagnostics.at(0));
    return {};
  }
  const Record record = sample();
  return interpret(*expr, {&record, {}, {}});
}

struct Case {
  const char* text;
  Value want;
};

class Interpret : public testing::TestWithParam<Case> {};

TEST_P(Interpret, GivesTheHandComputedValue) {
  EXPECT_EQ(run(GetParam().text), GetParam().want) << GetParam().text;
}

std::int64_t i(std::int64_t value) { return value; }

INSTANTIATE_TEST_SUITE_P(
    Arithmetic, Interpret,
    testing::Values(Case{"2 + 3 * 4", i(14)}, Case{"7 / 2", 3.5}, Case{"7 % 3", i(1)},
                    Case{"-7 % 3", i(-1)}, Case{"1 / 0", kNull}, Case{"1 % 0", kNull},
                    Case{"1.0 / 0.0", kNull}, Case{"9223372036854775807 + 1", kNull},
                    Case{"-9223372036854775808 - 1", kNull}, Case{"9223372036854775807 * 2", kNull},
                    Case{"-9223372036854775808 % -1", i(0)}, Case{"-(-9223372036854775808)", kNull},
                    Case{"abs(-9223372036854775808)", kNull}, Case{"abs(-5)", i(5)},
                    Case{"abs(-1.5)", 1.5}, Case{"1 + 0.5", 1.5},
                    Case{"output_tokens / requests", 300.0}, Case{"cost * 2", i(3'000'000'000)},
                    Case{"cost / 0.5 USD", 3.0}, Case{"input_tokens + 1", kNull},
                    Case{"time - (time - 1h)", i(kHour.us)}, Case{"duration * 3", i(6 * kHour.us)},
                    Case{"duration / 30m", 4.0}, Case{"'a' + 'b'", std::string("ab")}));

INSTANTIATE_TEST_SUITE_P(Rounding, Interpret,
                         testing::Values(Case{"round(2.5)", i(3)}, Case{"round(-2.5)", i(-3)},
                                         Case{"round(0.4)", i(0)}, Case{"floor(-1.1)", i(-2)},
                                         Case{"ceil(-1.1)", i(-1)}, Case{"ceil(1.1)", i(2)},
                                         Case{"round(9223372036854775807 * 1.0)", kNull},
                                         Case{"round(-9223372036854775808 * 1.0)", i(-kMax - 1)},
                                         Case{"floor(9223372036854775807 * 1000.0)", kNull}));

INSTANTIATE_TEST_SUITE_P(
    Comparison, Interpret,
    testing::Values(Case{"1 < 1.5", true}, Case{"2 == 2.0", true}, Case{"2 != 2.0", false},
                    Case{"3 >= 3", true}, Case{"input_tokens > 5", kNull},
                    Case{"input_tokens != 5", kNull}, Case{"model == 'Large-2'", true},
                    Case{"model == 'large-2'", false}, Case{"request.stream == true", true},
                    Case{"http_status in [200, 201]", true}, Case{"http_status in [201]", false},
                    Case{"http_status in [200.0]", true}, Case{"input_tokens in [1]", kNull},
                    Case{"http_status not in [201]", true}, Case{"time >= '2026-11-23'", true},
                    Case{"time >= '2026-11-24'", false}));

INSTANTIATE_TEST_SUITE_P(
    Functions, Interpret,
    testing::Values(
        Case{"least(3, 1, 2)", i(1)}, Case{"greatest(3, 1.5)", 3.0},
        Case{"least(1, input_tokens)", kNull}, Case{"default(input_tokens, 7)", i(7)},
        Case{"default(output_tokens, 7)", i(900)}, Case{"default(input_tokens, 0.5)", 0.5},
        Case{"default(output_tokens, 0.5)", 900.0}, Case{"if(true, 1, 2)", i(1)},
        Case{"if(false, 1, 2.0)", 2.0}, Case{"if(input_tokens > 1, 1, 2)", kNull},
        Case{"exists(model)", true}, Case{"exists(input_tokens)", false},
        Case{"lower('ÀBC')", std::string("Àbc")}, Case{"hour(time)", i(20)},
        Case{"weekday(time)", i(1)}, Case{"weekday(timestamp('2026-11-29'))", i(7)},
        Case{"truncate(time, 1h)", i(kNow - 45 * kMinute.us)}, Case{"truncate(time, 0s)", kNull},
        Case{"timestamp('1970-01-02')", i(kDay.us)}, Case{"timestamp(lower('x'))", kNull},
        Case{"timestamp(lower('1970-01-01t00:00:01z'))", i(1'000'000)}, Case{"int('-42')", i(-42)},
        Case{"int('4.0')", kNull}, Case{"int('')", kNull}, Case{"int('+4')", kNull},
        Case{"int(' 4')", kNull}, Case{"int('9223372036854775808')", kNull},
        Case{"number('2.5e1')", 25.0}, Case{"number('nan')", kNull}, Case{"number('inf')", kNull},
        Case{"number('1e999')", kNull}, Case{"number('.5')", kNull}, Case{"number('')", kNull},
        Case{"string(12)", std::string("12")}, Case{"string(true)", std::string("true")},
        Case{"seconds(90)", i(90'000'000)}, Case{"seconds(1500 / 1000)", i(1'500'000)},
        Case{"seconds(9223372036854775807)", kNull}));

// Weeks by Python's date.isocalendar(); beyond its years by that of a year 400 times n earlier, as
// the calendar repeats then. The last two are the ends of int64 microseconds.
INSTANTIATE_TEST_SUITE_P(
    Dates, Interpret,
    testing::Values(Case{"day(time)", i(23)}, Case{"month(time)", i(11)},
                    Case{"year(time)", i(2026)}, Case{"week(time)", i(48)},
                    Case{"week(timestamp('2027-01-01'))", i(53)},
                    Case{"week(timestamp('2024-12-30'))", i(1)},
                    Case{"week(timestamp('2021-01-03T23:59:59Z'))", i(53)},
                    Case{"week(timestamp('2021-01-04'))", i(1)},
                    Case{"week(timestamp('1969-12-31'))", i(1)},
                    Case{"day(timestamp('2024-02-29T23:59:59.999999Z'))", i(29)},
                    Case{"day(timestamp('2024-03-01T00:30:00+01:00'))", i(29)},
                    Case{"month(timestamp('1969-12-31T23:59:59Z'))", i(12)},
                    Case{"year(timestamp('1969-12-31T23:59:59Z'))", i(1969)},
                    Case{"year(timestamp('0000-01-01'))", i(0)},
                    Case{"year(timestamp('-000001-12-31'))", i(-1)},
                    Case{"week(timestamp('+294247-01-10'))", i(1)},
                    Case{"year(timestamp('+294247-01-10T04:00:54Z'))", i(294'247)},
                    Case{"week(timestamp('-290308-12-22'))", i(52)},
                    Case{"year(timestamp('-290308-12-22'))", i(-290'308)},
                    Case{"month(timestamp(lower('x')))", kNull}));

// The bits by hand: 5 is 0101, 2 is 0010, a is 1010.
INSTANTIATE_TEST_SUITE_P(
    Sketches, Interpret,
    testing::Values(Case{"sketch_distance('0000000000000000', 'ffffffffffffffff')", i(64)},
                    Case{"sketch_distance('9f86d081884c7d65', '9f86d081884c7d65')", i(0)},
                    Case{"sketch_distance('9f86d081884c7d65', '9F86D081884C7D62')", i(3)},
                    Case{"sketch_distance('9f86d081884c7d65', '9f86d081884c7d6a')", i(4)},
                    Case{"sketch_distance('8000000000000000', '0000000000000001')", i(2)},
                    Case{"sketch_distance(prompt.sketch, '0000000000000000')", kNull},
                    Case{"sketch_distance('0000000000000000', lower('000000000000000'))", kNull},
                    Case{"sketch_distance('0000000000000000', lower('00000000000000000'))", kNull},
                    Case{"sketch_distance('0000000000000000', lower('-000000000000001'))", kNull},
                    Case{"sketch_distance('0000000000000000', lower('0x00000000000001'))", kNull},
                    Case{"sketch_distance('0000000000000000', model)", kNull}));

INSTANTIATE_TEST_SUITE_P(
    Text, Interpret,
    testing::Values(Case{"contains(model, 'rge')", true}, Case{"contains(model, 'RGE')", false},
                    Case{"contains(model, 'RGE', nocase)", true},
                    Case{"startswith(model, 'Large')", true}, Case{"endswith(model, '-2')", true},
                    Case{"like(model, 'L*-?')", true}, Case{"matches(model, '^L.*\\d$')", true},
                    Case{"matches(model, 'arge')", true}, Case{"matches(provider, 'x')", kNull},
                    Case{"cidr(client.address, '192.0.2.0/24')", true},
                    Case{"cidr(client.address, '192.0.3.0/24')", false},
                    Case{"cidr(client.address, '2001:db8::/32')", false},
                    Case{"client.address == '192.0.2.7'", true}));

/// Kleene's strong three-valued logic: S. C. Kleene, "Introduction to Metamathematics", 1952,
/// section 64. u stands for a comparison over an absent field.
struct TruthCase {
  char a;
  char b;
  char conjunction;
  char disjunction;
};

class Kleene : public testing::TestWithParam<TruthCase> {};

std::string source_of(char truth) {
  return truth == 't' ? "true" : truth == 'f' ? "false" : "input_tokens > 0";
}

Value value_of(char truth) { return truth == 'u' ? kNull : Value(truth == 't'); }

TEST_P(Kleene, AgreesWithTheTable) {
  const TruthCase& c = GetParam();
  const std::string a = "(" + source_of(c.a) + ")";
  const std::string b = "(" + source_of(c.b) + ")";
  EXPECT_EQ(run(a + " and " + b), value_of(c.conjunction));
  EXPECT_EQ(run(a + " or " + b), value_of(c.disjunction));
}

INSTANTIATE_TEST_SUITE_P(
    All, Kleene,
    testing::Values(TruthCase{'t', 't', 't', 't'}, TruthCase{'t', 'f', 'f', 't'},
                    TruthCase{'t', 'u', 'u', 't'}, TruthCase{'f', 't', 'f', 't'},
                    TruthCase{'f', 'f', 'f', 'f'}, TruthCase{'f', 'u', 'f', 'u'},
                    TruthCase{'u', 't', 'u', 't'}, TruthCase{'u', 'f', 'f', 'u'},
                    TruthCase{'u', 'u', 'u', 'u'}));

TEST(Interpret, NotOfUnknownIsUnknown) {
  EXPECT_EQ(run("not (input_tokens > 0)"), kNull);
  EXPECT_EQ(run("not true"), Value(false));
  EXPECT_EQ(run("not false"), Value(true));
}

TEST(Interpret, ReadsColumnsAndMeasures) {
  ExprScope scope;
  scope.columns = {{"c", ValueType::kString}};
  scope.measures = {{"m", ValueType::kInt64}};
  std::vector<Diagnostic> diagnostics;
  const auto expr = parse_expression("int(c) + m", scope, {}, diagnostics);
  ASSERT_TRUE(expr);
  const std::vector<Value> columns = {std::string("40")};
  const std::vector<Value> measures = {std::int64_t{2}};
  EXPECT_EQ(interpret(*expr, {nullptr, columns, measures}), Value(std::int64_t{42}));
  EXPECT_EQ(interpret(*expr, {nullptr, columns, {}}), kNull);
}

TEST(Interpret, ListMatchesIfAnyElementDoes) {
  ExprScope scope;
  scope.fields = RecordKind::kAccount;
  std::vector<Diagnostic> diagnostics;
  const auto expr = parse_expression("equals(owners, 'B')", scope, {}, diagnostics);
  ASSERT_TRUE(expr);
  Record record;
  record.kind = RecordKind::kAccount;
  EXPECT_EQ(interpret(*expr, {&record, {}, {}}), kNull);
  set_value(record, *find_field("owners"), std::vector<std::string>{});
  EXPECT_EQ(interpret(*expr, {&record, {}, {}}), Value(false));
  set_value(record, *find_field("owners"), std::vector<std::string>{"A", "B"});
  EXPECT_EQ(interpret(*expr, {&record, {}, {}}), Value(true));
}

}  // namespace
}  // namespace tidewaiter
