// Tests of policies: what run_policy_tests says of them.

#include "policies/engine/policy_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/language/load.h"
#include "tests/unit/markdown_blocks.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kHead = R"(policy: test.volume
version: 1
title: generated
status: draft
basis: [{control: generated}]
kind: extraction
severity: low
reads: usage
for_each: account
window: {length: 1h, wait_for_late: 2h}
measure: {n: count()}
report_when: n >= 2
exempt:
  - {where: account == "lab", until: 2027-01-01, approved_by: x, reason: y}
  - {where: account == "other", until: 2027-01-01, approved_by: x, reason: y}
tests:
)";

std::string request(const std::string& account, const std::string& clock,
                    const std::string& more = "") {
  return "{kind: usage, source: gw, account: " + account + ", time: 2026-01-01T" + clock + ":00Z" +
         more + "}";
}

std::vector<PolicyTestResult> run(const std::string& tests, const FixtureReader& fixtures = {}) {
  const std::vector<PolicyText> texts{{"p.yaml", kHead + tests}};
  LoadOutcome outcome = load_policies(texts, parse_time("2026-01-02").value());
  for (const Diagnostic& diagnostic : outcome.diagnostics) {
    EXPECT_NE(diagnostic.level, DiagnosticLevel::kError) << to_text(diagnostic);
  }
  if (outcome.set.policies.size() != 1) return {};
  const Policy& policy = outcome.set.policies.front();
  const auto results = run_policy_tests(policy, fixtures, EngineKind::kColumnar);
  const auto others = run_policy_tests(policy, fixtures, EngineKind::kReference);
  EXPECT_EQ(results.size(), others.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].failures, others.at(i).failures);
  }
  return results;
}

std::string test_with(const std::string& given, const std::string& expect) {
  return "  - name: one\n    given: [" + given + "]\n    expect: [" + expect + "]\n";
}

std::vector<std::string> failures(const std::string& given, const std::string& expect) {
  const auto results = run(test_with(given, expect));
  if (results.size() != 1) return {"no result"};
  EXPECT_EQ(results[0].passed, results[0].failures.empty());
  return results[0].failures;
}

const std::string kTwoOfA = request("a", "10:05") + ", " + request("a", "10:06");

TEST(PolicyTests, CountsFindingsAndComparesFigures) {
  EXPECT_THAT(failures(kTwoOfA, "{findings: 1, for: 'account:gw/a', measure: {n: 2}}"), IsEmpty());
  EXPECT_THAT(failures(kTwoOfA, "{findings: 0}"),
              ElementsAre(AllOf(HasSubstr("expected 0 findings"), HasSubstr("got 1"))));
  EXPECT_THAT(failures(kTwoOfA, "{findings: 1, measure: {n: 3}}"),
              ElementsAre(HasSubstr("expected n = 3, got 2")));
}

TEST(PolicyTests, AFindingThatDoesNotComeIsToldWhy) {
  const auto reasons = [](const std::string& given, const std::string& expect) {
    return run(test_with(given, expect)).at(0).reasons;
  };
  EXPECT_THAT(reasons(request("a", "10:05"), "{findings: 1}"),
              ElementsAre(AllOf(HasSubstr("account:gw/a: "), HasSubstr("n is 1, 1 short"))));
  // 13 hours late, where 2 are waited for.
  EXPECT_THAT(reasons(request("a", "10:05") + ", " +
                          request("a", "10:06", ", arrives: 2026-01-01T23:06:00Z"),
                      "{findings: 1}"),
              ElementsAre(HasSubstr("1 record too late")));
  EXPECT_THAT(reasons(request("lab", "10:05") + ", " + request("lab", "10:06"), "{findings: 1}"),
              ElementsAre(HasSubstr("exempt[0] takes it out")));
  EXPECT_THAT(reasons(request("a", "10:05"), "{findings: 1, for: 'account:gw/z'}"),
              ElementsAre(HasSubstr("the first is of `account:gw/a`")));
  // Nothing is missing where a finding has other figures, or is one too many.
  EXPECT_THAT(reasons(kTwoOfA, "{findings: 1, measure: {n: 3}}"), IsEmpty());
  EXPECT_THAT(reasons(kTwoOfA + ", " + request("b", "10:05"), "{findings: 0}"), IsEmpty());
  // The subject that was reported is no reason; of more than three the number.
  const std::string four = request("b", "10:05") + ", " + request("c", "10:05") + ", " +
                           request("d", "10:05") + ", " + request("e", "10:05");
  const auto many = reasons(kTwoOfA + ", " + four, "{findings: 2}");
  ASSERT_EQ(many.size(), 4U);
  EXPECT_THAT(many[0], HasSubstr("account:gw/b"));
  EXPECT_EQ(many[3], "and 1 more");
}

// A session of three, the first at 10:00: a request after 09:00 would be of it, and it is over at
// 11:20.
TEST(PolicyTests, AWindowThatATestDoesNotCoverIsToldWithWhatToState) {
  const auto results_of = [](const std::string& more) {
    const std::string text =
        "policy: p\nversion: 1\ntitle: t\nbasis: [{control: c}]\nkind: extraction\nseverity: low\n"
        "for_each: account\nwindow: {session: 1h}\nmeasure: {n: count()}\nreport_when: n < 9\n"
        "tests:\n" +
        test_with(
            request("a", "10:00") + ", " + request("a", "10:10") + ", " + request("a", "10:20"),
            "{findings: 1}") +
        more;
    const LoadOutcome outcome =
        load_policies(std::vector<PolicyText>{{"p.yaml", text}}, parse_time("2026-01-02").value());
    return run_policy_tests(outcome.set.policies.at(0), {}).at(0);
  };
  EXPECT_THAT(results_of("").reasons,
              ElementsAre(HasSubstr("(n < 9): n is 3, which would do (it began before what the "
                                    "sources cover); state `covered_from: 2026-01-01T09:00:00Z` "
                                    "and `drained_to: 2026-01-01T11:20:00Z` in the test")));
  EXPECT_THAT(results_of("    drained_to: 2026-01-01T12:00:00Z\n").reasons,
              ElementsAre(HasSubstr("state `covered_from: 2026-01-01T09:00:00Z` in the test")));
  EXPECT_TRUE(results_of("    covered_from: 2026-01-01T09:00:00Z\n"
                         "    drained_to: 2026-01-01T11:20:00Z\n")
                  .passed);
}

TEST(PolicyTests, ARecordOfWhichNobodyCanTellIsTheReason) {
  const std::string text =
      "policy: p\nversion: 1\ntitle: t\nbasis: [{control: c}]\nkind: extraction\nseverity: low\n"
      "for_each: account\nwindow: 1h\nmeasure: {n: count()}\nreport_when: n >= 1\n"
      "exempt: [{where: {organization: lab}, until: 2027-01-01, approved_by: x, reason: y}]\n"
      "tests:\n" +
      test_with(request("a", "10:05"), "{findings: 1}");
  const LoadOutcome outcome =
      load_policies(std::vector<PolicyText>{{"p.yaml", text}}, parse_time("2026-01-02").value());
  ASSERT_EQ(outcome.set.policies.size(), 1U);
  EXPECT_THAT(run_policy_tests(outcome.set.policies.front(), {}).at(0).reasons,
              ElementsAre(HasSubstr("organization is missing in 1 record, so that nobody can tell "
                                    "whether it is exempt")));
}

TEST(PolicyTests, AStarStandsForAnyCharacters) {
  const std::string given = kTwoOfA + ", " + request("ab", "10:05") + ", " +
                            request("ab", "10:06") + ", " + request("b", "10:05") + ", " +
                            request("b", "10:06");
  EXPECT_THAT(failures(given, "{findings: 3}"), IsEmpty());
  EXPECT_THAT(failures(given, "{findings: 2, for: '*/a*'}"), IsEmpty());
  EXPECT_THAT(failures(given, "{findings: 2, for: '*b'}"), IsEmpty());
  EXPECT_THAT(failures(given, "{findings: 0, for: 'b*'}"),
              ElementsAre(HasSubstr("no record is of such a subject")));
}

// The subject of an account is `account:SOURCE/NAME`: `a` alone names nobody.
TEST(PolicyTests, SilenceAboutNobodyIsNoPass) {
  EXPECT_THAT(failures(kTwoOfA, "{findings: 0, for: a}"),
              ElementsAre("expected silence for `a`, but no record is of such a subject: the first "
                          "is of `account:gw/a`"));
  EXPECT_THAT(failures(request("a", "10:05"), "{findings: 0, for: 'account:gw/a'}"), IsEmpty());
  EXPECT_THAT(failures(request("a", "10:05"), "{findings: 0}"), IsEmpty());
  EXPECT_THAT(failures("{kind: usage, source: gw, time: 2026-01-01T10:05:00Z}",
                       "{findings: 0, for: 'account:gw/a'}"),
              ElementsAre(HasSubstr("no record has all fields of `for_each`")));
}

// Two requests would be a finding. Of the first test's nobody knows the organization, of the second
// test's one of two, of the third's both.
TEST(PolicyTests, WhatCannotBeToldIsNoReason) {
  const std::string lab = ", organization: lab";
  const std::string text =
      "policy: p\nversion: 1\ntitle: t\nbasis: [{control: c}]\nkind: extraction\nseverity: low\n"
      "for_each: account\nwindow: 1h\nmeasure: {n: count()}\nreport_when: n >= 2\n"
      "exempt: [{where: {organization: lab}, until: 2027-01-01, approved_by: x, reason: y}]\n"
      "tests:\n" +
      test_with(kTwoOfA, "{findings: 0, because: 'exempt[0]'}") +
      test_with(
          request("a", "10:05", lab) + ", " + request("a", "10:06") + ", " + request("a", "10:07"),
          "{findings: 0, because: 'exempt[0]'}") +
      test_with(request("a", "10:05", lab) + ", " + request("a", "10:06", lab),
                "{findings: 0, because: 'exempt[0]'}");
  const LoadOutcome outcome =
      load_policies(std::vector<PolicyText>{{"p.yaml", text}}, parse_time("2026-01-02").value());
  ASSERT_EQ(outcome.set.policies.size(), 1U);
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    const auto results = run_policy_tests(outcome.set.policies.front(), {}, engine);
    ASSERT_EQ(results.size(), 3U);
    EXPECT_THAT(results[0].failures, ElementsAre(HasSubstr("nobody can tell whether")));
    EXPECT_THAT(results[1].failures, ElementsAre(HasSubstr("nobody can tell whether")));
    EXPECT_THAT(results[2].failures, IsEmpty());
  }
}

TEST(PolicyTests, BecauseNamesTheExemptionThatMattered) {
  const std::string lab = request("lab", "10:05") + ", " + request("lab", "10:06");
  EXPECT_THAT(failures(lab, "{findings: 0, because: 'exempt[0]'}"), IsEmpty());
  EXPECT_THAT(failures(lab, "{findings: 0, because: 'exempt[1]'}"),
              ElementsAre(HasSubstr("got no more findings without it")));
}

TEST(PolicyTests, NotEvaluableCountsWindows) {
  // A record without an account belongs to no subject; one before the coverage leaves its window
  // open for ever.
  const std::string given = request("a", "09:30") + ", " + request("a", "10:30");
  const auto results =
      run("  - name: one\n    given: [" + given +
          "]\n    covered_from: 2026-01-01T10:00:00Z\n    drained_to: 2026-01-01T12:00:00Z\n"
          "    expect: [{findings: 0, not_evaluable: 1}]\n"
          "  - name: two\n    given: [" +
          given +
          "]\n    covered_from: 2026-01-01T09:00:00Z\n    drained_to: 2026-01-01T12:00:00Z\n"
          "    expect: [{findings: 0, not_evaluable: 1}]\n");
  ASSERT_EQ(results.size(), 2U);
  EXPECT_THAT(results[0].failures, IsEmpty());
  EXPECT_THAT(results[1].failures, ElementsAre(HasSubstr("got 0")));
}

TEST(PolicyTests, AnIdAtAnotherTimeIsAnotherRecord) {
  // Two records; and one, revised.
  const std::string id = ", id: x1";
  EXPECT_THAT(failures(request("a", "10:05", id) + ", " + request("a", "10:06", id),
                       "{findings: 1, measure: {n: 2}}"),
              IsEmpty());
  EXPECT_THAT(
      failures(request("a", "10:05", id) + ", " + request("a", "10:05", id + ", requests: 3"),
               "{findings: 1, measure: {n: 3}}"),
      IsEmpty());
}

TEST(PolicyTests, AFixtureIsReadThroughTheCaller) {
  const std::string tests = "  - name: one\n    given: f.jsonl\n    expect: [{findings: 1}]\n";
  const auto lines = [](const std::string& file, const std::string& fixture) {
    EXPECT_EQ(file, "p.yaml");
    EXPECT_EQ(fixture, "f.jsonl");
    const std::string line =
        R"({"kind":"usage","source":"gw","account":"a","time":"2026-01-01T10:05:00Z","id":")";
    return Result<std::string>(line + "1\"}\r\n\n" + line + "2\"}");
  };
  const auto results = run(tests, lines);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_THAT(results[0].failures, IsEmpty());
  const auto missing = run(tests);
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_THAT(missing[0].failures, ElementsAre(HasSubstr("cannot run")));
}

TEST(PolicyTests, AFixtureWithRecordsOfAnotherKindIsRefused) {
  const std::string tests = "  - name: one\n    given: f.jsonl\n    expect: [{findings: 0}]\n";
  const auto lines = [](const std::string&, const std::string&) {
    return Result<std::string>(
        R"({"kind":"audit","source":"gw","account":"a","time":"2026-01-01T10:05:00Z"})");
  };
  const auto results = run(tests, lines);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_THAT(results[0].failures,
              ElementsAre(HasSubstr("record 1: the policy reads usage records, got one of audit")));
}

/// A record that comes at another time than its own; the policy waits two hours.
std::string late(const std::string& clock, const std::string& arrives,
                 const std::string& more = "") {
  return request("a", clock, ", arrives: 2026-01-01T" + arrives + ":00Z" + more);
}

TEST(PolicyTests, ALateRecordRestatesAndOneThatIsTooLateDoesNot) {
  const std::string given = kTwoOfA + ", " + late("10:30", "12:30") + ", " + late("10:29", "12:30");
  EXPECT_THAT(failures(given,
                       "{findings: 1, measure: {n: 3}, restated: 1, withdrawn: 0, "
                       "too_late: 1, not_evaluable: 0}"),
              IsEmpty());
  EXPECT_THAT(failures(given, "{findings: 1, restated: 0}"),
              ElementsAre("expected 0 restatements, got 1 (account:gw/a: late-data)"));
  EXPECT_THAT(failures(given, "{findings: 1, for: 'account:gw/a', restated: 2}"),
              ElementsAre("expected 2 restatements for `account:gw/a`, got 1 (account:gw/a: "
                          "late-data)"));
  EXPECT_THAT(failures(given, "{findings: 1, too_late: 2}"),
              ElementsAre("expected 2 records that come too late, got 1"));
  EXPECT_THAT(failures(given + ", " + request("b", "10:05"),
                       "{findings: 0, for: 'account:gw/b', restated: 0, too_late: 1}"),
              IsEmpty());
}

// The lines stand the other way round: the clock goes by what comes.
TEST(PolicyTests, TheOrderOfLinesDoesNotMatterWhereRecordsSayWhenTheyCome) {
  const std::string given = late("10:29", "12:30") + ", " + late("10:30", "12:30") + ", " +
                            request("a", "13:15") + ", " + kTwoOfA;
  EXPECT_THAT(failures(given, "{findings: 1, measure: {n: 3}, restated: 1, too_late: 1}"),
              IsEmpty());
}

// A bucket that is about the same keeps its identity without an id.
TEST(PolicyTests, ARevisionOfABucketWithdrawsWhatItNoLongerShows) {
  const std::string bucket = ", duration: 1h, requests: ";
  const std::string given =
      request("a", "10:00", bucket + "2") + ", " + late("10:00", "11:45", bucket + "1");
  EXPECT_THAT(failures(given, "{findings: 0, restated: 0, withdrawn: 1}"), IsEmpty());
  EXPECT_THAT(failures(given, "{findings: 0, withdrawn: 0}"),
              ElementsAre("expected 0 withdrawn findings, got 1 (account:gw/a: "
                          "no-longer-holds)"));
}

// The finding is told with two records, and there are three when its window closes.
TEST(PolicyTests, AWindowThatClosesWithOtherFiguresRestates) {
  const std::string given = kTwoOfA + ", " + request("a", "10:07");
  const auto results = run("  - name: one\n    given: [" + given +
                           "]\n    covered_from: 2026-01-01T10:00:00Z\n"
                           "    drained_to: 2026-01-01T12:00:00Z\n"
                           "    expect: [{findings: 1, measure: {n: 3}, restated: 0}]\n");
  ASSERT_EQ(results.size(), 1U);
  EXPECT_THAT(results[0].failures, ElementsAre(HasSubstr("(account:gw/a: window-closed)")));
}

TEST(PolicyTests, RecordsOfAFixtureSayWhenTheyCome) {
  const auto with = [](const std::string& more) {
    return [more](const std::string&, const std::string&) {
      const std::string head = R"({"kind":"usage","source":"gw","account":"a","time":"2026-01-01T)";
      return Result<std::string>(head + "10:05:00Z\"}\n" + head + "10:06:00Z\"," + more + "}\n");
    };
  };
  const std::string test = "  - name: one\n    given: f.jsonl\n";
  const std::string quiet = test + "    expect: [{findings: 0, too_late: 1}]\n";
  EXPECT_THAT(run(quiet, with(R"("arrives":"2026-01-01T12:06:01Z")")).at(0).failures, IsEmpty());
  EXPECT_THAT(run(quiet, with(R"("arrives":"2026-01-01T10:05:59Z")")).at(0).failures,
              ElementsAre(AllOf(HasSubstr("record 2: `arrives`"), HasSubstr("at or after"))));
  const std::string short_test =
      test + "    drained_to: 2026-01-01T12:00:00Z\n" + "    expect: [{findings: 0}]\n";
  EXPECT_THAT(run(short_test, with(R"("arrives":"2026-01-01T12:06:01Z")")).at(0).failures,
              ElementsAre(HasSubstr("the test ends (2026-01-01T12:00:00Z) before a record comes")));
}

/// Each policy that the language's page shows whole does what its own tests say.
TEST(PolicyLanguagePage, TestsOfItsPoliciesPass) {
  int tests = 0;
  for (const Block& block : read_blocks("policy-language.md")) {
    if (block.kind != "yaml policy") continue;
    SCOPED_TRACE("line " + std::to_string(block.line));
    const std::vector<PolicyText> texts{{"p.yaml", block.text}};
    const LoadOutcome outcome = load_policies(texts, parse_time("2026-01-02").value());
    for (const Policy& policy : outcome.set.policies) {
      for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
        for (const PolicyTestResult& result : run_policy_tests(policy, {}, engine)) {
          ++tests;
          EXPECT_THAT(result.failures, IsEmpty()) << result.test;
        }
      }
    }
  }
  EXPECT_GE(tests, 6);
}

}  // namespace
}  // namespace tidewaiter
