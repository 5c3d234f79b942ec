// Log sources: which events and records a rule is asked about, and under which names.

#include "policies/sigma/logsource.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/model/record_json.h"
#include "tests/unit/sigma/sigma_scene.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string rule_for(const std::string& logsource, const std::string& selection) {
  return "title: A rule\nlogsource: {" + logsource + "}\ndetection:\n    s: {" + selection +
         "}\n    condition: s\n";
}

SigmaMapping mapping_of(const std::string& sources) {
  SigmaMappingOutcome outcome =
      load_mapping({"m.yaml", "logsource_mapping: m\nversion: 1\nsources:\n" + sources});
  EXPECT_TRUE(outcome.diagnostics.empty()) << to_text(outcome.diagnostics.front());
  return outcome.mapping;
}

SigmaMapping shipped(std::string_view name) {
  SigmaMappingOutcome outcome = load_mapping(shipped_mapping(name).value());
  EXPECT_TRUE(outcome.diagnostics.empty()) << to_text(outcome.diagnostics.front());
  return outcome.mapping;
}

/// How many rules match.
std::size_t count(const std::string& rules, const SigmaMapping& mapping, std::string_view event) {
  const SigmaOutcome outcome = load_sigma_text(rules);
  return SigmaMatcher(outcome.set, &mapping).matches(event_of(event)).found.size();
}

TEST(SigmaLogsource, RuleReadsEverySourceThatSaysWhatItSays) {
  const SigmaMapping mapping = mapping_of(
      "  - logsource: {product: windows, service: security}\n    where: {Channel: Security}\n"
      "  - logsource: {product: windows, service: system}\n    where: {Channel: System}\n");
  const std::string any = rule_for("product: windows", "EventID: 1");
  const std::string one = rule_for("product: windows, service: security", "EventID: 1");
  EXPECT_EQ(count(any, mapping, R"({"Channel":"System","EventID":1})"), 1U);
  EXPECT_EQ(count(one, mapping, R"({"Channel":"System","EventID":1})"), 0U);
  EXPECT_EQ(count(one, mapping, R"({"Channel":"Security","EventID":1})"), 1U);
  EXPECT_EQ(count(any, mapping, R"({"Channel":"Other","EventID":1})"), 0U);
}

TEST(SigmaLogsource, FieldsHaveSigmasNames) {
  const SigmaMapping mapping = mapping_of(
      "  - logsource: {category: process_creation}\n    fields: {Image: NewProcessName}\n");
  const std::string rule = rule_for("category: process_creation", "Image|endswith: cmd.exe");
  EXPECT_EQ(count(rule, mapping, R"({"NewProcessName":"C:\\CMD.EXE"})"), 1U);
  EXPECT_EQ(count(rule, mapping, R"({"Process":"C:\\CMD.EXE"})"), 0U);
}

TEST(SigmaLogsource, WhatNothingMapsIsAnError) {
  const SigmaMapping mapping = shipped("records");
  const auto unbound = [&mapping](const std::string& rule) {
    const std::vector<PolicyText> texts = {{"rules/a.yml", rule}};
    SigmaOutcome outcome = load_sigma(texts);
    outcome.diagnostics = SigmaMatcher(outcome.set, &mapping).unbound(texts);
    return told(outcome);
  };
  EXPECT_THAT(unbound(rule_for("product: linux, service: sshd", "f: a")),
              ElementsAre("TW1020 2:12 nothing maps the log source product linux, service sshd"));
  EXPECT_THAT(
      unbound(rule_for("category: webserver", "cs-uri-query: a")),
      ElementsAre("TW1021 4:9 nothing maps the field `cs-uri-query` of category webserver"));
  EXPECT_THAT(unbound(rule_for("category: webserver", "cs-user-agent: a")), IsEmpty());
}

TEST(SigmaLogsource, RecordsMatchThroughTheShippedMapping) {
  const SigmaMapping mapping = shipped("records");
  const SigmaOutcome outcome = load_sigma_text(
      rule_for("product: tidewaiter, service: usage",
               "src_ip|cidr: 192.0.2.0/24, output_tokens|gte: 100, cost|gt: 0.4, "
               "time|hour: 23, duration: 1.5") +
      "---\n" + rule_for("product: tidewaiter, service: audit", "action: delete") + "---\n" +
      rule_for("category: webserver", "cs-user-agent|contains: curl, sc-status: 200"));
  ASSERT_THAT(told(outcome), IsEmpty());
  const SigmaMatcher matcher(outcome.set, &mapping);
  const auto found = [&](const char* json) {
    std::vector<std::size_t> rules;
    const Record record = RecordJsonReader().read(json, {}).value();
    for (const auto& match : matcher.matches(record).found) rules.push_back(match.rule);
    return rules;
  };
  EXPECT_THAT(found(R"({"kind":"usage","source":"gw","time":"2026-03-01T23:05:00Z",
                        "duration":"1s500ms","account":"a","client.address":"192.0.2.9",
                        "output_tokens":100,"cost":"0.5","http_status":200,
                        "user_agent":"CURL/8"})"),
              ElementsAre(0U, 2U));
  EXPECT_THAT(found(R"({"kind":"usage","source":"gw","time":"2026-03-01T22:05:00Z",
                        "account":"a","client.address":"192.0.2.9","output_tokens":100})"),
              IsEmpty());
  EXPECT_THAT(found(R"({"kind":"audit","source":"gw","time":"2026-03-01T23:05:00Z",
                        "action":"DELETE"})"),
              ElementsAre(1U));
}

TEST(SigmaLogsource, WindowsEventsHaveTheirNames) {
  SigmaEventReader reader(SigmaFieldNames::kAuto);
  const SigmaEvent event =
      reader
          .read(R"({"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":
                   {"Name":"Sysmon"}},"EventID":{"#attributes":{"Qualifiers":16384},"#text":1},
                   "Channel":"Microsoft-Windows-Sysmon/Operational"},
                   "EventData":{"Image":"C:\\a.exe","ProcessId":7,"Empty":null}}})")
          .value();
  EXPECT_EQ(event.find("Provider_Name")->front().text, "Sysmon");
  EXPECT_EQ(event.find("EventID")->front().text, "1");
  EXPECT_EQ(event.find("EventID_Qualifiers")->front().text, "16384");
  EXPECT_EQ(event.find("ProcessId")->front().text, "7");
  EXPECT_TRUE(event.find("Empty")->front().null);
  EXPECT_EQ(event.find("Event"), nullptr);
  const SigmaMapping mapping = shipped("windows");
  const SigmaOutcome outcome = load_sigma_text(
      rule_for("category: process_creation, product: windows", "Image|endswith: a.exe") + "---\n" +
      rule_for("category: file_event, product: windows", "Image|endswith: a.exe"));
  const auto matches = SigmaMatcher(outcome.set, &mapping).matches(event);
  ASSERT_EQ(matches.found.size(), 1U);
  EXPECT_EQ(matches.found[0].rule, 0U);
}

TEST(SigmaLogsource, PathsAndNumbersOfJson) {
  const SigmaEvent event =
      event_of(R"({"a":{"b":[{"c":1},{"c":2.5}],"big":18446744073709551615},"t":true,"e":[]})");
  ASSERT_NE(event.find("a.b.c"), nullptr);
  EXPECT_EQ(event.find("a.b.c")->at(0).text, "1");
  EXPECT_EQ(event.find("a.b.c")->at(1).text, "2.5");
  EXPECT_EQ(event.find("a.big")->front().text, "18446744073709551615");
  EXPECT_EQ(event.find("t")->front().text, "true");
  EXPECT_EQ(event.find("e")->front().text, "");
}

TEST(SigmaLogsource, BadJsonIsAnError) {
  SigmaEventReader reader(SigmaFieldNames::kAuto);
  EXPECT_EQ(reader.read("{").error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(reader.read("[1]").error().code, ErrorCode::kInvalidInput);
  std::string deep = R"({"a":)";
  for (int i = 0; i < 100; ++i) deep += R"({"a":)";
  deep += "1" + std::string(101, '}');
  EXPECT_EQ(reader.read(deep).error().code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(reader.read(R"({"a":1})"));
  EXPECT_EQ(SigmaEventReader(SigmaFieldNames::kWindows).read(R"({"a":1})").error().code,
            ErrorCode::kInvalidInput);
}

TEST(SigmaMapping, MistakesAreTold) {
  const auto told_of = [](const std::string& text) {
    SigmaOutcome outcome;
    outcome.diagnostics = load_mapping({"m.yaml", text}).diagnostics;
    return told(outcome);
  };
  EXPECT_THAT(told_of("logsource_mapping: m\nversion: 1\nsources:\n"
                      "  - logsource: {product: x}\n    reads: usage\n    fields: {a: modell}\n"),
              ElementsAre("TW0204 6:17 `modell` is no field of usage records"));
  EXPECT_THAT(told_of("logsource_mapping: m\nversion: 1\nsources:\n"
                      "  - logsource: {product: x}\n    read: usage\n"),
              ElementsAre("TW0102 5:5 unknown key `read`"));
}

}  // namespace
}  // namespace tidewaiter
