// Conditions by "Sigma Rules Specification" 2.0, "Condition".

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sigma/sigma_scene.h"

namespace tidewaiter {
namespace {

/// Five selections, each of which holds if the event's field of that name is 1.
std::string rule_with(std::string_view condition) {
  std::string text;
  for (const char* name : {"a", "b", "sel_1", "sel_2", "_h"}) {
    text += std::string("    ") + name + ": {" + name + ": 1}\n";
  }
  return rule_around(text + "    condition: " + std::string(condition) + "\n");
}

struct Case {
  const char* name;
  const char* condition;
  const char* event;
  bool holds;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.condition << " over " << c.event; }

class SigmaConditionTest : public testing::TestWithParam<Case> {};

TEST_P(SigmaConditionTest, HoldsAsSpecified) {
  const Case& c = GetParam();
  const SigmaOutcome outcome = load_sigma_text(rule_with(c.condition));
  ASSERT_THAT(told(outcome), testing::IsEmpty());
  EXPECT_EQ(holds(outcome.set.rules.at(0).detection, event_of(c.event)), c.holds);
}

constexpr Case kCases[] = {
    {"One", "a", R"({"a":1})", true},
    {"And", "a and b", R"({"a":1})", false},
    {"Or", "a or b", R"({"b":1})", true},
    {"Not", "a and not b", R"({"a":1})", true},
    {"NotNot", "not not a", R"({"a":1})", true},
    // `not` binds more than `and`, `and` more than `or`.
    {"AndBeforeOr", "a or b and sel_1", R"({"a":1})", true},
    {"NotBeforeAnd", "not a and b", R"({"b":1})", true},
    {"NotBeforeOr", "not a or b", R"({"a":1,"b":1})", true},
    {"Brackets", "(a or b) and sel_1", R"({"a":1})", false},
    {"NotBrackets", "not (a or b)", R"({"sel_1":1})", true},
    {"UpperCase", "a AND NOT b", R"({"a":1})", true},
    {"OneOfPattern", "1 of sel_*", R"({"sel_2":1})", true},
    {"AnyOfPattern", "any of sel_*", R"({"sel_2":1})", true},
    {"OneOfPatternNone", "1 of sel_*", R"({"a":1})", false},
    {"AllOfPattern", "all of sel_*", R"({"sel_1":1,"sel_2":1})", true},
    {"AllOfPatternNot", "all of sel_*", R"({"sel_1":1})", false},
    {"PatternInTheMiddle", "1 of *_1", R"({"sel_1":1})", true},
    {"PatternWithoutStar", "1 of a", R"({"a":1})", true},
    {"PatternMayBeHidden", "1 of _*", R"({"_h":1})", true},
    // "excluded by convention": names that begin with an underscore.
    {"ThemLeavesHiddenOut", "1 of them", R"({"_h":1})", false},
    {"AllOfThem", "all of them", R"({"a":1,"b":1,"sel_1":1,"sel_2":1})", true},
    {"NotOneOf", "a and not 1 of sel_*", R"({"a":1,"sel_2":1})", false},
    // "The condition can be a list … linked with OR."
    {"List", "[a and b, sel_1]", R"({"sel_1":1})", true},
};

INSTANTIATE_TEST_SUITE_P(All, SigmaConditionTest, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

std::vector<std::string> told_of(std::string_view condition) {
  return told(load_sigma_text(rule_with(condition)));
}

TEST(SigmaConditionRefused, TellsPlaceAndReason) {
  using testing::ElementsAre;
  EXPECT_THAT(told_of("a and c"),
              ElementsAre("TW1012 10:22 the condition names `c`, which is no selection"));
  EXPECT_THAT(told_of("1 of x*"), ElementsAre("TW1012 10:21 `x*` matches no selection"));
  EXPECT_THAT(told_of("a b"), ElementsAre("TW1011 10:18 unexpected `b` in the condition"));
  EXPECT_THAT(told_of("(a"), ElementsAre("TW1011 10:18 unexpected the end in the condition"));
  EXPECT_THAT(told_of("2 of sel_*"), ElementsAre("TW1012 10:16 the condition names `2`, which is "
                                                 "no selection"));
  EXPECT_THAT(told_of(std::string(100, '(') + "a" + std::string(100, ')')),
              ElementsAre("TW1010 10:80 the condition is nested deeper than 64 levels"));
}

TEST(SigmaRuleShape, MissingPartsAreTold) {
  EXPECT_THAT(told(load_sigma_text("title: A\ndetection: {s: {f: a}, condition: s}\n")),
              testing::ElementsAre("TW1001 1:1 a rule needs `logsource`"));
  EXPECT_THAT(told(load_sigma_text("logsource: {product: x}\ndetection: {s: {f: a}}\n")),
              testing::ElementsAre("TW1001 1:1 a rule needs `title`",
                                   "TW1001 2:13 a detection needs `condition`"));
  EXPECT_THAT(
      told(load_sigma_text(rule_around("    s: {f: a}\n    condition: s\nlevel: severe\n"))),
      testing::ElementsAre("TW1003 7:8 `severe` is no level of Sigma"));
}

TEST(SigmaRuleShape, ListOfMapsIsOrAndTextsAreKeywords) {
  const SigmaOutcome outcome = load_sigma_text(rule_around(
      "    s:\n        - {f: a, g: b}\n        - word\n        - {h: c}\n    condition: s\n"));
  ASSERT_THAT(told(outcome), testing::IsEmpty());
  const SigmaDetection& detection = outcome.set.rules[0].detection;
  EXPECT_TRUE(holds(detection, event_of(R"({"f":"a","g":"b"})")));
  EXPECT_FALSE(holds(detection, event_of(R"({"f":"a"})")));
  EXPECT_TRUE(holds(detection, event_of(R"({"h":"c"})")));
  EXPECT_TRUE(holds(detection, event_of(R"({"x":"a word."})")));
}

TEST(SigmaRuleShape, TimeframeWithoutAggregationIsTold) {
  const SigmaOutcome outcome =
      load_sigma_text(rule_around("    s: {f: a}\n    timeframe: 5m\n    condition: s\n"));
  EXPECT_THAT(told(outcome), testing::ElementsAre("TW1022 6:16 `timeframe` without an aggregation "
                                                  "bounds nothing"));
  EXPECT_EQ(outcome.set.rules.size(), 1U);
}

TEST(SigmaRuleShape, IdsAreTakenOnce) {
  const std::string rule = rule_around("    s: {f: a}\n    condition: s\nid: x\n");
  EXPECT_THAT(told(load_sigma_text(rule + "---\n" + rule)),
              testing::ElementsAre("TW1019 9:8 `x` names the document at rules/a.yml:1 already"));
}

TEST(SigmaRuleShape, ActionDocumentsAreRefusedWhole) {
  const std::string rule = rule_around("    s: {f: a}\n    condition: s\n");
  EXPECT_THAT(told(load_sigma_text("action: global\nlevel: low\n---\n" + rule)),
              testing::ElementsAre(
                  "TW1014 1:9 `action: global` documents are of Sigma 1 and are not read",
                  "TW1014 4:1 this document is a part of the `action` document before it"));
}

}  // namespace
}  // namespace tidewaiter
