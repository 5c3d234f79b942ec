#include "policies/authoring/test_coverage.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/authoring/loaded_policy.h"

namespace tidewaiter {
namespace {

// By hand, over the four records of the one test:
//   record  output_tokens  model    big    large  condition (big or large)
//   1       20             absent   true   unknown  true
//   2       20             large-1  true   true     true
//   3       5              small    false  false    false
//   4       5              large-2  false  true     true
// All but the third count, for one account in one hour: n = 3, of which 2 are `big`. The window is
// closed (covered from its start to its end), so that n >= 3 is true and b > 5 is false.
constexpr const char* kBody =
    "select:\n"
    "  big: {output_tokens|gt: 10}\n"
    "  large: {model|startswith: large}\n"
    "  idle: {region: eu}\n"
    "condition: big or large\n"
    "window: 1h\n"
    "measure: {n: count(), b: count() where big, m: max(cost) where idle}\n"
    "report_when: n >= 3 or b > 5\n"
    "exempt:\n"
    "  - {where: {organization: lab}, until: 2026-12-31, approved_by: legal, reason: M}\n"
    "  - {where: {organization: old}, until: 2025-12-31, approved_by: legal, reason: M}\n"
    "tests:\n"
    "  - name: one\n"
    "    covered_from: 2026-01-01\n"
    "    drained_to: 2026-01-01T01:00:00Z\n"
    "    given:\n"
    "      - {kind: usage, time: 2026-01-01T00:01:00Z, account: a, organization: o, output_tokens: "
    "20}\n"
    "      - {kind: usage, time: 2026-01-01T00:02:00Z, account: a, organization: o, output_tokens: "
    "20, model: large-1}\n"
    "      - {kind: usage, time: 2026-01-01T00:03:00Z, account: a, organization: o, output_tokens: "
    "5, model: small}\n"
    "      - {kind: usage, time: 2026-01-01T00:04:00Z, account: a, organization: o, output_tokens: "
    "5, model: large-2}\n"
    "    expect: [{findings: 1}]\n";

const CoveredPart& part(const TestCoverage& coverage, const std::string& name,
                        const std::string& text = "") {
  static const CoveredPart kNone;
  const auto found = std::ranges::find_if(coverage.parts, [&](const CoveredPart& p) {
    return p.name == name && (text.empty() || p.text == text);
  });
  EXPECT_NE(found, coverage.parts.end()) << name << " " << text;
  return found == coverage.parts.end() ? kNone : *found;
}

void expect_counts(const CoveredPart& p, std::int64_t yes, std::int64_t no, std::int64_t unknown) {
  EXPECT_EQ(p.yes, yes) << p.name;
  EXPECT_EQ(p.no, no) << p.name;
  EXPECT_EQ(p.unknown, unknown) << p.name;
}

TEST(TestCoverage, CountsWhatWasDecidedEachWay) {
  const Policy policy = loaded(policy_head() + kBody);
  const TestCoverage coverage = measure_test_coverage(policy, logs_of(policy));
  expect_counts(part(coverage, "selection big"), 2, 2, 0);
  expect_counts(part(coverage, "selection large"), 2, 1, 1);
  expect_counts(part(coverage, "selection idle"), 0, 0, 4);
  expect_counts(part(coverage, "exempt[0]"), 0, 4, 0);
  expect_counts(part(coverage, "exempt[1]"), 0, 0, 0);  // over before the first record
  expect_counts(part(coverage, "where of b"), 2, 2, 0);
  expect_counts(part(coverage, "where of m"), 0, 0, 4);
  expect_counts(part(coverage, "measure n"), 1, 0, 0);
  expect_counts(part(coverage, "measure b"), 1, 0, 0);
  expect_counts(part(coverage, "measure m"), 0, 0, 0);
  expect_counts(part(coverage, "report_when"), 1, 0, 0);
  expect_counts(part(coverage, "part of report_when", "(n >= 3)"), 1, 0, 0);
  expect_counts(part(coverage, "part of report_when", "(b > 5)"), 0, 1, 0);
  const auto branches =
      std::ranges::count(coverage.parts, CoveredPart::Kind::kBranch, &CoveredPart::kind);
  EXPECT_EQ(branches, 2);  // big, large: not what stands within them
  // Wanted: 3 selections, 2 branches, 2 exemptions, 2 wheres, 3 parts of report_when, 2 outcomes
  // each; 3 measures, one each.
  EXPECT_EQ(coverage.wanted, 2 * 12 + 3);
  // Reached: big 2, large 2; branches 2 + 2; exempt[0] false; where of b 2; measures n and b;
  // report_when true, n >= 3 true, b > 5 false.
  EXPECT_EQ(coverage.reached, 4 + 4 + 1 + 2 + 2 + 3);
}

TEST(TestCoverage, PointsAtTheFile) {
  const Policy policy = loaded(policy_head() + kBody);
  const TestCoverage coverage = measure_test_coverage(policy, logs_of(policy));
  // The head has nine lines; `report_when` stands in the eighth line behind it.
  EXPECT_EQ(part(coverage, "part of report_when", "(b > 5)").span.line, 17);
  EXPECT_EQ(part(coverage, "part of report_when", "(b > 5)").span.file, "policy.yaml");
}

// A selection of several items is looked at item by item.
TEST(TestCoverage, CountsItemsOfSelections) {
  const Policy policy = loaded(
      policy_head() +
      "select: {both: {output_tokens|gt: 10, model: large}}\nwindow: 1h\nmeasure: {n: count()}\n"
      "report_when: n >= 1\ntests:\n"
      "  - name: one\n"
      "    given: [{kind: usage, time: 2026-01-01T00:01:00Z, account: a, output_tokens: 20}]\n"
      "    expect: [{findings: 0}]\n");
  const TestCoverage coverage = measure_test_coverage(policy, logs_of(policy));
  expect_counts(part(coverage, "selection both"), 0, 0, 1);
  const auto items =
      std::ranges::count(coverage.parts, CoveredPart::Kind::kItem, &CoveredPart::kind);
  EXPECT_EQ(items, 2);
  expect_counts(part(coverage, "item of both", "(output_tokens > 10)"), 1, 0, 0);
}

// What the language fills in, `records >= 1`, is nobody's clause, and no window has no record: of a
// policy about single records its one selection is all that tests can show.
TEST(TestCoverage, LeavesOutWhatTheLanguageFillsIn) {
  const Policy policy = loaded(
      policy_head() +
      "select: {big: {output_tokens|gt: 10}}\ntests:\n"
      "  - name: over\n"
      "    given: [{kind: usage, time: 2026-01-01T00:01:00Z, account: a, output_tokens: 20}]\n"
      "    expect: [{findings: 1}]\n"
      "  - name: under\n"
      "    drained_to: 2026-01-02\n"
      "    given: [{kind: usage, time: 2026-01-01T00:01:00Z, account: a, output_tokens: 10}]\n"
      "    expect: [{findings: 0}]\n");
  const TestCoverage coverage = measure_test_coverage(policy, logs_of(policy));
  ASSERT_EQ(coverage.parts.size(), 1U);
  expect_counts(part(coverage, "selection big"), 1, 1, 0);
  EXPECT_EQ(coverage.wanted, 2);
  EXPECT_EQ(coverage.reached, 2);
}

}  // namespace
}  // namespace tidewaiter
