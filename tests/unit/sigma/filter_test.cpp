// Filters: their condition joins that of the rules that they name.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sigma/sigma_scene.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string with_filter(const std::string& filter) {
  return "title: A rule\nid: r1\nlogsource: {product: windows, category: process_creation}\n"
         "detection:\n    selection: {image: cmd.exe}\n    condition: selection\n---\n"
         "title: A filter\nlogsource: {product: windows}\nfilter:\n" +
         filter;
}

TEST(SigmaFilter, ConditionMustHoldToo) {
  const SigmaOutcome outcome = load_sigma_text(with_filter(
      "    rules: [r1]\n    selection: {user|startswith: adm_}\n    condition: not selection\n"));
  ASSERT_THAT(told(outcome), IsEmpty());
  const SigmaRule& rule = outcome.set.rules.at(0);
  EXPECT_THAT(rule.filters, ElementsAre("A filter"));
  EXPECT_FALSE(holds(rule.detection, event_of(R"({"image":"cmd.exe","user":"adm_x"})")));
  EXPECT_TRUE(holds(rule.detection, event_of(R"({"image":"cmd.exe","user":"x"})")));
  EXPECT_FALSE(holds(rule.detection, event_of(R"({"image":"a.exe","user":"x"})")));
}

TEST(SigmaFilter, OfAnyRuleKeepsToTheLogSource) {
  const std::string text =
      with_filter("    rules: any\n    selection: {user: x}\n    condition: selection\n");
  EXPECT_THAT(load_sigma_text(text).set.rules[0].filters, ElementsAre("A filter"));
  std::string other = text;
  other.replace(other.find("product: windows}"), 16, "product: linux");
  EXPECT_THAT(load_sigma_text(other).set.rules[0].filters, IsEmpty());
}

TEST(SigmaFilter, WithoutEffectIsTold) {
  EXPECT_THAT(told(load_sigma_text(with_filter(
                  "    rules: [r2]\n    selection: {user: x}\n    condition: selection\n"))),
              ElementsAre("TW1022 11:13 the filter names `r2`, which is no rule that has loaded"));
  std::string text =
      with_filter("    rules: [r1]\n    selection: {user: x}\n    condition: selection\n");
  text.replace(text.find("{product: windows}"), 18, "{product: linux}");
  EXPECT_THAT(told(load_sigma_text(text)),
              ElementsAre("TW1022 11:13 the filter is for product linux, the rule for category "
                          "process_creation, product windows: it is not applied"));
}

TEST(SigmaFilter, MissingPartsAreTold) {
  EXPECT_THAT(
      told(load_sigma_text(with_filter("    selection: {user: x}\n"))),
      ElementsAre("TW1001 11:5 a filter needs `rules`", "TW1001 11:5 a filter needs `condition`"));
}

}  // namespace
}  // namespace tidewaiter
