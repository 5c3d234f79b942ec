#include "policies/language/selection.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/language/interpret.h"
#include "tests/unit/language/sample_policy.h"

namespace tidewaiter {
namespace {

/// The condition of the sample policy with one selection.
std::optional<Expr> select(const std::string& selection, const std::string& extra = {}) {
  const LoadOutcome outcome =
      load_text(sample_policy("select:\n  sel: " + selection + "\n" + extra));
  EXPECT_THAT(lines_of(outcome.diagnostics), testing::IsEmpty()) << selection;
  if (outcome.set.policies.empty()) return std::nullopt;
  return outcome.set.policies[0].condition;
}

using Fields = std::map<std::string, Value>;

std::optional<bool> judge(const Expr& expr, const Fields& fields, RecordKind kind) {
  Record record;
  record.kind = kind;
  for (const auto& [name, value] : fields) set_value(record, *find_field(name), value);
  const Value value = interpret(expr, {&record, {}, {}});
  if (is_null(value)) return std::nullopt;
  return std::get<bool>(value);
}

struct Case {
  const char* selection;
  Fields fields;
  std::optional<bool> want;
};

class Selection : public testing::TestWithParam<Case> {};

TEST_P(Selection, HasSigmasMeaning) {
  const auto expr = select(GetParam().selection);
  ASSERT_TRUE(expr);
  EXPECT_EQ(judge(*expr, GetParam().fields, RecordKind::kUsage), GetParam().want)
      << GetParam().selection;
}

Value text(const char* value) { return std::string(value); }
Value whole(std::int64_t value) { return value; }

INSTANTIATE_TEST_SUITE_P(
    Values, Selection,
    testing::Values(
        Case{"{model: Large}", {{"model", text("lARGE")}}, true},
        Case{"{model: Large}", {{"model", text("large-2")}}, false},
        Case{"{model: Large}", {}, std::nullopt},
        Case{"{model|cased: Large}", {{"model", text("large")}}, false},
        Case{"{model: large*}", {{"model", text("Large-2")}}, true},
        Case{"{model: 'large-?'}", {{"model", text("large-22")}}, false},
        Case{R"({model: 'a\*b'})", {{"model", text("a*b")}}, true},
        Case{R"({model: 'a\*b'})", {{"model", text("axb")}}, false},
        Case{R"({model: 'a\b'})", {{"model", text("a\\b")}}, true},
        Case{"{model: [a, b]}", {{"model", text("B")}}, true},
        Case{"{model: [a, b]}", {{"model", text("c")}}, false},
        Case{"{model: ''}", {{"model", text("")}}, true},
        Case{"{http_status: 429}", {{"http_status", whole(429)}}, true},
        Case{"{http_status: [401, 403]}", {{"http_status", whole(403)}}, true},
        Case{"{http_status: [401, 403]}", {{"http_status", whole(400)}}, false},
        Case{"{http_status: [401, 403]}", {}, std::nullopt},
        Case{"{request.stream: true}", {{"request.stream", Value(false)}}, false},
        Case{"{client.address: '192.0.2.1'}", {{"client.address", text("192.0.2.1")}}, true},
        Case{"{client.address: '::ffff:192.0.2.1'}", {{"client.address", text("192.0.2.1")}}, true},
        Case{"{client.address|in: ['::ffff:c000:201']}",
             {{"client.address", text("192.0.2.1")}},
             true},
        Case{"client.address == '::ffff:192.0.2.1'", {{"client.address", text("192.0.2.1")}}, true},
        Case{"{client.address: '192.0.2.*'}", {{"client.address", text("192.0.2.9")}}, true},
        Case{"{model: null}", {}, true}, Case{"{model: ~}", {{"model", text("a")}}, false}));

INSTANTIATE_TEST_SUITE_P(
    Modifiers, Selection,
    testing::Values(
        Case{"{model|contains: ARG}", {{"model", text("large")}}, true},
        Case{"{model|contains|cased: ARG}", {{"model", text("large")}}, false},
        Case{"{model|startswith: la}", {{"model", text("Large")}}, true},
        Case{"{model|startswith: ge}", {{"model", text("large")}}, false},
        Case{"{model|endswith: GE}", {{"model", text("large")}}, true},
        Case{"{model|contains: 'a*e'}", {{"model", text("xlargex")}}, true},
        Case{R"({model|startswith: 'a\'})", {{"model", text("a\\b")}}, true},
        Case{"{model|contains|all: [la, ge]}", {{"model", text("large")}}, true},
        Case{"{model|contains|all: [la, zz]}", {{"model", text("large")}}, false},
        Case{"{model|re: '^lar.e$'}", {{"model", text("large")}}, true},
        Case{"{model|re: LARGE}", {{"model", text("large")}}, false},
        Case{"{model|re|i: LARGE}", {{"model", text("large")}}, true},
        Case{"{client.address|cidr: 10.0.0.0/8}", {{"client.address", text("10.1.1.1")}}, true},
        Case{"{client.address|cidr: [10.0.0.0/8, '2001:db8::/32']}",
             {{"client.address", text("2001:db8::7")}},
             true},
        Case{"{output_tokens|gt: 1k}", {{"output_tokens", whole(1001)}}, true},
        Case{"{output_tokens|gt: 1k}", {{"output_tokens", whole(1000)}}, false},
        Case{"{output_tokens|gte: 1k}", {{"output_tokens", whole(1000)}}, true},
        Case{"{output_tokens|lt: 5}", {{"output_tokens", whole(4)}}, true},
        Case{"{output_tokens|lte: 5}", {{"output_tokens", whole(5)}}, true},
        Case{"{output_tokens|lt: 5}", {}, std::nullopt},
        Case{"{cost|gt: 1.50 USD}", {{"cost", whole(1'500'000'001)}}, true},
        Case{"{model|exists: true}", {}, false}, Case{"{model|exists: false}", {}, true},
        Case{"{response_model|fieldref: model}",
             {{"model", text("a")}, {"response_model", text("a")}},
             true},
        Case{"{response_model|fieldref: model}",
             {{"model", text("a")}, {"response_model", text("A")}},
             false},
        Case{"{model|in: [a, b]}", {{"model", text("a")}}, true},
        Case{"{model|in: [a, b]}", {{"model", text("A")}}, false},
        Case{"{model|in: ['a*']}", {{"model", text("ab")}}, false}));

INSTANTIATE_TEST_SUITE_P(
    Joins, Selection,
    testing::Values(
        Case{"{model: a, http_status: 1}", {{"model", text("a")}, {"http_status", whole(1)}}, true},
        Case{
            "{model: a, http_status: 1}", {{"model", text("a")}, {"http_status", whole(2)}}, false},
        Case{"{model: a, http_status: 1}", {{"model", text("b")}}, false},
        Case{"{model: a, http_status: 1}", {{"model", text("a")}}, std::nullopt},
        Case{"[{model: a}, {http_status: 1}]", {{"model", text("a")}}, true},
        Case{"[{model: a}, {http_status: 1}]", {{"model", text("b")}}, std::nullopt},
        Case{"output_tokens / 2 > 10", {{"output_tokens", whole(21)}}, true},
        Case{"output_tokens / 2 > 10", {{"output_tokens", whole(20)}}, false}));

// The base64 texts are by coreutils' base64: as in tests/unit/sigma/modifier_test.cpp.
INSTANTIATE_TEST_SUITE_P(
    Encodings, Selection,
    testing::Values(
        Case{"{user_agent|base64|contains: whoami}", {{"user_agent", text("x d2hvYW1p y")}}, true},
        Case{"{user_agent|base64|contains: whoami}", {}, std::nullopt},
        Case{"{user_agent|base64|cased: cmd}", {{"user_agent", text("Y21k")}}, true},
        Case{"{user_agent|base64|cased: cmd}", {{"user_agent", text("y21k")}}, false},
        Case{"{user_agent|base64offset|contains: http}", {{"user_agent", text("aHR0cDov")}}, true},
        // base64 of "xhttp:/", "xxhttp:/", "ftp://".
        Case{"{user_agent|base64offset|contains: http}",
             {{"user_agent", text("eGh0dHA6Lw==")}},
             true},
        Case{"{user_agent|base64offset|contains: http}",
             {{"user_agent", text("eHhodHRwOi8=")}},
             true},
        Case{"{user_agent|base64offset|contains: http}", {{"user_agent", text("ZnRwOi8v")}}, false},
        // base64 of "cmd" in UTF-16: 63 00 6d 00 64 00; big endian; with the mark FF FE.
        Case{"{user_agent|wide|base64|contains: cmd}", {{"user_agent", text("YwBtAGQA")}}, true},
        Case{"{user_agent|utf16le|base64: cmd}", {{"user_agent", text("YwBtAGQA")}}, true},
        Case{"{user_agent|utf16be|base64: cmd}", {{"user_agent", text("AGMAbQBk")}}, true},
        Case{"{user_agent|utf16|base64: cmd}", {{"user_agent", text("//5jAG0AZAA=")}}, true},
        Case{"{user_agent|utf16|base64: cmd}", {{"user_agent", text("YwBtAGQA")}}, false},
        Case{"{user_agent|wide: cm}", {{"user_agent", std::string("c\0m\0", 4)}}, true},
        // A wildcard that is plain is encoded; in the encoding nothing is a wildcard: "a*" and
        // "??>".
        Case{R"({user_agent|base64: 'a\*'})", {{"user_agent", text("YSo=")}}, true},
        Case{R"({user_agent|base64: '\?\?>'})", {{"user_agent", text("Pz8+")}}, true}));

INSTANTIATE_TEST_SUITE_P(
    Dashes, Selection,
    testing::Values(
        Case{"{user_agent|windash|contains: ' -x'}", {{"user_agent", text("cmd /x")}}, true},
        Case{"{user_agent|contains|windash: ' -x'}", {{"user_agent", text("cmd –X y")}}, true},
        Case{"{user_agent|windash|contains: ' /x'}", {{"user_agent", text("cmd —x")}}, true},
        Case{"{user_agent|windash: '-x'}", {{"user_agent", text("―x")}}, true},
        Case{"{user_agent|windash: '-x'}", {{"user_agent", text(" -x")}}, false},
        Case{"{user_agent|windash|cased: '-x'}", {{"user_agent", text("-X")}}, false},
        Case{"{user_agent|windash|contains: ' -x'}", {{"user_agent", text("cmd +x")}}, false},
        Case{"{user_agent|windash: '*-?b'}", {{"user_agent", text("a/ab")}}, true},
        Case{"{user_agent|windash|contains: '-k'}", {{"user_agent", text("-\u212A")}}, false},
        Case{"{user_agent|contains|windash|all: [' -a', ' -b']}",
             {{"user_agent", text("c /a -b")}},
             true},
        Case{"{user_agent|windash: '-x'}", {}, std::nullopt}));

INSTANTIATE_TEST_SUITE_P(
    NoneOf, Selection,
    testing::Values(Case{"{model|neq: [a, b]}", {{"model", text("c")}}, true},
                    Case{"{model|neq: [a, b]}", {{"model", text("B")}}, false},
                    Case{"{model|neq: a}", {}, std::nullopt}, Case{"{model|neq: null}", {}, false},
                    Case{"{model|contains|neq: a}", {{"model", text("cab")}}, false},
                    Case{"{http_status|neq: 200}", {{"http_status", whole(404)}}, true},
                    Case{"{http_status|gte|neq: 400}", {{"http_status", whole(404)}}, false},
                    Case{"{model|in|neq: [a]}", {{"model", text("A")}}, true}));

TEST(Selection, ComparesThePartsOfATimeInUtc) {
  const auto at = [](const std::string& selection, const char* time) {
    const auto expr = select(selection);
    Record record;
    record.time = parse_time(time).value();
    return expr && interpret(*expr, {&record, {}, {}}) == Value(true);
  };
  EXPECT_TRUE(at("{time|hour: 23}", "2026-03-01T23:59:59Z"));
  EXPECT_FALSE(at("{time|hour: 23}", "2026-03-01T23:59:59+02:00"));
  EXPECT_TRUE(at("{time|hour: [5, 21]}", "2026-03-01T23:59:59+02:00"));
  EXPECT_TRUE(at("{time|hour|gte: 22}", "2026-03-01T22:00:00Z"));
  EXPECT_FALSE(at("{time|hour|gt: 22}", "2026-03-01T22:59:59Z"));
  EXPECT_TRUE(at("{time|minute: 59}", "2026-03-01T23:59:59.999999Z"));
  EXPECT_TRUE(at("{time|minute|lt: 1}", "1969-12-31T23:00:59Z"));
  EXPECT_FALSE(at("{time|minute|neq: 7}", "2026-03-01T23:07:00Z"));
  EXPECT_TRUE(at("{time|day: 31}", "2026-12-31T23:59:59Z"));
  EXPECT_TRUE(at("{time|day: 1, time|month: 1, time|year: 2027}", "2026-12-31T23:30:00-01:00"));
  EXPECT_TRUE(at("{time|week: [53, 1]}", "2027-01-03T12:00:00Z"));
  EXPECT_FALSE(at("{time|week: 53}", "2027-01-04T00:00:00Z"));
  EXPECT_TRUE(at("{time|month|lte: 2}", "2028-02-29T00:00:00Z"));
  EXPECT_FALSE(at("{time|month|neq: 2}", "2028-02-29T00:00:00Z"));
  EXPECT_TRUE(at("{time|year|gt: 2026}", "2027-01-01T00:00:00Z"));
}

INSTANTIATE_TEST_SUITE_P(
    Sketches, Selection,
    testing::Values(
        Case{"{prompt.sketch|similar: 9f86d081884c7d65}",
             {{"prompt.sketch", text("9f86d081884c7d62")}},
             true},  // 5 is 0101, 2 is 0010
        Case{"{prompt.sketch|similar: 9f86d081884c7d65}",
             {{"prompt.sketch", text("9f86d081884c7d6a")}},
             false},  // a is 1010
        Case{"{prompt.sketch|similar: 9f86d081884c7d65}", {}, std::nullopt},
        Case{"{prompt.sketch|similar: 9f86d081884c7d65}",
             {{"prompt.sketch", text("no sketch")}},
             std::nullopt},
        Case{"{prompt.sketch|similar: [9f86d081884c7d65, '0000000000000000']}",
             {{"prompt.sketch", text("0100000000000001")}},
             true},
        Case{"{prompt.sketch|similar|all: [9f86d081884c7d65, '0000000000000000']}",
             {{"prompt.sketch", text("0100000000000001")}},
             false},
        Case{"{prompt.sketch|similar|neq: 9f86d081884c7d65}",
             {{"prompt.sketch", text("9f86d081884c7d6a")}},
             true},
        Case{"{prompt.sketch|similar: {sketch: 9f86d081884c7d65, within: 4}}",
             {{"prompt.sketch", text("9f86d081884c7d6a")}},
             true},
        Case{"{prompt.sketch|similar: [{sketch: 9f86d081884c7d65, within: 0}, '0000000000000000']}",
             {{"prompt.sketch", text("9f86d081884c7d64")}},
             false},
        Case{"{prompt.sketch|similar: {sketch: 9f86d081884c7d65}}",
             {{"prompt.sketch", text("9f86d081884c7d6a")}},
             false}));

TEST(Selection, ASketchMayBeNearAnyOfAList) {
  const auto load = [](const std::string& values) {
    return load_text(
        sample_policy(
            "select:\n  sel: {prompt.sketch|similar: {sketch: list:known, within: 1}}\n") +
        "---\nlist: known\ntitle: Known\nvalues: " + values + "\n");
  };
  const LoadOutcome outcome =
      load("[ffff000000000000, {value: 0000ffff00000000, until: 2026-03-31}]");
  ASSERT_THAT(lines_of(outcome.diagnostics), testing::IsEmpty());
  const auto at = [&](const char* time, const char* sketch) {
    Record record;
    record.time = parse_time(time).value();
    set_value(record, *find_field("prompt.sketch"), text(sketch));
    return interpret(outcome.set.policies[0].condition, {&record, {}, {}});
  };
  EXPECT_EQ(at("2026-04-01T00:00:00Z", "ffff000000000001"), Value(true));
  EXPECT_EQ(at("2026-04-01T00:00:00Z", "ffff000000000003"), Value(false));
  EXPECT_EQ(at("2026-03-31T23:59:59Z", "0000fffe00000000"), Value(true));
  EXPECT_EQ(at("2026-04-01T00:00:00Z", "0000fffe00000000"), Value(false));
  EXPECT_THAT(lines_of(load("[ffff000000000000, gpt]").diagnostics),
              testing::ElementsAre(
                  testing::HasSubstr("`list:known` holds `gpt`, which is no similarity sketch")));
  EXPECT_THAT(lines_of(load("[1, 2]\ntype: int64").diagnostics),
              testing::ElementsAre(testing::HasSubstr("holds values of type int64")));
}

struct ExpandCase {
  const char* item;
  const char* field;
  const char* value;
  bool matches;
};

class Expand : public testing::TestWithParam<ExpandCase> {};

TEST_P(Expand, MatchesWithEachValueOfTheList) {
  const ExpandCase& c = GetParam();
  const LoadOutcome outcome =
      load_text(sample_policy("select:\n  sel: {" + std::string(c.item) + "}\n") +
                "---\nlist: size\ntitle: Sizes\nvalues: [large, 'm?d*', 'a.b']\n"
                "---\nlist: n\ntitle: Numbers\nvalues: ['1', '2']\n"
                "---\nlist: dir\ntitle: Folders\nvalues: ['C:\\\\tmp\\', '100%']\n"
                "---\nlist: net\ntitle: Networks\nvalues: ['10.1', '10.2']\n");
  ASSERT_FALSE(has_errors(outcome.diagnostics))
      << testing::PrintToString(lines_of(outcome.diagnostics));
  EXPECT_EQ(
      judge(outcome.set.policies[0].condition, {{c.field, text(c.value)}}, RecordKind::kUsage),
      c.matches)
      << c.item << " of " << c.value;
}

INSTANTIATE_TEST_SUITE_P(
    Values, Expand,
    testing::Values(
        ExpandCase{"model|expand: '%size%-%n%'", "model", "LARGE-2", true},
        ExpandCase{"model|expand: '%size%-%n%'", "model", "large-3", false},
        ExpandCase{"model|expand: '%SIZE%'", "model", "large", true},
        ExpandCase{"model|expand: '%size%'", "model", "medium", true},  // a wildcard of the list
        ExpandCase{"model|expand: '%size%'", "model", "mdx", false},
        ExpandCase{"model|expand: ['%n%', plain]", "model", "plain", true},
        ExpandCase{"model|expand|cased: '%size%'", "model", "LARGE", false},
        ExpandCase{"model|expand|contains: '-%n%-'", "model", "x-1-y", true},
        ExpandCase{"model|contains|expand|all: ['%size%', '%n%']", "model", "large 1", true},
        ExpandCase{"model|contains|expand|all: ['%size%', '%n%']", "model", "large", false},
        ExpandCase{"model|expand|neq: '%size%'", "model", "large", false},
        ExpandCase{"model|expand: '\\%size%'", "model", "%size%", true},
        ExpandCase{"model|expand: '100%'", "model", "100%", true},
        ExpandCase{"model|expand: 'a %%size%'", "model", "a %large", true},
        ExpandCase{"model|re|expand: '^%size%$'", "model", "axb",
                   true},  // a part of the expression
        ExpandCase{"model|expand: '%size%'", "model", "axb", false},
        ExpandCase{"user_agent|expand: '%dir%*'", "user_agent", "C:\\tmp\\x", true},
        ExpandCase{"user_agent|expand: '%dir%*'", "user_agent", "C:\\tmp*", false},
        ExpandCase{"user_agent|base64|expand: '%n%'", "user_agent", "MQ==", true},
        ExpandCase{"client.address|cidr|expand: '%net%.0.0/16'", "client.address", "10.2.3.4",
                   true},
        ExpandCase{"client.address|cidr|expand: '%net%.0.0/16'", "client.address", "10.3.3.4",
                   false},
        ExpandCase{"client.address|expand: '%net%.3.4'", "client.address", "10.1.3.4", true}));

TEST(Selection, AValueIsPutInWhileItStandsInItsList) {
  const LoadOutcome outcome =
      load_text(sample_policy("select:\n  sel: {model|expand: '%who%-%what%'}\n") +
                "---\nlist: who\ntitle: Who\nvalues: [{value: a, until: 2026-03-31}, b]\n"
                "---\nlist: what\ntitle: What\nvalues: [{value: x, from: 2026-04-01}, z]\n");
  ASSERT_THAT(lines_of(outcome.diagnostics), testing::IsEmpty());
  const auto at = [&](const char* time, const char* model) {
    Record record;
    record.time = parse_time(time).value();
    set_value(record, *find_field("model"), text(model));
    return interpret(outcome.set.policies[0].condition, {&record, {}, {}});
  };
  EXPECT_EQ(at("2026-03-31T23:59:59Z", "a-z"), Value(true));
  EXPECT_EQ(at("2026-04-01T00:00:00Z", "a-z"), Value(false));
  EXPECT_EQ(at("2026-04-01T00:00:00Z", "b-x"), Value(true));
  EXPECT_EQ(at("2026-03-31T23:59:59Z", "b-x"), Value(false));
  EXPECT_EQ(at("2026-03-31T23:59:59Z", "a-x"), Value(false)) << "at no time both";
  EXPECT_EQ(at("2026-04-01T00:00:00Z", "a-x"), Value(false));
  EXPECT_EQ(at("2030-01-01T00:00:00Z", "b-z"), Value(true));
}

TEST(Selection, AValueStandsForSoManyOthersAndNoMore) {
  const auto load = [](int values) {
    std::string list = "---\nlist: many\ntitle: Many\nvalues: [";
    for (int i = 0; i < values; ++i) list += "v" + std::to_string(i) + ", ";
    return load_text(sample_policy("select:\n  sel: {model|expand: '%many%%many%'}\n") + list +
                     "]\n");
  };
  EXPECT_FALSE(has_errors(load(64).diagnostics));
  EXPECT_THAT(
      lines_of(load(65).diagnostics),
      testing::ElementsAre(testing::HasSubstr("this value stands for more than 4096 others")));
}

std::string list_of(int values, const std::function<std::string(int)>& value) {
  std::string list = "---\nlist: many\ntitle: Many\nvalues:\n";
  for (int i = 0; i < values; ++i) list += "  - '" + value(i) + "'\n";
  return list;
}

// Each line puts 4096 values in: without a bound on all of them they would take gigabytes.
TEST(Selection, AllOfADocumentTogetherAreBounded) {
  const std::string sketches = list_of(4096, [](int i) {
    return std::to_string(1'000'000'000'000'000 + i);  // 16 digits
  });
  const auto load = [&](const std::string& item, int times) {
    std::string lines;
    for (int i = 0; i < times; ++i) lines += "    - {" + item + "}\n";
    return lines_of(load_text(sample_policy("select:\n  sel:\n" + lines) + sketches).diagnostics);
  };
  const auto refused =
      testing::ElementsAre(testing::HasSubstr("the selections of this document have more than "
                                              "65536 parts once lists are put in"));
  const std::string similar = "prompt.sketch|similar: list:many";
  EXPECT_THAT(load(similar, 1), testing::IsEmpty());
  EXPECT_THAT(load(similar, 3000), refused);
  EXPECT_THAT(load("model|expand: '%many%N'", 3000), refused);
  std::string selections;
  for (int i = 0; i < 200; ++i) selections += "  s" + std::to_string(i) + ": {" + similar + "}\n";
  EXPECT_THAT(
      lines_of(
          load_text(sample_policy("select:\n" + selections + "condition: 1 of them\n") + sketches)
              .diagnostics),
      refused);
}

TEST(Selection, TheTextsOfAllWaysAreBounded) {
  const auto load = [](const std::string& value, int values) {
    return lines_of(load_text(sample_policy("select:\n  sel: {model|expand: '" + value + "'}\n") +
                              list_of(values, [](int i) { return "v" + std::to_string(i); }))
                        .diagnostics);
  };
  const std::string kib(1024, 'x');
  EXPECT_THAT(load("%many%" + kib, 4000), testing::IsEmpty());
  EXPECT_THAT(
      load("%many%" + kib, 4096),
      testing::ElementsAre(testing::HasSubstr("this value stands for more than 4 MiB of others")));
  std::string many;
  for (int i = 0; i < 64; ++i) many += "%many%";
  EXPECT_THAT(load(many, 1), testing::IsEmpty());
  EXPECT_THAT(load(many + "%many%", 1),
              testing::ElementsAre(testing::HasSubstr("this value has more than 64 placeholders")));
}

TEST(Selection, ACountryGroupIsAList) {
  const LoadOutcome outcome =
      load_text(sample_policy("select:\n  sel: {client.country|country_group: [far, further]}\n") +
                "---\nlist: far\ntitle: Far\nvalues: [KP]\n---\nlist: further\ntitle: Further\n"
                "values: [SY]\n");
  ASSERT_THAT(lines_of(outcome.diagnostics), testing::IsEmpty());
  const Expr& condition = outcome.set.policies[0].condition;
  EXPECT_EQ(judge(condition, {{"client.country", text("SY")}}, RecordKind::kUsage), true);
  EXPECT_EQ(judge(condition, {{"client.country", text("DE")}}, RecordKind::kUsage), false);
  EXPECT_EQ(judge(condition, {}, RecordKind::kUsage), std::nullopt);
}

TEST(Selection, SaysWhichModifiersDoNotGoTogether) {
  const auto refused = [](const std::string& item) {
    const LoadOutcome outcome = load_text(sample_policy("select:\n  sel: {" + item + "}\n"));
    std::string codes;
    for (const Diagnostic& d : outcome.diagnostics) {
      if (d.level == DiagnosticLevel::kError) codes += d.code + " ";
    }
    return codes;
  };
  for (const char* item : {"model|contains|base64: a",
                           "model|base64|wide: a",
                           "model|base64|re: a",
                           "http_status|base64: 5",
                           "http_status|windash: 5",
                           "model|windash|re: a",
                           "model|hour: 5",
                           "time|hour|all: 5",
                           "time|hour|contains: 5",
                           "time|hour|minute: 5",
                           "model|day: 5",
                           "time|month|all: 5",
                           "time|week|year: 5",
                           "time|year|in: [2026]",
                           "model|exists|neq: true",
                           "model|country_group: far",
                           "model|similar: 9f86d081884c7d65",
                           "prompt.sketch|similar|cased: 9f86d081884c7d65",
                           "prompt.sketch|similar|contains: 9f86d081884c7d65",
                           "client.country|country_group|all: x"}) {
    EXPECT_EQ(refused(item), std::string(kModifierMismatch.code) + " ") << item;
  }
  for (const char* item : {"model|base64: 'a*'", "model|utf16: a", "time|hour: soon",
                           "time|minute: '5'", "time|month: May"}) {
    EXPECT_EQ(refused(item), std::string(kValueMismatch.code) + " ") << item;
  }
  for (const char* item : {"prompt.sketch|similar: 9f86", "prompt.sketch|similar: '%a%'",
                           "prompt.sketch|similar: {sketch: x, within: 5}"}) {
    EXPECT_EQ(refused(item), std::string(kNotASketch.code) + " ") << item;
  }
  EXPECT_EQ(refused("prompt.sketch|similar: {within: 5}"), std::string(kMissingKey.code) + " ");
  EXPECT_EQ(refused("prompt.sketch|similar: {sketch: 9f86d081884c7d65, within: 65}"),
            std::string(kBadNumber.code) + " ");
  EXPECT_EQ(refused("prompt.sketch|similar: {sketch: 9f86d081884c7d65, near: 5}"),
            std::string(kUnknownKey.code) + " ");
  for (const char* item :
       {"http_status|expand: '%a%'", "model|expand|in: ['%a%']", "model|expand|exists: true",
        "time|hour|expand: 5", "prompt.sketch|similar|expand: '%a%'"}) {
    EXPECT_EQ(refused(item), std::string(kModifierMismatch.code) + " ") << item;
  }
  EXPECT_EQ(refused("model|expand: '%a%'"), std::string(kUnknownList.code) + " ");
}

TEST(Selection, OfAListFieldHoldsIfAnyElementMatches) {
  const auto any = select("{owners|contains: corp}", "reads: account\n");
  const auto all = select("{owners|contains|all: [corp, ltd]}", "reads: account\n");
  ASSERT_TRUE(any && all);
  const Fields one = {{"owners", std::vector<std::string>{"A Corp", "B"}}};
  const Fields both = {{"owners", std::vector<std::string>{"A Corp", "B Ltd"}}};
  EXPECT_EQ(judge(*any, one, RecordKind::kAccount), true);
  EXPECT_EQ(judge(*all, one, RecordKind::kAccount), false);
  EXPECT_EQ(judge(*all, both, RecordKind::kAccount), true);
}

struct ConditionCase {
  const char* condition;
  const char* canonical;
};

class Condition : public testing::TestWithParam<ConditionCase> {};

TEST_P(Condition, PutsSelectionsIn) {
  const LoadOutcome outcome = load_text(sample_policy(
      std::string("select:\n  a1: input_tokens > 1\n  a2: input_tokens > 2\n  b: input_tokens > 3\n"
                  "  _c: input_tokens > 4\ncondition: ") +
      GetParam().condition + "\n"));
  ASSERT_FALSE(outcome.set.policies.empty()) << to_text(outcome.diagnostics.at(0));
  EXPECT_EQ(to_text(outcome.set.policies[0].condition), GetParam().canonical);
}

INSTANTIATE_TEST_SUITE_P(
    All, Condition,
    testing::Values(
        ConditionCase{"a1", "(input_tokens > 1)"},
        ConditionCase{"a1 and not b", "((input_tokens > 1) and (not (input_tokens > 3)))"},
        ConditionCase{"a1 AND (a2 OR b)",
                      "((input_tokens > 1) and ((input_tokens > 2) or (input_tokens > 3)))"},
        ConditionCase{"1 of a*", "((input_tokens > 1) or (input_tokens > 2))"},
        ConditionCase{"any of a*", "((input_tokens > 1) or (input_tokens > 2))"},
        ConditionCase{"all of a*", "((input_tokens > 1) and (input_tokens > 2))"},
        ConditionCase{"all of them",
                      "((input_tokens > 1) and (input_tokens > 2) and (input_tokens > 3))"},
        ConditionCase{"not 1 of them",
                      "(not ((input_tokens > 1) or (input_tokens > 2) or (input_tokens > 3)))"},
        ConditionCase{"1 of b*", "(input_tokens > 3)"},
        ConditionCase{"not not b", "(not (not (input_tokens > 3)))"}));

}  // namespace
}  // namespace tidewaiter
