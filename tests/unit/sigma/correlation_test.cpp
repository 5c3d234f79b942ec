// Correlations over small streams, with results by hand: the fixtures' types and conditions, on
// numbers small enough to count.

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/sigma/correlator.h"
#include "tests/unit/sigma/sigma_scene.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// An event at so many seconds.
struct At {
  std::int64_t second;
  std::string json;
};

std::string base_rule(const std::string& name) {
  return "title: " + name + "\nname: " + name + "\nlogsource: {product: test}\n" +
         "detection:\n    s: {kind: " + name + "}\n    condition: s\n";
}

std::string correlation(const std::string& body) {
  return "---\ntitle: the correlation\nname: c\ncorrelation:\n" + body;
}

/// "12 host=a n=3": second, group, measure of every match of the last correlation, in order.
std::vector<std::string> run(const std::string& text, const std::vector<At>& events) {
  const SigmaOutcome outcome = load_sigma_text(text);
  EXPECT_THAT(told(outcome), IsEmpty());
  SigmaCorrelator correlator(outcome.set);
  for (const At& at : events) {
    const SigmaEvent event = event_of(at.json);
    for (std::size_t i = 0; i < outcome.set.rules.size(); ++i) {
      if (holds(outcome.set.rules[i].detection, event)) {
        EXPECT_TRUE(correlator.add(i, UtcTime{at.second * kSecond.us}, event));
      }
    }
  }
  std::vector<std::string> lines;
  for (const SigmaCorrelationMatch& match : correlator.finish()) {
    if (match.correlation + 1 != outcome.set.correlations.size()) continue;
    std::string line = std::to_string(match.time.us / kSecond.us);
    for (const auto& [name, value] : match.group) line += " " + name + "=" + value;
    std::ostringstream measure;
    measure << match.measure;
    lines.push_back(line + " n=" + measure.str());
  }
  return lines;
}

std::string failed(const std::string& host, const std::string& more = "") {
  return R"({"kind":"a","host":")" + host + "\"" + more + "}";
}

TEST(SigmaCorrelation, EventCountSlidesWithEachEventAndCountsByGroup) {
  const std::string text =
      base_rule("a") +
      correlation(
          "    type: event_count\n    rules: [a]\n    group-by: [host]\n    timespan: 10s\n"
          "    condition: {gte: 3}\n");
  // Of x: 0, 5, 10 lie within ten seconds, both ends included; at 16 only 10 and 16 are left.
  EXPECT_THAT(run(text, {{0, failed("x")},
                         {5, failed("x")},
                         {9, failed("y")},
                         {10, failed("x")},
                         {16, failed("x")},
                         {17, failed("x")}}),
              ElementsAre("10 host=x n=3", "17 host=x n=3"));
}

TEST(SigmaCorrelation, EventsWithoutTheGroupsFieldAreInNoGroup) {
  const std::string text =
      base_rule("a") +
      correlation(
          "    type: event_count\n    rules: [a]\n    group-by: [host]\n    timespan: 10s\n"
          "    condition: {gte: 1}\n");
  EXPECT_THAT(run(text, {{0, R"({"kind":"a"})"}, {1, R"({"kind":"a","host":null})"}}), IsEmpty());
}

// One text that reads like two joined is not the two.
TEST(SigmaCorrelation, AListOfValuesIsAGroupOfItsOwn) {
  const std::string text =
      base_rule("a") +
      correlation(
          "    type: event_count\n    rules: [a]\n    group-by: [user]\n    timespan: 10s\n"
          "    condition: {gte: 2}\n");
  const std::vector<At> events = {{0, R"({"kind":"a","user":"u, v"})"},
                                  {1, R"({"kind":"a","user":["u","v"]})"},
                                  {2, R"({"kind":"a","user":["","v"]})"},
                                  {3, R"({"kind":"a","user":"v"})"}};
  EXPECT_THAT(run(text, events), IsEmpty());
  std::vector<At> again = events;
  again.push_back({4, R"({"kind":"a","user":["u","v"]})"});
  EXPECT_THAT(run(text, again), ElementsAre("4 user=u, v n=2"));
}

TEST(SigmaCorrelation, RangeIsAnAndOfCriteria) {
  const std::string text = base_rule("a") + correlation(
                                                "    type: event_count\n    rules: [a]\n    "
                                                "timespan: 1m\n    condition: {gt: 1, lte: 2}\n");
  EXPECT_THAT(run(text, {{0, failed("x")}, {1, failed("x")}, {2, failed("x")}}),
              ElementsAre("1 n=2"));
}

TEST(SigmaCorrelation, NotEqual) {
  const std::string text =
      base_rule("a") +
      correlation(
          "    type: event_count\n    rules: [a]\n    timespan: 1m\n    condition: {neq: 2}\n");
  EXPECT_THAT(run(text, {{0, failed("x")}, {1, failed("x")}, {2, failed("x")}}),
              ElementsAre("0 n=1", "2 n=3"));
}

TEST(SigmaCorrelation, ValueCountCountsDistinctValues) {
  const std::string text =
      base_rule("a") +
      correlation(
          "    type: value_count\n    rules: [a]\n    group-by: [host]\n    timespan: 1d\n"
          "    condition: {field: user, gte: 2}\n");
  EXPECT_THAT(run(text, {{0, failed("x", R"(,"user":"u")")},
                         {1, failed("x", R"(,"user":"u")")},
                         {2, failed("x")},
                         {3, failed("x", R"(,"user":"v")")}}),
              ElementsAre("3 host=x n=2"));
}

TEST(SigmaCorrelation, ValueCountOfSeveralFieldsCountsTuples) {
  const std::string text =
      base_rule("a") + correlation(
                           "    type: value_count\n    rules: [a]\n    timespan: 1d\n"
                           "    condition: {field: [user, host], gte: 3}\n");
  EXPECT_THAT(run(text, {{0, failed("x", R"(,"user":"u")")},
                         {1, failed("y", R"(,"user":"u")")},
                         {2, failed("x", R"(,"user":"u")")},
                         {3, failed("x", R"(,"user":"v")")}}),
              ElementsAre("3 n=3"));
}

TEST(SigmaCorrelation, ValueSum) {
  const std::string text =
      base_rule("a") +
      correlation(
          "    type: value_sum\n    rules: [a]\n    group-by: [host]\n    timespan: 1h\n"
          "    condition: {field: bytes, gt: 1000}\n");
  // 400 + 600 is no more than 1000; 1 more is. After an hour and a second the 400 are gone.
  EXPECT_THAT(run(text, {{0, failed("x", R"(,"bytes":400)")},
                         {1, failed("x", R"(,"bytes":"600")")},
                         {2, failed("x", R"(,"bytes":1)")},
                         {3601, failed("x", R"(,"bytes":2)")},
                         {3601, failed("x", R"(,"bytes":"much")")}}),
              ElementsAre("2 host=x n=1001"));
}

TEST(SigmaCorrelation, ValueAverage) {
  const std::string text =
      base_rule("a") + correlation(
                           "    type: value_avg\n    rules: [a]\n    timespan: 1h\n    condition: "
                           "{field: b, gt: 500}\n");
  // 400; (400 + 600) / 2 = 500; (400 + 600 + 800) / 3 = 600.
  EXPECT_THAT(run(text, {{0, failed("x", R"(,"b":400)")},
                         {1, failed("x", R"(,"b":600)")},
                         {2, failed("x", R"(,"b":800)")}}),
              ElementsAre("2 n=600"));
}

TEST(SigmaCorrelation, ValuePercentileWithoutARankIsTheShareOfTheValue) {
  const std::string text =
      base_rule("a") + correlation(
                           "    type: value_percentile\n    rules: [a]\n    timespan: 24h\n"
                           "    condition: {field: image, lte: 25}\n");
  // `rare` is one of one, then one of four values: 25 per cent of them.
  EXPECT_THAT(run(text, {{0, failed("x", R"(,"image":"common")")},
                         {1, failed("x", R"(,"image":"common")")},
                         {2, failed("x", R"(,"image":"common")")},
                         {3, failed("x", R"(,"image":"rare")")}}),
              ElementsAre("3 n=25"));
}

TEST(SigmaCorrelation, ValuePercentileWithARankIsTheNearest) {
  const std::string text =
      base_rule("a") + correlation(
                           "    type: value_percentile\n    rules: [a]\n    timespan: 24h\n"
                           "    condition: {field: b, percentile: 90, gte: 100}\n");
  // Of ten numbers the ninth in order is the 90th percentile: 9, and 100 once there are two.
  std::vector<At> events;
  for (int i = 1; i <= 8; ++i) events.push_back({i, failed("x", ",\"b\":" + std::to_string(i))});
  events.push_back({9, failed("x", R"(,"b":9)")});
  events.push_back({10, failed("x", R"(,"b":100)")});
  events.push_back({11, failed("x", R"(,"b":100)")});  // eleven numbers: ceil(9.9) = the tenth
  EXPECT_THAT(run(text, events), ElementsAre("11 n=100"));
}

std::string three(const std::string& type) {
  return base_rule("a") + "---\n" + base_rule("b") + "---\n" + base_rule("d") +
         correlation("    type: " + type +
                     "\n    rules: [a, b, d]\n    group-by: [host]\n    timespan: 5m\n");
}

std::string of_kind(const std::string& kind, const std::string& host) {
  return R"({"kind":")" + kind + R"(","host":")" + host + "\"}";
}

TEST(SigmaCorrelation, TemporalIsAnyOrderWithinTheTimespan) {
  EXPECT_THAT(run(three("temporal"), {{0, of_kind("d", "x")},
                                      {100, of_kind("a", "x")},
                                      {200, of_kind("b", "y")},
                                      {300, of_kind("b", "x")}}),
              ElementsAre("300 host=x n=3"));
  EXPECT_THAT(run(three("temporal"),
                  {{0, of_kind("d", "x")}, {100, of_kind("a", "x")}, {301, of_kind("b", "x")}}),
              IsEmpty());
}

TEST(SigmaCorrelation, TemporalConditionCountsRules) {
  const std::string text = base_rule("a") + "---\n" + base_rule("b") + "---\n" + base_rule("d") +
                           correlation(
                               "    type: temporal\n    rules: [a, b, d]\n    group-by: "
                               "[host]\n    timespan: 5m\n    condition: {gte: 2}\n");
  EXPECT_THAT(run(text, {{0, of_kind("d", "x")}, {1, of_kind("d", "x")}, {2, of_kind("a", "x")}}),
              ElementsAre("2 host=x n=2"));
}

TEST(SigmaCorrelation, TemporalOrderedIsTheRulesOrder) {
  EXPECT_THAT(run(three("temporal_ordered"),
                  {{0, of_kind("a", "x")}, {10, of_kind("b", "x")}, {20, of_kind("d", "x")}}),
              ElementsAre("20 host=x n=3"));
  EXPECT_THAT(run(three("temporal_ordered"),
                  {{0, of_kind("b", "x")}, {10, of_kind("a", "x")}, {20, of_kind("d", "x")}}),
              IsEmpty());
  // A later `a` does not take the earlier series away.
  EXPECT_THAT(run(three("temporal_ordered"), {{0, of_kind("a", "x")},
                                              {10, of_kind("b", "x")},
                                              {15, of_kind("a", "x")},
                                              {20, of_kind("d", "x")}}),
              ElementsAre("20 host=x n=3"));
  // One instant has no order.
  EXPECT_THAT(run(three("temporal_ordered"),
                  {{0, of_kind("a", "x")}, {0, of_kind("b", "x")}, {20, of_kind("d", "x")}}),
              IsEmpty());
}

TEST(SigmaCorrelation, AliasesNameOneValueInDifferentFields) {
  const std::string text =
      base_rule("a") + "---\n" + base_rule("b") +
      correlation(
          "    type: temporal\n    rules: [a, b]\n    group-by: [internal, remote]\n"
          "    timespan: 10s\n    aliases:\n"
          "        internal: {a: dst, b: src}\n        remote: {a: src, b: dst}\n");
  EXPECT_THAT(run(text, {{0, R"({"kind":"a","src":"r","dst":"i"})"},
                         {5, R"({"kind":"b","src":"i","dst":"r"})"}}),
              ElementsAre("5 internal=i remote=r n=2"));
  EXPECT_THAT(run(text, {{0, R"({"kind":"a","src":"r","dst":"i"})"},
                         {5, R"({"kind":"b","src":"r","dst":"i"})"}}),
              IsEmpty());
}

/// The specification's example, with three failures in the place of ten.
TEST(SigmaCorrelation, CorrelationsMayBuildOnOthers) {
  const std::string chain =
      "title: then success\nname: top\ncorrelation:\n    type: temporal_ordered\n"
      "    rules: [many, b]\n    group-by: [user]\n    timespan: 10m\n---\n"
      "title: many\nname: many\ncorrelation:\n    type: event_count\n    rules: [a]\n"
      "    group-by: [user]\n    timespan: 10m\n    condition: {gte: 3}\n---\n" +
      base_rule("a") + "---\n" + base_rule("b");
  const auto by = [](const char* kind, const char* user) {
    return R"({"kind":")" + std::string(kind) + R"(","user":")" + user + "\"}";
  };
  EXPECT_THAT(run(chain, {{0, by("a", "u")},
                          {1, by("a", "u")},
                          {2, by("b", "u")},
                          {3, by("a", "u")},
                          {4, by("b", "v")},
                          {5, by("b", "u")}}),
              ElementsAre("5 user=u n=2"));
  const SigmaOutcome outcome = load_sigma_text(chain);
  EXPECT_FALSE(outcome.set.rules[0].stands_alone);
  EXPECT_FALSE(outcome.set.correlations[0].stands_alone);  // `many` comes first
  EXPECT_TRUE(outcome.set.correlations[1].stands_alone);
}

TEST(SigmaCorrelation, OrderOfArrivalMakesNoDifference) {
  const std::string text = three("temporal_ordered");
  std::vector<At> events = {{0, of_kind("a", "x")},  {10, of_kind("b", "x")},
                            {10, of_kind("a", "x")}, {20, of_kind("d", "x")},
                            {20, of_kind("b", "x")}, {30, of_kind("d", "x")}};
  const std::vector<std::string> want = run(text, events);
  EXPECT_THAT(want, ElementsAre("20 host=x n=3", "30 host=x n=3"));
  std::ranges::sort(events, {}, &At::json);
  do {
    ASSERT_EQ(run(text, events), want);
  } while (std::ranges::next_permutation(events, {}, &At::json).found);
}

TEST(SigmaCorrelation, WhatCameTooLateIsRefused) {
  const SigmaOutcome outcome = load_sigma_text(
      base_rule("a") + correlation("    type: event_count\n    rules: [a]\n    timespan: 10s\n"
                                   "    condition: {gte: 2}\n"));
  SigmaCorrelator correlator(outcome.set);
  const SigmaEvent event = event_of(failed("x"));
  EXPECT_TRUE(correlator.add(0, UtcTime{5'000'000}, event));
  EXPECT_THAT(correlator.advance(UtcTime{6'000'000}), IsEmpty());
  EXPECT_FALSE(correlator.add(0, UtcTime{5'000'000}, event));
  EXPECT_TRUE(correlator.add(0, UtcTime{6'000'000}, event));
  EXPECT_EQ(correlator.finish().size(), 1U);
}

// The second rule's id would stand for a rule that is not there, had it been kept.
TEST(SigmaCorrelationRefused, ARuleOfATakenNameGivesItsIdToNoOther) {
  const std::string id = "5f3cbb2a-9d6e-4b7f-8a41-0c1d2e3f4a5b";
  std::string second = base_rule("a");
  second.insert(second.find("name:"), "id: " + id + "\n");
  const SigmaOutcome outcome =
      load_sigma_text(base_rule("a") + "---\n" + second +
                      correlation("    type: event_count\n    rules: [" + id +
                                  "]\n    timespan: 10s\n" + "    condition: {gte: 1}\n"));
  EXPECT_EQ(outcome.set.rules.size(), 1U);
  EXPECT_THAT(outcome.set.correlations, IsEmpty());
  EXPECT_EQ(told(outcome).size(), 2U) << testing::PrintToString(told(outcome));
}

TEST(SigmaCorrelationRefused, AnAliasIsAMapOfRules) {
  const SigmaOutcome outcome = load_sigma_text(
      base_rule("a") +
      correlation("    type: event_count\n    rules: [a]\n    group-by: [who]\n    timespan: 10s\n"
                  "    aliases: {who: user}\n    condition: {gte: 1}\n"));
  EXPECT_THAT(outcome.set.correlations, IsEmpty());
  EXPECT_EQ(told(outcome).size(), 1U) << testing::PrintToString(told(outcome));
}

TEST(SigmaAggregation, OldPipesAreTheirCorrelations) {
  const std::string count =
      "title: old\nlogsource: {product: test}\ndetection:\n    s: {kind: a}\n    timeframe: 10s\n"
      "    condition: s | count(user) by host >= 2\n";
  EXPECT_THAT(run(count, {{0, failed("x", R"(,"user":"u")")},
                          {20, failed("x", R"(,"user":"v")")},
                          {25, failed("x", R"(,"user":"u")")}}),
              ElementsAre("25 host=x n=2"));
  const std::string endless =
      "title: old\nlogsource: {product: test}\ndetection:\n    s: {kind: a}\n"
      "    condition: s | count() > 2\n";
  EXPECT_THAT(run(endless, {{0, failed("x")}, {1'000'000, failed("y")}, {2'000'000, failed("z")}}),
              ElementsAre("2000000 n=3"));
  const std::string near =
      "title: old\nlogsource: {product: test}\ndetection:\n    s: {kind: a}\n    t: {kind: b}\n"
      "    timeframe: 10s\n    condition: s | near t\n";
  EXPECT_THAT(run(near, {{0, of_kind("b", "x")}, {10, of_kind("a", "y")}, {21, of_kind("b", "z")}}),
              ElementsAre("10 n=2"));
}

std::vector<std::string> told_of(const std::string& body) {
  return told(load_sigma_text(base_rule("a") + correlation(body)));
}

TEST(SigmaCorrelationRefused, TellsPlaceAndReason) {
  const std::string good = "    type: event_count\n    rules: [a]\n    timespan: 1m\n";
  EXPECT_THAT(
      told_of("    type: event_counts\n    rules: [a]\n    timespan: 1m\n    condition: {gt: 1}\n"),
      ElementsAre("TW1003 11:11 `event_counts` is no type of correlation"));
  EXPECT_THAT(told_of(good), ElementsAre("TW1001 11:5 a correlation needs `condition`"));
  EXPECT_THAT(told_of(good + "    condition: a and b\n"),
              ElementsAre("TW1016 14:16 a correlation's condition is a map in Sigma 2.1, such as "
                          "`gte: 10`"));
  EXPECT_THAT(told_of(good + "    condition: {over: 1}\n"),
              ElementsAre("TW1016 14:17 `over` is no part of a correlation's condition"));
  EXPECT_THAT(told_of(good + "    condition: {gt: 1}\n    groupby: [x]\n"),
              ElementsAre("TW0102 15:5 unknown key `groupby`"));
  EXPECT_THAT(
      told_of("    type: value_sum\n    rules: [a]\n    timespan: 1m\n    condition: {gt: 1}\n"),
      ElementsAre("TW1016 14:16 `value_sum` needs the field whose values it is of"));
  EXPECT_THAT(
      told_of("    type: event_count\n    rules: [a]\n    timespan: 1w\n    condition: {gt: 1}\n"),
      ElementsAre("TW1015 13:15 `1w` is no timespan of Sigma"));
  EXPECT_THAT(
      told_of("    type: event_count\n    rules: [q]\n    timespan: 1m\n    condition: {gt: 1}\n"),
      ElementsAre("TW1017 12:13 `q` is the id or name of no rule that has loaded"));
  EXPECT_THAT(
      told_of("    type: event_count\n    rules: [c]\n    timespan: 1m\n    condition: {gt: 1}\n"),
      ElementsAre("TW1018 12:13 `c` refers back to this correlation"));
  EXPECT_THAT(told_of("    type: temporal_ordered\n    rules: [a, a]\n    timespan: 1m\n    "
                      "condition: {gte: 1}\n"),
              ElementsAre("TW1016 14:16 of rules in an order, some say nothing: the order is that "
                          "of all"));
}

}  // namespace
}  // namespace tidewaiter
