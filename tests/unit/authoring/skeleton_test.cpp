#include "policies/authoring/skeleton.h"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/authoring/format.h"
#include "policies/authoring/mutants.h"
#include "policies/authoring/vocabulary.h"
#include "policies/engine/policy_test.h"
#include "policies/lint/lint.h"
#include "tests/unit/authoring/loaded_policy.h"
#include "tests/unit/language/sample_policy.h"

namespace tidewaiter {
namespace {

class SkeletonTest : public testing::TestWithParam<Skeleton> {};

TEST_P(SkeletonTest, LintsWithoutAWarningButThatItIsADraft) {
  const LoadOutcome outcome = load_text(std::string(GetParam().text));
  ASSERT_FALSE(outcome.set.policies.empty())
      << testing::PrintToString(lines_of(outcome.diagnostics));
  const std::vector<PolicyText> texts = {{"policies/a.yaml", std::string(GetParam().text)}};
  // 2026-06-01
  for (const Diagnostic& d : lint_policies({texts, UtcTime{1'780'272'000'000'000}}).diagnostics) {
    EXPECT_EQ(d.code, "TW0904") << to_text(d);
  }
}

TEST_P(SkeletonTest, ItsTestsPassAndOneOfThemFinds) {
  const LoadOutcome outcome = load_text(std::string(GetParam().text));
  for (const Policy& policy : outcome.set.policies) {
    bool finds = false;
    bool stays_quiet = false;
    for (const PolicyTest& test : policy.tests) {
      for (const Expectation& expectation : test.expect) {
        finds = finds || expectation.findings > 0;
        stays_quiet = stays_quiet || expectation.findings == 0;
      }
    }
    EXPECT_TRUE(finds && stays_quiet) << policy.id;
    for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
      for (const PolicyTestResult& result : run_policy_tests(policy, {}, engine)) {
        EXPECT_TRUE(result.passed)
            << result.test << ": " << testing::PrintToString(result.failures);
      }
    }
  }
}

/// What begins here learns from its tests how dates and late records are tried.
TEST_P(SkeletonTest, ItsTestsNoticeAnotherWaitAndOtherDates) {
  const LoadOutcome outcome = load_text(std::string(GetParam().text));
  ASSERT_FALSE(outcome.set.policies.empty());
  for (const Policy& policy : outcome.set.policies) {
    const MutationReport report =
        run_mutants(policy, logs_of(policy), [](std::int64_t, std::int64_t) { return true; });
    for (const Mutant& mutant : report.survivors) {
      for (const char* word : {"wait", "late", "a day"}) {
        EXPECT_THAT(mutant.what, testing::Not(testing::HasSubstr(word)));
      }
    }
    if (GetParam().name == "extraction") {
      EXPECT_EQ(report.noticed, report.mutants);
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

/// The shapes that stand in place of measures or have another subject, and every kind of document
/// beside policies.
class ShapeSkeletonTest : public testing::TestWithParam<const char*> {};

// Whoever changes the policy and not its tests is told.
TEST_P(ShapeSkeletonTest, ItsTestsNoticeEachMutant) {
  const Skeleton* const skeleton = find_skeleton(GetParam());
  ASSERT_NE(skeleton, nullptr);
  const LoadOutcome outcome = load_text(std::string(skeleton->text));
  for (const Policy& policy : outcome.set.policies) {
    const MutationReport report =
        run_mutants(policy, logs_of(policy), [](std::int64_t, std::int64_t) { return true; });
    EXPECT_GT(report.mutants, 0);
    for (const Mutant& survivor : report.survivors) {
      ADD_FAILURE() << survivor.what << ": " << survivor.before << " -> " << survivor.after;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, ShapeSkeletonTest,
                         testing::Values("sequence", "absent", "screen", "ownership", "cluster",
                                         "correlation", "list", "exemption", "license", "linkage",
                                         "pack"),
                         [](const auto& row) { return std::string(row.param); });

TEST(Skeletons, HaveTheDocumentThatTheyAreCalledAfter) {
  for (const std::string document : {"list", "exemption", "license", "linkage", "pack"}) {
    const std::string_view text = find_skeleton(document)->text;
    EXPECT_NE(text.find("\n" + document + ": mine-"), std::string_view::npos) << document;
  }
}

TEST(Skeletons, UnknownNamesHaveNone) { EXPECT_EQ(find_skeleton("no-such"), nullptr); }

}  // namespace
}  // namespace tidewaiter
