#include "policies/language/load.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/language/policy_hash.h"
#include "tests/unit/language/sample_policy.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Policy load_one(std::string text) {
  LoadOutcome outcome = load_text(std::move(text));
  EXPECT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  if (outcome.set.policies.empty()) return {};
  return outcome.set.policies[0];
}

std::vector<std::string> codes_of(const std::string& fragment) {
  std::vector<std::string> codes;
  for (const Diagnostic& one : load_text(sample_policy(fragment)).diagnostics) {
    codes.emplace_back(one.code);
  }
  return codes;
}

constexpr const char* kWhole = R"yaml(policy: distillation.long-answers
version: 3
title: An account harvests long answers
status: active
in_force: [{from: 2026-01-01}]
owner: trust-and-safety
basis:
  - {terms: "Services Agreement 3(b)", text_sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
  - {law: "Export rule", jurisdiction: US, citation: 15 CFR 744, settled: disputed}
kind: extraction
severity: high
description: |
  What a reviewer should understand first.
false_positives: [batch evaluation by a research partner]
references: [https://example.org/terms]
reads: usage
select:
  bulk: {operation|in: [chat, batch], model|startswith: large}
  long: output_tokens / requests > 1500
condition: bulk and long
for_each: [account, client.network]
window: {length: 24h, every: 1h, wait_for_late: 6h}
measure:
  tokens: sum(output_tokens)
  long_ones: count() where long and http_status == 200
  models: distinct(model)
  median: quantile(0.5, output_tokens)
  spend: sum(cost)
report_when: tokens > 50M and (models >= 5 or spend > 100 USD)
exempt:
  - where: {organization|in: [lab-1]}
    until: 2026-12-31
    approved_by: legal
    reason: MSA-114
respond:
  - case: distillation
  - notify: [security, legal]
  - propose: suspend
evidence: {fields: [time, account, model], records: 7}
tests:
  - name: quiet
    given:
      - {kind: usage, time: 2026-01-01T00:00:00Z, output_tokens: 5, cost: 0.5, request.stream: true}
    covered_from: 2026-01-01
    drained_to: 2026-01-03
    expect:
      - {findings: 0, because: "exempt[0]", not_evaluable: 0}
      - {findings: 1, for: "account:*", measure: {tokens: 50M, spend: 1.5 USD, median: null}}
  - name: from a file
    given: fixtures/a.jsonl
    expect: [{findings: 0}]
)yaml";

TEST(LoadPolicies, ReadsEveryPart) {
  const Policy p = load_one(kWhole);
  EXPECT_EQ(p.id, "distillation.long-answers");
  EXPECT_EQ(p.version, 3);
  EXPECT_EQ(p.status, PolicyStatus::kActive);
  ASSERT_EQ(p.in_force.size(), 1U);
  EXPECT_EQ(format_time(p.in_force[0].from), "2026-01-01T00:00:00Z");
  ASSERT_EQ(p.basis.size(), 2U);
  EXPECT_EQ(p.basis[0].type, "terms");
  EXPECT_EQ(p.basis[1].settled, "disputed");
  EXPECT_EQ(p.kind, "extraction");
  EXPECT_EQ(p.severity, Severity::kHigh);
  EXPECT_EQ(to_text(p.condition),
            "(((operation in [\"chat\", \"batch\"]) and startswith(model, \"large\", nocase)) and "
            "((output_tokens / requests) > 1500))");
  EXPECT_THAT(p.for_each, ElementsAre(*find_field("account"), *find_field("client.network")));
  EXPECT_EQ(p.window.length, Duration{24 * kHour.us});
  EXPECT_EQ(p.window.every, kHour);
  EXPECT_EQ(p.window.wait_for_late, Duration{6 * kHour.us});
  ASSERT_EQ(p.measures.size(), 5U);
  EXPECT_EQ(p.measures[0].type, ValueType::kInt64);
  EXPECT_EQ(to_text(*p.measures[1].where),
            "(((output_tokens / requests) > 1500) and (http_status == 200))");
  EXPECT_EQ(p.measures[3].quantile, (Fraction{1, 2}));
  EXPECT_EQ(p.measures[4].type, ValueType::kMoney);
  EXPECT_EQ(to_text(p.report_when),
            "((measure[0] > 50000000) and ((measure[2] >= 5) or (measure[4] > 100 USD)))");
  ASSERT_EQ(p.exempt.size(), 1U);
  EXPECT_EQ(format_time(p.exempt[0].until), "2027-01-01T00:00:00Z") << "through the last day";
  EXPECT_EQ(p.review_queue, "distillation");
  EXPECT_THAT(p.notify, ElementsAre("security", "legal"));
  EXPECT_THAT(p.proposals, ElementsAre("suspend"));
  EXPECT_EQ(p.evidence.records, 7);
  EXPECT_EQ(p.evidence.fields.size(), 3U);
}

/// By the argument of the first measure that has one with an order, else by `requests`.
TEST(LoadPolicies, TheLargestRecordsAreThoseOfTheFirstAmount) {
  const auto size_of = [](const std::string& fragment) {
    const Policy p = load_one(sample_policy(fragment));
    EXPECT_EQ(p.evidence.choose, EvidenceChoice::kLargest);
    return p.evidence.size ? to_text(*p.evidence.size) : "";
  };
  const std::string largest = "evidence: {choose: largest}\n";
  EXPECT_EQ(size_of(largest), "requests");
  EXPECT_EQ(size_of("measure: {n: count(), who: distinct(model), dear: max(abs(cost)), t: "
                    "sum(output_tokens)}\n" +
                    largest),
            "abs(cost)");
  EXPECT_EQ(size_of("select: {slow: duration > 3s}\ncondition: slow or not slow\n"
                    "evidence: {choose: {largest: \"if(slow, output_tokens, 0)\"}}\n"),
            "if((duration > 3s), output_tokens, 0)");
  EXPECT_FALSE(load_one(sample_policy("evidence: {choose: last}\n")).evidence.size);
}

TEST(LoadPolicies, ReadsRepeats) {
  const Policy p = load_one(sample_policy(
      "measure: {who: distinct(model), n: count()}\nrepeat: {after: 1d, if_grown: 1.5x, of: n}\n"));
  ASSERT_TRUE(p.repeat);
  EXPECT_EQ(p.repeat->after, kDay);
  ASSERT_TRUE(p.repeat->if_grown);
  EXPECT_EQ(p.repeat->if_grown->measure, 1);
  EXPECT_EQ(p.repeat->if_grown->factor, (Fraction{3, 2}));
  // Without `of` the first measure; without measures the one figure of single records.
  EXPECT_EQ(load_one(sample_policy("repeat: {if_grown: 1000x}\n")).repeat->if_grown->measure, 0);
  EXPECT_FALSE(load_one(sample_policy("repeat: {after: 24h}\n")).repeat->if_grown);
}

TEST(LoadPolicies, RefusesRepeatsThatCannotBe) {
  for (const char* factor :
       {"x", "2", "1x", "0.5x", "1.0x", "1001x", "2.x", ".5x", "1.0000001x", "-2x", "2 x", "2xx"}) {
    EXPECT_THAT(codes_of("repeat: {if_grown: \"" + std::string(factor) + "\"}\n"),
                testing::Contains("TW0685"))
        << factor;
  }
  for (const auto& [repeat, code] : std::initializer_list<std::pair<const char*, const char*>>{
           {"{}", "TW0103"},
           {"{of: n}", "TW0103"},
           {"{after: 24h, of: n}", "TW0103"},
           {"{after: 0s}", "TW0685"},
           {"{if_grown: 2x, of: m}", "TW0105"},
           {"24h", "TW0104"}}) {
    EXPECT_THAT(codes_of("repeat: " + std::string(repeat) + "\n"), testing::Contains(code))
        << repeat;
  }
  EXPECT_THAT(codes_of("measure: {n: count(), at: max(time)}\nrepeat: {if_grown: 2x, of: at}\n"),
              testing::Contains("TW0685"));
}

TEST(LoadPolicies, ReadsSessions) {
  const Window window =
      load_one(sample_policy("window: {session: 30m, at_most: 2d, wait_for_late: 1h}\n")).window;
  EXPECT_EQ(window.session, Duration{30 * kMinute.us});
  EXPECT_EQ(window.length, Duration{2 * kDay.us});
  EXPECT_EQ(window.every, window.length);
  EXPECT_EQ(window.wait_for_late, kHour);
  EXPECT_EQ(load_one(sample_policy("window: {session: 30m}\n")).window.length,
            Duration{7 * kDay.us});
  EXPECT_EQ(span_text(window), "session of 30m, at most 2d");
}

TEST(LoadPolicies, RefusesSessionsThatCannotBe) {
  for (const auto& [window, code] : std::initializer_list<std::pair<const char*, const char*>>{
           {"{session: 0s}", "TW0686"},
           {"{session: 8d}", "TW0686"},
           {"{session: 2h, at_most: 1h}", "TW0686"},
           {"{session: 2h, at_most: 0s}", "TW0686"},
           {"{session: 2h, at_most: 367d}", "TW0686"},
           {"{session: 2h, length: 24h}", "TW0687"},
           {"{session: 2h, every: 1h}", "TW0687"},
           {"{session: 2h, calendar: day}", "TW0687"},
           {"{session: 2h, zone: UTC}", "TW0687"},
           {"{length: 24h, at_most: 7d}", "TW0687"},
           {"{session: x}", "TW0108"}}) {
    EXPECT_THAT(codes_of("window: " + std::string(window) + "\n"), testing::Contains(code))
        << window;
  }
  const std::string session = "window: {session: 30m}\n";
  for (const char* other : {"repeat: {after: 24h}\n", "measure: {n: count(), r: rate()}\n",
                            "measure: {n: count(), d: \"deviation(n, own, 80d)\"}\n",
                            "measure: {n: count(), d: \"cusum(n, own, 1d)\"}\n"}) {
    EXPECT_THAT(codes_of(session + other), ElementsAre("TW0687")) << other;
  }
}

TEST(LoadPolicies, ReadsTests) {
  const Policy p = load_one(kWhole);
  ASSERT_EQ(p.tests.size(), 2U);
  const PolicyTest& first = p.tests[0];
  EXPECT_THAT(first.inline_lines,
              ElementsAre("{\"cost\":\"0.5\",\"kind\":\"usage\",\"output_tokens\":5,"
                          "\"request.stream\":true,\"time\":\"2026-01-01T00:00:00Z\"}"));
  EXPECT_EQ(format_time(*first.covered_from), "2026-01-01T00:00:00Z");
  EXPECT_EQ(format_time(*first.drained_to), "2026-01-03T00:00:00Z");
  ASSERT_EQ(first.expect.size(), 2U);
  EXPECT_EQ(first.expect[0].because, "exempt[0]");
  EXPECT_EQ(first.expect[0].not_evaluable, 0);
  EXPECT_EQ(first.expect[1].findings, 1);
  EXPECT_EQ(first.expect[1].subject, "account:*");
  const std::vector<std::pair<std::string, Value>> want = {{"tokens", std::int64_t{50'000'000}},
                                                           {"spend", std::int64_t{1'500'000'000}},
                                                           {"median", Value()}};
  EXPECT_EQ(first.expect[1].measures, want);
  EXPECT_EQ(p.tests[1].fixture, "fixtures/a.jsonl");
}

TEST(LoadPolicies, ReadsWhenRecordsOfATestComeAndWhatBecomesOfFindings) {
  const auto tests = [](const std::string& arrives, const std::string& more) {
    return "tests:\n  - name: x\n    given: [{kind: usage, time: 2026-01-01T10:00:00Z, arrives: " +
           arrives + "}]\n" + more +
           "    expect: [{findings: 0, restated: 1, withdrawn: 2, too_late: 3}]\n";
  };
  const Policy p = load_one(sample_policy(tests("2026-01-01T12:00:00Z", "")));
  EXPECT_EQ(p.tests.at(0).expect.at(0).restated, 1);
  EXPECT_EQ(p.tests.at(0).expect.at(0).withdrawn, 2);
  EXPECT_EQ(p.tests.at(0).expect.at(0).too_late, 3);
  EXPECT_THAT(p.tests.at(0).inline_lines.at(0), testing::HasSubstr("arrives"));
  EXPECT_THAT(codes_of(tests("2026-01-01T09:59:59Z", "")), ElementsAre("TW0502"));
  EXPECT_THAT(codes_of(tests("noon", "")), ElementsAre("TW0502"));
  EXPECT_THAT(codes_of(tests("2026-01-01T12:00:00Z", "    drained_to: 2026-01-01T11:00:00Z\n")),
              ElementsAre("TW0506"));
}

TEST(LoadPolicies, HasDefaults) {
  const Policy p = load_one(sample_policy());
  EXPECT_EQ(p.reads, RecordKind::kUsage);
  EXPECT_EQ(to_text(p.condition), "true");
  EXPECT_THAT(p.for_each, ElementsAre(*find_field("account")));
  EXPECT_EQ(p.window.length, kDay);
  EXPECT_EQ(p.window.every, kDay) << "a window without `every` tumbles";
  EXPECT_EQ(p.window.wait_for_late, std::nullopt);
  EXPECT_EQ(p.evidence.records, 20);
  EXPECT_THAT(p.in_force, IsEmpty());
}

TEST(LoadPolicies, SortsPoliciesOfAllFilesById) {
  const std::string second = "policy: b\n" + sample_policy().substr(15);
  const std::string first = "policy: a\n" + sample_policy().substr(15);
  const std::vector<PolicyText> texts = {{"x.yaml", second + "---\n" + first},
                                         {"y.yaml", sample_policy()}};
  const LoadOutcome outcome = load_policies(texts, UtcTime{});
  ASSERT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  ASSERT_EQ(outcome.set.policies.size(), 3U);
  EXPECT_EQ(outcome.set.policies[0].id, "a");
  EXPECT_EQ(outcome.set.policies[2].id, "sample");
}

TEST(LoadPolicies, GivesAllErrorsAtOnceInFileOrder) {
  const LoadOutcome outcome = load_text(
      "policy: Bad Id\n"
      "versoin: 1\n"
      "title: x\n"
      "basis: []\n"
      "kind: extracton\n"
      "severity: urgent\n"
      "select:\n"
      "  a: {modle: x, output_tokens|gtt: 5}\n"
      "condition: a and b\n"
      "window: {length: 24h, every: 7h}\n"
      "measure: {n: cuont()}\n"
      "report_when: n > 5\n");
  EXPECT_THAT(
      places_of(outcome.diagnostics),
      ElementsAre("TW0103 1:1+6", "TW0904 1:1+6", "TW0906 1:1+6", "TW0907 1:1+6", "TW0109 1:9+6",
                  "TW0102 2:1+7", "TW0112 4:8+1", "TW0105 5:7+9", "TW0105 6:11+6", "TW0204 8:7+5",
                  "TW0301 8:31+3", "TW0305 9:18+1", "TW0401 10:30+2", "TW0405 11:14+5"));
  EXPECT_THAT(outcome.set.policies, IsEmpty());
}

TEST(LoadPolicies, PointsIntoFoldedAndQuotedExpressions) {
  const auto place = [](const std::string& fragment) {
    return places_of(load_text(sample_policy(fragment)).diagnostics);
  };
  EXPECT_THAT(place("report_when: \"n > x\"\n"), ElementsAre("TW0204 2:19+1"));
  EXPECT_THAT(place("report_when: |\n  n > 1\n    and x\n"), ElementsAre("TW0204 4:9+1"));
  EXPECT_THAT(place("report_when: >-\n  n > 1\n  and x1 > 2\n"), ElementsAre("TW0204 4:7+2"));
  EXPECT_THAT(place("report_when: n > 1\n  and x\n"), ElementsAre("TW0204 3:7+1"));
  EXPECT_THAT(place("report_when: 'n > ''a'''\n"), ElementsAre("TW0207 2:19+4"));
  EXPECT_THAT(place("report_when: n >\n"), ElementsAre("TW0203 2:17+1"));
  EXPECT_THAT(place("measure: {n: sum(outputtokens)}\n"), ElementsAre("TW0204 2:18+12"));
  EXPECT_THAT(place("measure: {n: count() where modle == 'a'}\n"), ElementsAre("TW0204 2:28+5"));
  EXPECT_THAT(place("measure: {n: \"sum(output_tokens) where model\"}\n"),
              ElementsAre("TW0409 2:40+5"));
}

// Of a measure that failed the name is not told as well; what else is unknown is.
TEST(LoadPolicies, OneWrongMeasureHidesNoOther) {
  const LoadOutcome outcome = load_text(sample_policy(
      "measure: {a: sum(modle), b: sum(nonsense)}\nreport_when: a > 1 and zzz > 1\n"));
  EXPECT_THAT(places_of(outcome.diagnostics),
              ElementsAre("TW0204 2:18+5", "TW0204 2:33+8", "TW0204 3:24+3"));
}

TEST(LoadPolicies, ReportsOneErrorForOneMistake) {
  const auto lines = lines_of(load_text(sample_policy("select: {a: {modle: x}}\ncondition: a\n"
                                                      "measure: {n: summ(cost) where a}\n"))
                                  .diagnostics);
  EXPECT_EQ(lines.size(), 2U) << testing::PrintToString(lines);
}

TEST(LoadPolicies, TellsAllErrorsOfOneText) {
  const auto places = [](const std::string& fragment) {
    return places_of(load_text(sample_policy(fragment)).diagnostics);
  };
  EXPECT_THAT(places("measure: {n: count(), c: sum(cost)}\n"
                     "report_when: n > 5 USD and c > 3 and zz > 4\n"),
              ElementsAre("TW0207 3:18+5", "TW0207 3:32+1", "TW0204 3:38+2"));
  EXPECT_THAT(places("select:\n  a: \"modle == 1 and regoin == 2\"\n"),
              ElementsAre("TW0204 3:7+5", "TW0204 3:22+6"));
  EXPECT_THAT(places("select: {a: {model: x}}\ncondition: a and b or not c\n"),
              ElementsAre("TW0305 3:18+1", "TW0305 3:27+1"));
  EXPECT_THAT(places("measure: {n: sum(modle) where regoin == 'a'}\nreport_when: n > 1\n"),
              ElementsAre("TW0204 2:18+5", "TW0204 2:31+6"));
  EXPECT_THAT(
      places("tests: [{name: t, given: [{kind: usage, time: yesterday, acount: a}], expect: "
             "[{findings: 0}]}]\n"),
      ElementsAre("TW0502 2:47+9", "TW0502 2:58+6"));
  EXPECT_THAT(places("tests: [{name: t, given: [{requests: many}], expect: [{findings: 0}]}]\n"),
              ElementsAre("TW0502 2:27+1", "TW0502 2:27+1", "TW0502 2:38+4"));
  EXPECT_THAT(places("exempt: [{where: {orgnization: x}, until: 2027-01-01, reason: r}]\n"),
              ElementsAre("TW0103 2:10+1", "TW0204 2:19+11"));
}

// What only follows from an error is not told.
TEST(LoadPolicies, AnErrorInATextHasNoFollowers) {
  for (const char* fragment : {
           "report_when: zz + 1 > 5 and (n > 5 or zz2 == zz3)\n",
       }) {
    EXPECT_THAT(places_of(load_text(sample_policy(fragment)).diagnostics),
                ElementsAre("TW0204 2:14+2", "TW0204 2:39+3", "TW0204 2:46+3"));
  }
  for (const char* fragment : {
           "report_when: not (zz + 1) and -zz > round(zz) * 2\n",
           "report_when: if(zz, 1, 2) > 0\n",
           "report_when: zz in [1, 2]\n",
           "report_when: zz\n",
       }) {
    for (const Diagnostic& d : load_text(sample_policy(fragment)).diagnostics) {
      EXPECT_EQ(d.code, "TW0204") << fragment << d.message;
    }
  }
}

TEST(LoadPolicies, NumbersHaveNoLeadingZeros) {
  const auto places = [](const std::string& fragment) {
    return places_of(load_text(sample_policy(fragment)).diagnostics);
  };
  EXPECT_THAT(places("select: {a: {http_status: 010}}\n"), ElementsAre("TW0106 2:27+3"));
  EXPECT_THAT(places("select: {a: {time|hour: 010}}\n"), ElementsAre("TW0106 2:25+3"));
  EXPECT_THAT(places("report_when: n > 010\n"), ElementsAre("TW0202 2:18+3"));
  EXPECT_THAT(places("window: {length: 010h}\n"), ElementsAre("TW0106 2:18+4"));
  EXPECT_THAT(places("tests: [{name: t, given: [{kind: usage, time: 2026-01-01, requests: 010}], "
                     "expect: [{findings: 0}]}]\n"),
              ElementsAre("TW0106 2:69+3"));
  EXPECT_THAT(places("select: {a: {http_status: 0}}\nreport_when: n > 0 and n > 0.5\n"),
              testing::IsEmpty());
}

TEST(LoadPolicies, TellsWhatIsExpectedWhereNoNameIsKnown) {
  const LoadOutcome outcome =
      load_text(sample_policy("measure: {n: count(5)}\nreport_when: m > 5\n"));
  ASSERT_EQ(outcome.diagnostics.size(), 2U);
  EXPECT_EQ(outcome.diagnostics[1].code, "TW0204");
  EXPECT_THAT(outcome.diagnostics[1].hint, testing::HasSubstr("`measure`"));
}

TEST(LoadPolicies, SuggestsClusters) {
  const LoadOutcome outcome = load_text(sample_policy("for_each: clustr\n"));
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics[0].hint, "did you mean `cluster`?");
}

// The 100 of one file, and one that says so, however many documents it has.
TEST(LoadPolicies, TellsTheFirstErrorsOfAFile) {
  std::string documents;
  for (int i = 0; i < 300; ++i) documents += "---\npolicy: p" + std::to_string(i) + "\nx: 1\n";
  std::string list = "list: l\ntitle: L\ntype: int64\nvalues:\n";
  for (int i = 0; i < 300; ++i) list += "  - x" + std::to_string(i) + "\n";
  for (const std::string& text : {documents, list}) {
    std::vector<Diagnostic> errors;
    for (const Diagnostic& d : load_text(text).diagnostics) {
      if (d.level == DiagnosticLevel::kError) errors.push_back(d);
    }
    ASSERT_EQ(errors.size(), 101U);
    EXPECT_EQ(errors.back().code, "TW0002");
  }
}

TEST(LoadPolicies, RefusesAnIdTwice) {
  const std::vector<PolicyText> texts = {{"x.yaml", sample_policy()}, {"y.yaml", sample_policy()}};
  const LoadOutcome outcome = load_policies(texts, UtcTime{});
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics[0].code, "TW0110");
  EXPECT_EQ(outcome.diagnostics[0].span.file, "y.yaml");
  EXPECT_THAT(outcome.diagnostics[0].message, testing::HasSubstr("x.yaml:1"));
}

TEST(LoadPolicies, WarnsWithoutRefusing) {
  const LoadOutcome outcome = load_text(
      "policy: sample\nversion: 1\ntitle: 010\nbasis: [{red_flag: x}]\nkind: access\n"
      "severity: low\nselect: {a: {client.country: NO}, b: {model: x}}\ncondition: a\n"
      "window: 1h\nmeasure: {n: count()}\nreport_when: n > 1\n"
      "exempt: [{where: {model: x}, until: 2026-05-31, approved_by: l, reason: r}]\n");
  EXPECT_FALSE(has_errors(outcome.diagnostics));
  EXPECT_EQ(outcome.set.policies.size(), 1U);
  std::vector<std::string> codes;
  for (const Diagnostic& d : outcome.diagnostics) codes.push_back(d.code);
  EXPECT_THAT(codes, UnorderedElementsAre("TW0901", "TW0901", "TW0902", "TW0903", "TW0904",
                                          "TW0905", "TW0906", "TW0907"));
}

// `on:` is the key true to a YAML 1.1 reader.
TEST(LoadPolicies, WarnsOfKeysThatYamlTwists) {
  const std::string text = sample_policy(
      "select: {on: {model: x}, \"no\": {model: z}}\n"
      "condition: on or no\n");
  const LoadOutcome outcome = load_text(text);
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  const Diagnostic& told = outcome.diagnostics.front();
  EXPECT_EQ(told.code, "TW0901");
  EXPECT_EQ(told.message, "`on` is a name here; other YAML readers take it for something else");
  ASSERT_EQ(told.fix.size(), 1U);
  EXPECT_EQ(told.fix.front().text, "\"on\"");
}

TEST(LoadPolicies, ExemptionExpiresAfterItsLastDay) {
  const std::string text = sample_policy(
      "exempt: [{where: {model: x}, until: 2026-05-31, approved_by: l, reason: r}]\n");
  const auto codes_at = [&](const char* when) {
    const std::vector<PolicyText> texts = {{"a.yaml", text}};
    return load_policies(texts, *parse_time(when)).diagnostics.size();
  };
  EXPECT_EQ(codes_at("2026-05-31T23:59:59Z"), 0U);
  EXPECT_EQ(codes_at("2026-06-01T00:00:00Z"), 1U);
}

TEST(LoadPolicies, ReadsCalendarWindows) {
  const Window month =
      load_one(sample_policy("window: {calendar: month, zone: Asia/Tokyo, wait_for_late: 6h}"))
          .window;
  ASSERT_TRUE(month.calendar);
  EXPECT_EQ(month.calendar->unit, CalendarUnit::kMonths);
  EXPECT_EQ(month.calendar->zone.name, "Asia/Tokyo");
  EXPECT_EQ(offset_at(month.calendar->zone, UtcTime{0}), Duration{9 * kHour.us});
  EXPECT_EQ(month.wait_for_late, Duration{6 * kHour.us});
  EXPECT_EQ(span_text(month), "calendar month in Asia/Tokyo");
  const Window day = load_one(sample_policy("window: {calendar: day}")).window;
  ASSERT_TRUE(day.calendar);
  EXPECT_EQ(day.calendar->zone, TimeZone{});
  EXPECT_EQ(day.length, kDay);
  EXPECT_EQ(day.every, kDay);
}

TEST(LoadPolicies, WhatClocksShowIsPartOfTheMeaning) {
  Policy policy = load_one(sample_policy("window: {calendar: day, zone: Europe/Berlin}"));
  EXPECT_EQ(policy_hash(policy), policy.hash);
  policy.window.calendar->zone.changes.back().offset = Duration{3 * kHour.us};
  EXPECT_NE(policy_hash(policy), policy.hash);
}

Digest hash_of(const std::string& fragment) { return load_one(sample_policy(fragment)).hash; }

TEST(PolicyHash, LeavesOutWhatDoesNotChangeTheMeaning) {
  const Digest base = hash_of("");
  for (const char* same : {"title: Another title\n", "owner: someone\n", "description: text\n",
                           "references: [https://example.org]\n", "false_positives: [other]\n",
                           "respond: [{case: q}, {notify: security}, {propose: suspend}]\n",
                           "tests:\n  - name: t\n    given: a.jsonl\n    expect: [{findings: 2}]\n",
                           "# a comment\n", "report_when: n   >  0.1k\n", "window: {length: 1d}\n",
                           "for_each: account\n", "measure: {'n': \"count()\"}\n"}) {
    EXPECT_EQ(hash_of(same), base) << same;
  }
}

TEST(PolicyHash, ChangesWithTheMeaning) {
  std::vector<Digest> hashes = {hash_of("")};
  for (const char* other :
       {"report_when: n > 101\n",
        "report_when: n >= 100\n",
        "version: 2\n",
        "status: retired\n",
        "severity: high\n",
        "kind: resale\n",
        "in_force: [{from: 2026-01-01}]\n",
        "basis: [{law: \"Usage Policy, section 2\"}]\n",
        "basis: [{law: \"Usage Policy, section 2\", in_force: [{from: 2026-01-01}]}]\n",
        "basis: [{law: \"Usage Policy, section 2\", in_force: [{until: 2026-01-01}]}]\n",
        "reads: audit\n",
        "select: {a: {model: x}}\n",
        "select: {a: {model|cased: x}}\n",
        "for_each: organization\n",
        "window: 12h\n",
        "window: {length: 24h, every: 12h}\n",
        "window: {length: 24h, wait_for_late: 1h}\n",
        "window: {calendar: day}\n",
        "window: {calendar: day, zone: Europe/Berlin}\n",
        "window: {calendar: week}\n",
        "window: {session: 30m}\n",
        "window: {session: 40m}\n",
        "window: {session: 30m, at_most: 1d}\n",
        "measure: {n: sum(requests)}\n",
        "measure: {n: count() where model == 'x'}\n",
        "evidence: {records: 3}\n",
        "evidence: {choose: last}\n",
        "evidence: {choose: largest}\n",
        "evidence: {choose: {largest: output_tokens}}\n",
        "repeat: {after: 24h}\n",
        "repeat: {if_grown: 2x}\n",
        "repeat: {after: 24h, if_grown: 2x}\n",
        "repeat: {after: 24h, if_grown: 2.5x}\n",
        "exempt: [{where: {model: x}, until: 2027-01-01, approved_by: l, reason: r}]\n"}) {
    LoadOutcome outcome = load_text(sample_policy(other));
    ASSERT_EQ(outcome.set.policies.size(), 1U) << other;
    hashes.push_back(outcome.set.policies[0].hash);
  }
  std::ranges::sort(hashes);
  EXPECT_EQ(std::ranges::adjacent_find(hashes), hashes.end());
}

TEST(PolicyHash, OfTheSetDependsOnAllPoliciesAndNotOnFiles) {
  const std::string a = "policy: a\n" + sample_policy().substr(15);
  const std::string b = "policy: b\n" + sample_policy().substr(15);
  const std::vector<PolicyText> one = {{"x.yaml", a + "---\n" + b}};
  const std::vector<PolicyText> two = {{"y.yaml", b}, {"z.yaml", a}};
  const std::vector<PolicyText> part = {{"x.yaml", a}};
  EXPECT_EQ(load_policies(one, {}).set.hash, load_policies(two, {}).set.hash);
  EXPECT_NE(load_policies(one, {}).set.hash, load_policies(part, {}).set.hash);
}

struct RefusedPart {
  const char* name;
  const char* fragment;
  const char* diagnostic;
};

class RefusedParts : public testing::TestWithParam<RefusedPart> {};

TEST_P(RefusedParts, AreNamed) {
  const LoadOutcome outcome = load_text(sample_policy(GetParam().fragment));
  EXPECT_THAT(lines_of(outcome.diagnostics), ElementsAre(GetParam().diagnostic));
}

INSTANTIATE_TEST_SUITE_P(
    Fields, RefusedParts,
    testing::Values(
        RefusedPart{"FieldrefToAnotherKindsField", "select: {a: {account|fieldref: legal_name}}\n",
                    "TW0212 2:32 field `legal_name` is not part of usage records"},
        RefusedPart{"FieldrefToAnUnknownField", "select: {a: {response_model|fieldref: modle}}\n",
                    "TW0204 2:39 unknown field `modle`"},
        RefusedPart{"ExpressionAsAField", "select: {a: {(model): x}}\n",
                    "TW0204 2:14 unknown field `(model)`"},
        RefusedPart{"AnotherKindsField", "select: {a: {legal_name: x}}\n",
                    "TW0212 2:14 field `legal_name` is not part of usage records"},
        RefusedPart{"AnotherKindsFieldInAnExpression", "select: {a: legal_name == 'x'}\n",
                    "TW0212 2:13 field `legal_name` is not part of usage records"}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Intervals, RefusedParts,
    testing::Values(
        RefusedPart{"NoInterval", "in_force: []\n", "TW0112 2:11 `in_force` names no interval"},
        RefusedPart{"NothingAtAll", "in_force:\n", "TW0112 2:1 `in_force` names no interval"},
        RefusedPart{"AnEmptyInterval", "in_force: [{}]\n",
                    "TW0112 2:12 the interval has neither `from` nor `until`"},
        RefusedPart{"OfABasisBackwards",
                    "basis: [{law: L, in_force: [{from: 2026-06-01, until: 2026-01-01}]}]\n",
                    "TW0113 2:29 the interval ends before it begins"},
        RefusedPart{"OfABasisThatOverlap",
                    "basis: [{law: L, in_force: [{until: 2026-06-01}, {from: 2026-06-01}]}]\n",
                    "TW0113 2:28 intervals overlap"},
        RefusedPart{"BeforeTheEpoch", "in_force: [{from: 1969-12-31}]\n",
                    "TW0107 2:19 `1969-12-31` is not a date or time in the years 1970 "
                    "to 9999"}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Tests, RefusedParts,
    testing::Values(
        RefusedPart{
            "NotANumber",
            "tests: [{name: t, given: [{kind: usage, time: 2026-01-01, request.temperature: "
            "nan}], expect: [{findings: 0}]}]\n",
            "TW0502 2:80 not a record: `request.temperature`: expected a finite number, "
            "got a string"},
        RefusedPart{
            "Infinity",
            "tests: [{name: t, given: [{kind: usage, time: 2026-01-01, request.temperature: "
            "inf}], expect: [{findings: 0}]}]\n",
            "TW0502 2:80 not a record: `request.temperature`: expected a finite number, "
            "got a string"},
        RefusedPart{"ListInAList",
                    "reads: account\ntests: [{name: t, given: [{kind: account, time: 2026-01-01, "
                    "aliases: [[a, b]]}], expect: [{findings: 0}]}]\n",
                    "TW0502 3:70 not a record: `aliases`: expected an array of strings, got in it "
                    "an array"},
        RefusedPart{"NullInAList",
                    "reads: account\ntests: [{name: t, given: [{kind: account, time: 2026-01-01, "
                    "aliases: [a, null]}], expect: [{findings: 0}]}]\n",
                    "TW0502 3:70 not a record: `aliases`: expected an array of strings, got in it "
                    "null"},
        RefusedPart{"AnotherKind",
                    "tests: [{name: t, given: [{kind: audit, time: 2026-01-01}], expect: "
                    "[{findings: 0}]}]\n",
                    "TW0502 2:34 a record of kind `audit` is never judged: the policy reads "
                    "`usage`"},
        RefusedPart{"MeasureOfNothing",
                    "tests: [{name: t, given: [{kind: usage, time: 2026-01-01}], expect: "
                    "[{findings: 0, measure: {n: 1}}]}]\n",
                    "TW0503 2:93 no findings have no measures to compare"},
        RefusedPart{"MeasureOfAnUnknownNumber",
                    "tests: [{name: t, given: [{kind: usage, time: 2026-01-01}], expect: "
                    "[{findings: few, measure: {n: 1}}]}]\n",
                    "TW0106 2:81 `few` is not a whole number that fits here"},
        RefusedPart{"NoTests", "tests: []\n", "TW0906 2:8 the policy has no tests"}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Names, RefusedParts,
    testing::Values(RefusedPart{"SelectionThatOnlyLooksUsed",
                                "select: {a: {model: x}, sum: {model: z}}\ncondition: a\n"
                                "measure: {n: sum(output_tokens)}\n",
                                "TW0902 2:25 nothing uses the selection `sum`"},
                    RefusedPart{"ReservedInAnyCase", "select: {Them: {model: x}}\n",
                                "TW0309 2:10 `Them` cannot be the name of a selection"},
                    RefusedPart{"OperatorInUpperCase",
                                "measure: {AND: count()}\nreport_when: true\n",
                                "TW0309 2:11 `AND` cannot be the name of a measure"}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Measures, RefusedParts,
    testing::Values(
        RefusedPart{"AFormulaOverNothing", "measure: {n: 3 + 4}\nreport_when: true\n",
                    "TW0404 2:14 a measure is `aggregate(expression)`"},
        RefusedPart{"AFormulaOverALaterMeasure",
                    "measure: {n: count(), twice: 2 * m, m: count()}\nreport_when: n > 1\n",
                    "TW0204 2:34 unknown name `m`"},
        RefusedPart{"AFormulaOverAField",
                    "measure: {n: count(), each: output_tokens / n}\nreport_when: n > 1\n",
                    "TW0204 2:29 unknown name `output_tokens`"},
        RefusedPart{"AFormulaThatIsATruthValue",
                    "measure: {n: count(), many: n > 3}\nreport_when: n > 1\n",
                    "TW0406 2:29 a measure is no bool"},
        RefusedPart{"ArithmeticOverAnAggregate", "measure: {n: count() / 2}\nreport_when: n > 1\n",
                    "TW0404 2:22 unexpected `/`"},
        RefusedPart{"TopShareOfNone", "measure: {n: \"top_share(model, 0)\"}\nreport_when: n > 1\n",
                    "TW0404 2:32 `top_share` takes a whole number of values from 1"},
        RefusedPart{"TopShareOfOneArgument", "measure: {n: top_share(model)}\nreport_when: n > 1\n",
                    "TW0404 2:29 `top_share` takes two arguments"},
        RefusedPart{"GiniOfText", "measure: {n: \"gini(model, account)\"}\nreport_when: n > 1\n",
                    "TW0406 2:20 `gini` does not take string"},
        RefusedPart{"DeviationOfAField",
                    "measure: {n: count(), z: \"deviation(cost, own, 28d)\"}\nreport_when: n > 1\n",
                    "TW0204 2:37 unknown name `cost`"},
        RefusedPart{"DeviationOfADeviation",
                    "window: 1d\nmeasure: {n: count(), z: \"deviation(n, own, 28d)\", y: z + 1, "
                    "x: \"deviation(y, own, 28d)\"}\nreport_when: n > 1\n",
                    "TW0406 3:76 a deviation of a figure that rests on history"},
        RefusedPart{"DeviationWithoutADuration",
                    "measure: {n: count(), z: \"deviation(n, own, 28)\"}\nreport_when: n > 1\n",
                    "TW0108 2:45 `28` is not a duration"},
        RefusedPart{"PeersWithoutAField",
                    "measure: {n: count(), z: \"deviation(n, peers, 28d)\"}\nreport_when: n > 1\n",
                    "TW0404 2:40 `peers` is no history"},
        RefusedPart{
            "PeersOfAnExpression",
            "measure: {n: count(), z: \"deviation(n, peers(model + region), 28d)\"}\n"
            "report_when: n > 1\n",
            "TW0404 2:37 `deviation` takes a measure, `own` or `peers(field)` and a duration"},
        RefusedPart{"PeersOfAMoment",
                    "measure: {n: count(), z: \"deviation(n, peers(time), 28d)\"}\n"
                    "report_when: n > 1\n",
                    "TW0700 2:46 `time` is timestamp and cannot be what peers share"},
        RefusedPart{
            "PeersOfTheSubject",
            "for_each: model\nmeasure: {n: count(), z: \"deviation(n, peers(model), 28d)\"}\n"
            "report_when: n > 1\n",
            "TW0700 3:26 no two subjects share `model`: each is without peers"},
        RefusedPart{"CusumOfPeers",
                    "measure: {n: count(), z: \"cusum(n, peers(model), 28d)\"}\n"
                    "report_when: n > 1\n",
                    "TW0404 2:36 `cusum` is over a subject's own history only"},
        RefusedPart{"PeersOfNoWindow",
                    "window: 1d\nmeasure: {n: count(), z: \"deviation(n, peers(model), 2h)\"}\n"
                    "report_when: n > 1\n",
                    "TW0411 3:26 `z` compares with 0 earlier windows of 1d"},
        RefusedPart{"DeviationWhere",
                    "window: 1d\nmeasure: {n: count(), z: \"deviation(n, own, 28d) where model == "
                    "'a'\"}\nreport_when: n > 1\n",
                    "TW0404 3:50 `deviation` sees figures and no records"},
        RefusedPart{"LockstepWithoutASlot",
                    "for_each: organization\nmeasure: {n: count(), l: lockstep(account)}\n"
                    "report_when: n > 1\n",
                    "TW0404 3:35 `lockstep` takes who acts and a slot of time"},
        RefusedPart{"LockstepOfANumberOfSlots",
                    "for_each: organization\nmeasure: {n: count(), l: \"lockstep(account, 5)\"}\n"
                    "report_when: n > 1\n",
                    "TW0108 3:45 `5` is not a duration"},
        RefusedPart{"LockstepInOneSlot",
                    "for_each: organization\nwindow: 1h\n"
                    "measure: {n: count(), l: \"lockstep(account, model, 2h)\"}\n"
                    "report_when: n > 1\n",
                    "TW0701 4:26 a slot of 2h does not cut windows of 1h"},
        RefusedPart{"LockstepInNoSlot",
                    "for_each: organization\nmeasure: {n: count(), l: \"lockstep(account, 0s)\"}\n"
                    "report_when: n > 1\n",
                    "TW0701 3:26 a slot of 0s does not cut windows of 1d"},
        RefusedPart{"LockstepOfOne",
                    "for_each: [organization, account]\n"
                    "measure: {n: count(), l: \"lockstep(account, 5m)\"}\nreport_when: n > 1\n",
                    "TW0701 3:26 each subject has one `account`: it acts in step with nobody"},
        RefusedPart{"DeviationOfMoney", "measure: {n: stddev(cost)}\nreport_when: n > 1\n",
                    "TW0406 2:21 `stddev` does not take money"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(LoadPolicies, TakesASelectionNamedLikeAFunctionAsUsed) {
  load_one(
      sample_policy("select: {a: {model: x}, sum: {model: z}}\ncondition: a\n"
                    "measure: {n: count() where sum}\n"));
}

// Tokens against dollars: both units are named, those of measures as well as those of fields.
TEST(Load, ATypeErrorNamesBothUnits) {
  const auto compared = load_text(sample_policy(
      "measure: {tokens: sum(output_tokens), spend: sum(cost)}\nreport_when: tokens > spend"));
  ASSERT_EQ(compared.diagnostics.size(), 1U);
  EXPECT_EQ(compared.diagnostics[0].code, "TW0207");
  EXPECT_THAT(compared.diagnostics[0].hint,
              testing::HasSubstr("`tokens` counts tokens, `spend` counts US dollars"));
  const auto fields = load_text(sample_policy("select:\n  a: output_tokens > 10 USD"));
  ASSERT_EQ(fields.diagnostics.size(), 1U);
  EXPECT_EQ(fields.diagnostics[0].message, "`>` compares int64 (tokens) with money (US dollars)");
}

TEST(Load, AWordInTheOtherCaseIsKnown) {
  const LoadOutcome severity = load_text(sample_policy("severity: HIGH\n"));
  ASSERT_EQ(severity.diagnostics.size(), 1U);
  EXPECT_EQ(severity.diagnostics[0].hint, "did you mean `high`?");
  EXPECT_EQ(severity.diagnostics[0].fix,
            (std::vector<TextEdit>{{severity.diagnostics[0].span, "high"}}));
  const LoadOutcome kind = load_text("P" + sample_policy().substr(1));
  ASSERT_EQ(kind.diagnostics.size(), 1U);
  EXPECT_EQ(kind.diagnostics[0].hint, "did you mean `policy`?");
}

TEST(Load, AStatusThatIsRefusedIsNoDraft) {
  const LoadOutcome live = load_text(sample_policy("status: live\n"));
  ASSERT_EQ(live.diagnostics.size(), 1U);
  EXPECT_EQ(live.diagnostics[0].level, DiagnosticLevel::kError);
}

}  // namespace
}  // namespace tidewaiter
