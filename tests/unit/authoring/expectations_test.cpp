#include "policies/authoring/expectations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

SettledFinding finding(const std::string& policy, const std::string& account) {
  SettledFinding f;
  f.policy = policy;
  f.subject = {{*find_field("account")}, {account}, "gw"};
  return f;
}

std::vector<std::string> failures(const std::string& text) {
  const ExpectationsOutcome read = read_expectations("history.yaml", text);
  EXPECT_THAT(read.diagnostics, IsEmpty());
  const std::vector<std::string> tried = {"p", "q"};
  const std::vector<SettledFinding> findings = {finding("p", "a"), finding("p", "a"),
                                                finding("p", "test-1"), finding("q", "b")};
  std::vector<std::string> all;
  for (const ExpectationResult& result : check_expectations(read.expectations, tried, findings)) {
    all.insert(all.end(), result.failures.begin(), result.failures.end());
  }
  return all;
}

TEST(Expectations, HoldOrSayWhatCame) {
  EXPECT_THAT(failures("expect:\n"
                       "  - {policy: p, findings: 3, subjects: 2, hit: [\"account:gw/a\"]}\n"
                       "  - {policy: q, findings: {at_least: 1}, not_hit: [\"account:gw/a\"]}\n"),
              IsEmpty());
  EXPECT_THAT(failures("expect: [{policy: p, findings: 2}]"),
              ElementsAre("expected 2 findings, got 3"));
  EXPECT_THAT(failures("expect: [{policy: p, subjects: {at_least: 3, at_most: 5}}]"),
              ElementsAre("expected at least 3 and at most 5 subjects, got 2"));
  EXPECT_THAT(failures("expect: [{policy: p, hit: [\"account:gw/b\"]}]"),
              ElementsAre("expected a finding about `account:gw/b`, got none"));
  EXPECT_THAT(failures("expect: [{policy: p, not_hit: [\"account:gw/test-*\"]}]"),
              ElementsAre("expected no finding about `account:gw/test-*`, got 1 about "
                          "account:gw/test-1"));
  EXPECT_THAT(failures("expect: [{policy: r, findings: 0}]"),
              ElementsAre("the policy `r` was not tried"));
}

TEST(Expectations, FaultsHaveAPlaceAndAHint) {
  struct Case {
    const char* text;
    const char* code;
    int line;
  };
  for (const Case& c :
       {Case{"expect:\n  - {policy: p, finding: 2}\n", "TW0102", 2},
        Case{"expect:\n  - {findings: 2}\n", "TW0103", 2},
        Case{"expect:\n  - {policy: p, findings: many}\n", "TW0106", 2},
        Case{"expect:\n  - {policy: p, findings: {at_least: 3, at_most: 2}}\n", "TW0106", 2},
        Case{"expect:\n  - {policy: p}\n", "TW0103", 2}, Case{"expect: []\n", "TW0103", 1},
        Case{"", "TW0103", 1}}) {
    const ExpectationsOutcome read = read_expectations("history.yaml", c.text);
    ASSERT_FALSE(read.diagnostics.empty()) << c.text;
    EXPECT_EQ(read.diagnostics.front().code, c.code) << c.text;
    EXPECT_EQ(read.diagnostics.front().span.line, c.line) << c.text;
    EXPECT_FALSE(read.diagnostics.front().hint.empty()) << c.text;
  }
}

}  // namespace
}  // namespace tidewaiter
