// `policy sigma`: what loads, what matches, in text and JSON.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kRules =
    "title: Shell\nid: r1\nname: shell\nlogsource: {category: process_creation, product: windows}\n"
    "detection: {s: {Image|endswith: 'cmd.exe'}, condition: s}\nlevel: low\n---\n"
    "title: Many shells\ncorrelation: {type: event_count, rules: [shell], group-by: [Computer], "
    "timespan: 1m, condition: {gte: 2}, generate: true}\nlevel: high\n";
constexpr const char* kRefused =
    "title: Unsure\nlogsource: {product: windows}\n"
    "detection: {s: {Image|expand: '%Tools%'}, condition: s}\n";

std::string shell_at(const char* time, const char* event_id = "1") {
  return std::string(R"({"Image":"C:\\CMD.EXE","Computer":"pc1","@timestamp":"2026-03-01T)") +
         time + R"(Z","Channel":"Microsoft-Windows-Sysmon/Operational","EventID":)" + event_id +
         "}\n";
}

TEST(PolicySigma, TellsWhatLoadsAndWhy) {
  const SmallSite site;
  site.write("rules/a.yml", kRules);
  site.write("rules/b.yml", kRefused);
  const Answer text = site({"policy", "sigma", "rules"});
  EXPECT_EQ(text.status, 1);
  EXPECT_THAT(text.out, AllOf(HasSubstr("b.yml:3:"), HasSubstr("TW1007"),
                              HasSubstr("a placeholder without values"),
                              HasSubstr("2 files: 1 load (50.00 %), 1 refused"),
                              HasSubstr("rules: 1, correlations: 1")));
  const Answer json = site({"policy", "sigma", "rules", "--json"});
  EXPECT_EQ(json.json()["refused"], 1);
  EXPECT_EQ(json.json()["documents"], 3);
  EXPECT_EQ(json.json()["reasons"][0]["code"], "TW1007");
  EXPECT_EQ(json.json()["reasons"][0]["files"], 1);
  EXPECT_TRUE(json.json()["events"].is_null());
}

TEST(PolicySigma, PlaceholdersMakeARuleLoad) {
  const SmallSite site;
  site.write("rules/b.yml", kRefused);
  EXPECT_EQ(site({"policy", "sigma", "rules", "--placeholder", "Tools=*\\psexec.exe"}).status, 0);
  const Answer bad = site({"policy", "sigma", "rules", "--placeholder", "Tools"});
  EXPECT_EQ(bad.status, 2);
  EXPECT_THAT(bad.err, HasSubstr("NAME=VALUE"));
}

TEST(PolicySigma, TellsWhichRulesMatchWhichEvents) {
  const SmallSite site;
  site.write("rules/a.yml", kRules);
  // The correlation is judged in event time, whatever the lines' order.
  site.write("events.jsonl", shell_at("10:00:30") + shell_at("10:00:00") +
                                 "{\"Image\":\"other\"}\n" + shell_at("11:00:00", "7"));
  const Answer answer = site({"policy", "sigma", "rules", "--events", "events.jsonl", "--json"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  const nlohmann::json events = answer.json()["events"];
  EXPECT_EQ(events["read"], 4);
  EXPECT_EQ(events["matched"], 3);
  ASSERT_EQ(events["matches"].size(), 2U);
  EXPECT_EQ(events["matches"][0]["title"], "Shell");
  EXPECT_EQ(events["matches"][0]["matches"], 3);
  EXPECT_THAT(events["matches"][0]["at"][1].get<std::string>(),
              testing::EndsWith("events.jsonl:2"));
  EXPECT_EQ(events["matches"][1]["correlation"], true);
  EXPECT_EQ(events["matches"][1]["at"][0], "2026-03-01T10:00:30Z Computer=pc1");
  // Event 7 of Sysmon is no creation of a process.
  const Answer mapped = site(
      {"policy", "sigma", "rules", "--events", "events.jsonl", "--mapping", "windows", "--json"});
  EXPECT_EQ(mapped.json()["events"]["matches"][0]["matches"], 2);
}

TEST(PolicySigma, LinesThatAreNoEventAreTold) {
  const SmallSite site;
  site.write("rules/a.yml", kRules);
  site.write("events.jsonl", shell_at("10:00:00") + "\nnot JSON\n");
  const Answer answer = site({"policy", "sigma", "rules", "--events", "events.jsonl"});
  EXPECT_EQ(answer.status, 1);
  EXPECT_THAT(answer.out, AllOf(HasSubstr("1 line unreadable"), HasSubstr("events.jsonl:3: ")));
}

TEST(PolicySigma, MatchesOurOwnRecords) {
  const SmallSite site;
  site.write("rules/a.yml",
             "title: Own\nlogsource: {product: tidewaiter, service: usage}\n"
             "detection: {s: {account: a}, condition: s}\n");
  const Answer answer = site(
      {"policy", "sigma", "rules", "--events", "usage.jsonl", "--mapping", "records", "--json"});
  EXPECT_EQ(answer.status, 0) << answer.out << answer.err;
  EXPECT_EQ(answer.json()["events"]["matches"][0]["matches"], 3);
}

TEST(PolicySigma, WhatTheMappingLacksIsRefused) {
  const SmallSite site;
  site.write("rules/a.yml", kRules);
  const Answer answer = site({"policy", "sigma", "rules", "--mapping", "records"});
  EXPECT_EQ(answer.status, 1);
  EXPECT_THAT(answer.out, HasSubstr("TW1020"));
}

TEST(PolicySigma, FitsANarrowTerminal) {
  const SmallSite site;
  site.write("rules/a.yml", kRules);
  site.write("events.jsonl", shell_at("10:00:00"));
  const Answer answer = site({"policy", "sigma", "rules", "--events", "events.jsonl"}, 40);
  // The place goes below its row, uncut.
  EXPECT_THAT(answer.out,
              AllOf(HasSubstr("matches  level  title\n    first at\n"),
                    HasSubstr("      1  low    Shell\n    /"), HasSubstr("/events.jsonl:1\n")));
}

}  // namespace
}  // namespace tidewaiter
