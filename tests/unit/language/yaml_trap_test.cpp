#include "policies/language/yaml_trap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/language/sample_policy.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The examples of yaml.org/type/{bool,int,float,timestamp,merge,value}.html (YAML 1.1) and of
// section 10.3.2 of YAML 1.2.2, and what a policy writer is likely to write.
TEST(YamlTrap, IsWhatOneOfTheTwoSchemasTakesForNoText) {
  for (const char* twisted : {"y",
                              "NO",
                              "no",
                              "on",
                              "Off",
                              "true",
                              "False",  // bool
                              "12",
                              "0",
                              "-19",
                              "+12345",
                              "685_230",
                              "0o17",
                              "0x3A",
                              "0x0A_74",  // int
                              "010",
                              "02472256",
                              "08",
                              "0b1010",
                              "190:20:30",  //
                              "1.10",
                              "3.0",
                              "1.",
                              "0.",
                              "-0.0",
                              ".5",
                              "+.25",
                              "685_230.15",  // float
                              "1e3",
                              "12e03",
                              "-2E+05",
                              "1.5E-2",
                              "685.230_15e+03",  //
                              "190:20:30.15",
                              "12:30",
                              "00:30",
                              ".inf",
                              "-.Inf",
                              "+.INF",
                              ".nan",  //
                              "2026-01-01",
                              "2001-12-14t21:59:43.10-05:00",
                              "2001-12-15 2:59:43.10",
                              "2001-12-14 21:59:43.10 -5",
                              "2026-01-01T00:00:00Z",  // timestamp
                              "=",
                              "<<"}) {
    EXPECT_TRUE(is_yaml_trap(twisted)) << twisted;
  }
}

TEST(YamlTrap, IsNothingThatAllReadersTakeForAText) {
  for (const char* text :
       {"",      "Norway",  "noon",       "yess",    "1.2.3",      "192.0.2.1",
        "v1.10", "1.10-rc", "2026-1-1",   "2026-01", "2026/01/01", "12:60",
        "12:",   ":30",     "12:30pm",    "0xfg",    "0o18",       "0b12",
        "1e",    "e3",      "1e3x",       "-",       "+",          ".",
        "_1",    "1-2",     "24h",        "50M",     "10 USD",     "9f86d081884c7d65",
        "inf",   "nan",     "15 CFR 744", "large-2", "<",          "=="}) {
    EXPECT_FALSE(is_yaml_trap(text)) << text;
  }
}

std::vector<std::string> traps_of(const std::string& fragment) {
  std::vector<std::string> traps;
  for (const Diagnostic& told : load_text(sample_policy(fragment)).diagnostics) {
    if (told.code == "TW0901") traps.push_back(told.fix.front().text);
  }
  return traps;
}

TEST(YamlTrap, IsToldWhereverATextIsExpected) {
  EXPECT_THAT(traps_of("title: 2026-01-01\nowner: 12\n"), ElementsAre("\"2026-01-01\"", "\"12\""));
  EXPECT_THAT(traps_of("select: {a: {model: 1.10, region|in: [3.0, eu], organization|contains: 17, "
                       "user_agent|re: 8, service_tier|cased|startswith: 0o17}}\n"),
              ElementsAre("\"1.10\"", "\"3.0\"", "\"17\"", "\"8\"", "\"0o17\""));
  EXPECT_THAT(
      traps_of("tests: [{name: 1e3, given: [{kind: usage, time: 2026-01-01, account: 12:30, "
               "output_tokens: 12}], expect: [{findings: 0}]}]\n"),
      ElementsAre("\"1e3\"", "\"12:30\""));
  const LoadOutcome list =
      load_text("list: versions\ntitle: Versions\nvalues: [1.10, \"3.0\", a]\n");
  EXPECT_THAT(places_of(list.diagnostics), testing::Contains("TW0901 3:10+4"));
}

// What the language reads as a date, a number, a duration or an amount means the same everywhere.
TEST(YamlTrap, IsNotToldWhereOurKeysTakeDatesAndNumbers) {
  EXPECT_THAT(
      traps_of(
          "version: 3\nin_force: [{from: 2026-01-01, until: 2026-12-31}]\n"
          "select: {a: {http_status: [200, 206], output_tokens|gt: 1000, time|gte: 2026-01-01, "
          "request.temperature|lt: 0.5, request.stream: true, time|hour: 12}}\n"
          "evidence: {records: 10}\n"
          "tests: [{name: a, given: [{kind: usage, time: 2026-01-01, http_status: 200, "
          "request.temperature: 0.5, request.stream: true}], drained_to: 2026-01-03, "
          "expect: [{findings: 0, not_evaluable: 0}]}]\n"),
      IsEmpty());
  const LoadOutcome list = load_text(
      "list: statuses\ntitle: Statuses\ntype: int64\nvalues: [429, {value: 503, from: "
      "2026-01-01}]\n");
  EXPECT_THAT(places_of(list.diagnostics),
              testing::Not(testing::Contains(testing::StartsWith("TW0901"))));
}

}  // namespace
}  // namespace tidewaiter
