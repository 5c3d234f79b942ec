#include "policies/authoring/skeleton.h"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/authoring/format.h"
#include "policies/authoring/vocabulary.h"
#include "policies/engine/policy_test.h"
#include "tests/unit/language/sample_policy.h"

namespace tidewaiter {
namespace {

class SkeletonTest : public testing::TestWithParam<Skeleton> {};

TEST_P(SkeletonTest, LintsWithoutAnError) {
  const LoadOutcome outcome = load_text(std::string(GetParam().text));
  ASSERT_EQ(outcome.set.policies.size(), 1U)
      << testing::PrintToString(lines_of(outcome.diagnostics));
  // That it is a draft is all there is to say.
  for (const Diagnostic& d : outcome.diagnostics) EXPECT_EQ(d.code, "TW0904") << to_text(d);
}

TEST_P(SkeletonTest, ItsTestsPassAndOneOfThemFinds) {
  const LoadOutcome outcome = load_text(std::string(GetParam().text));
  ASSERT_EQ(outcome.set.policies.size(), 1U);
  const Policy& policy = outcome.set.policies.front();
  bool finds = false;
  bool stays_quiet = false;
  for (const PolicyTest& test : policy.tests) {
    for (const Expectation& expectation : test.expect) {
      finds = finds || expectation.findings > 0;
      stays_quiet = stays_quiet || expectation.findings == 0;
    }
  }
  EXPECT_TRUE(finds && stays_quiet);
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    for (const PolicyTestResult& result : run_policy_tests(policy, {}, engine)) {
      EXPECT_TRUE(result.passed) << result.test << ": " << testing::PrintToString(result.failures);
    }
  }
}

TEST_P(SkeletonTest, IsLaidOutAlready) {
  const auto laid_out = format_policies({"a.yaml", std::string(GetParam().text)});
  ASSERT_TRUE(laid_out);
  EXPECT_EQ(*laid_out, GetParam().text);
}

TEST_P(SkeletonTest, SaysWhatItLooksFor) {
  EXPECT_THAT(std::string(GetParam().summary), testing::EndsWith("."));
  EXPECT_EQ(find_skeleton(GetParam().name)->text, GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(All, SkeletonTest,
                         testing::ValuesIn(skeletons().begin(), skeletons().end()),
                         [](const auto& row) {
                           std::string name(row.param.name);
                           std::erase(name, '-');
                           return name;
                         });

TEST(Skeletons, ThereIsOneForEachKindOfAbuse) {
  for (const WordRow& kind : find_key(Section::kPolicy, "kind")->words) {
    const Skeleton* skeleton = find_skeleton(kind.name);
    ASSERT_NE(skeleton, nullptr) << kind.name;
    const LoadOutcome outcome = load_text(std::string(skeleton->text));
    ASSERT_EQ(outcome.set.policies.size(), 1U);
    EXPECT_EQ(outcome.set.policies.front().kind, kind.name);
  }
}

TEST(Skeletons, UnknownNamesHaveNone) { EXPECT_EQ(find_skeleton("no-such"), nullptr); }

}  // namespace
}  // namespace tidewaiter
