#include "storage/ledger/entry.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "policies/model/jcs.h"
#include "storage/ledger/figure_json.h"
#include "tests/unit/ledger/ledger_fixture.h"

namespace tidewaiter {
namespace {

const EntryStamp kStamp{kNow, {}};

nlohmann::json disclosed_value(const Disclosure& disclosure) {
  return nlohmann::json::parse(*from_base64url(disclosure.text))[2];
}

TEST(Event, IsTheCanonicalObject) {
  const auto built = build_event("daemon.started", R"({"version":"0.1.0","b":[1,2]})", kStamp);
  ASSERT_TRUE(built) << built.error().message;
  EXPECT_EQ(built->body, R"({"b":[1,2],"n":"AAAAAAAAAAAAAAAAAAAAAA","ts":"2026-01-01T00:00:00Z",)"
                         R"("typ":"daemon.started","v":1,"version":"0.1.0"})");
  EXPECT_TRUE(built->disclosures.empty());
}

TEST(Event, RefusesWhatTheFormatDoesNotHave) {
  struct Case {
    const char* type;
    const char* fields;
  };
  for (const Case& c :
       {Case{"daemon.exploded", "{}"}, Case{"finding.opened", "{}"}, Case{"coverage.gap", "{}"},
        Case{"daemon.started", "[]"}, Case{"daemon.started", "{"},
        Case{"daemon.started", R"({"ts":"x"})"}, Case{"daemon.started", R"({"_sd":[]})"},
        Case{"daemon.started", R"({"a":1,"a":2})"}}) {
    const auto built = build_event(c.type, c.fields, kStamp);
    ASSERT_FALSE(built) << c.type << c.fields;
    EXPECT_EQ(built.error().code, ErrorCode::kInvalidInput);
  }
}

TEST(Event, HasALimit) {
  const std::string large = R"({"text":")" + std::string(kMaxEntryBytes, 'x') + R"("})";
  const auto built = build_event("config.changed", large, kStamp);
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code, ErrorCode::kInvalidInput);
}

// Written by hand from docs/ledger-format.md §3; digests are checked apart, for decoys are random.
TEST(StepEntry, HasTheMembersOfTheFormat) {
  Step step = opened_step(12, 1, "17");
  const auto built = build_step(step, kLog, SubjectKey{}, kStamp);
  ASSERT_TRUE(built) << built.error().message;
  EXPECT_TRUE(is_jcs(built->body));
  auto entry = nlohmann::json::parse(built->body);
  const auto digests = entry["_sd"].get<std::vector<std::string>>();
  EXPECT_EQ(digests.size(), 4U);
  ASSERT_EQ(built->disclosures.size(), 1U);
  EXPECT_THAT(digests, testing::Contains(disclosure_digest(built->disclosures[0].text)));
  EXPECT_EQ(disclosed_value(built->disclosures[0]), "account:gateway/17");
  entry.erase("_sd");
  auto expected = nlohmann::json::parse(R"({
    "v": 1, "typ": "finding.opened", "ts": "2026-01-01T00:00:00Z", "n": "AAAAAAAAAAAAAAAAAAAAAA",
    "step": {"log": "log-1", "seq": 12, "ordinal": 1},
    "policy": {"id": "many-requests", "version": 3},
    "severity": "high", "status": "potential",
    "run": {"from": "2026-01-01T00:00:00Z", "to": "2026-01-01T01:00:00Z"}, "windows": 1,
    "figures": [{"name": "n", "type": "int64", "value": "101"}],
    "evidence": {"seqs": [12], "total": 101}, "_sd_alg": "sha-256"})");
  expected["finding"] = step.finding;
  expected["policy"]["hash"] = to_hex(sha256("policy"));
  EXPECT_EQ(entry, expected);
}

TEST(StepEntry, SaysHowItsEvidenceWasChosenWhereNotByTime) {
  Step step = opened_step(12, 1, "17");
  for (const auto& [choice, said] :
       {std::pair(EvidenceChoice::kLast, "last"), std::pair(EvidenceChoice::kLargest, "largest")}) {
    step.evidence_choice = choice;
    const auto built = build_step(step, kLog, SubjectKey{}, kStamp);
    ASSERT_TRUE(built) << built.error().message;
    const auto expected = nlohmann::json{{"seqs", {12}}, {"total", 101}, {"chosen", said}};
    EXPECT_EQ(nlohmann::json::parse(built->body)["evidence"], expected);
  }
}

TEST(StepEntry, NeverShowsTheSubject) {
  const auto built = build_step(opened_step(1, 0, "Erika Mustermann"), kLog, SubjectKey{}, kStamp);
  ASSERT_TRUE(built);
  EXPECT_EQ(built->body.find("Mustermann"), std::string::npos);
  EXPECT_EQ(built->body.find("violation"), std::string::npos);
}

TEST(FigureValue, NoNumberHasNoSign) {
  for (const double sign : {1.0, -1.0}) {
    const double number = std::copysign(std::numeric_limits<double>::quiet_NaN(), sign);
    EXPECT_EQ(figure_value({"share", ValueType::kDouble, Value(number), true}), "nan");
  }
}

TEST(StepEntry, TextFiguresAreDisclosed) {
  Step step = opened_step(1, 0, "17");
  step.figures = {
      {"address", ValueType::kIp, Value(std::string("192.0.2.7")), true},
      {"models", ValueType::kStringList, Value(std::vector<std::string>{"a", "b"}), true},
      {"last", ValueType::kString, Value(), true}};
  const auto built = build_step(step, kLog, SubjectKey{}, kStamp);
  ASSERT_TRUE(built);
  EXPECT_EQ(nlohmann::json::parse(built->body)["figures"], nlohmann::json::parse(R"([
      {"name": "address", "type": "ip"}, {"name": "models", "type": "list of string"},
      {"name": "last", "type": "string", "value": null}])"));
  ASSERT_EQ(built->disclosures.size(), 3U);
  EXPECT_EQ(built->disclosures[1].name, "figures/address");
  EXPECT_EQ(disclosed_value(built->disclosures[1]), "192.0.2.7");
  EXPECT_EQ(built->disclosures[2].name, "figures/models");
  EXPECT_EQ(disclosed_value(built->disclosures[2]), nlohmann::json::parse(R"(["a","b"])"));
}

TEST(StepEntry, RestatedTellsTheFiguresBefore) {
  Step step = next_step(opened_step(1, 0, "17"), StepKind::kRestated, 2, 0, "late-data");
  step.previous = step.figures;
  step.figures[0].value = std::int64_t{102};
  step.historical = true;
  const auto entry =
      nlohmann::json::parse(build_step(step, kLog, SubjectKey{}, kStamp).value().body);
  EXPECT_EQ(entry["typ"], "finding.restated");
  EXPECT_EQ(entry["figures"][0]["value"], "102");
  EXPECT_EQ(entry["previous"][0]["value"], "101");
  EXPECT_EQ(entry["reason"], "late-data");
  EXPECT_EQ(entry["historical"], true);
}

TEST(StepEntry, GapHasACountAndNoFinding) {
  const auto built = build_step(gap_step(5, 2, 17), kLog, SubjectKey{}, kStamp);
  ASSERT_TRUE(built) << built.error().message;
  const auto entry = nlohmann::json::parse(built->body);
  EXPECT_EQ(entry["typ"], "coverage.gap");
  EXPECT_EQ(entry["count"], 17);
  EXPECT_EQ(entry["reason"], "too-late");
  EXPECT_FALSE(entry.contains("finding"));
  EXPECT_FALSE(entry.contains("_sd"));
}

TEST(StepEntry, CutsEvidenceThatDoesNotFit) {
  Step step = opened_step(1'000'000, 0, "17");
  step.evidence.clear();
  for (std::int64_t i = 0; i < 5000; ++i) step.evidence.push_back(100'000 + i);
  step.evidence_total = 9000;
  const auto built = build_step(step, kLog, SubjectKey{}, kStamp);
  ASSERT_TRUE(built) << built.error().message;
  EXPECT_LE(built->body.size(), kMaxEntryBytes);
  // Each number takes seven bytes with its comma: not more than one is cut too many.
  EXPECT_GT(built->body.size(), kMaxEntryBytes - 8);
  const auto evidence = nlohmann::json::parse(built->body)["evidence"];
  EXPECT_EQ(evidence["seqs"].size(), built->evidence);
  EXPECT_EQ(evidence["seqs"][0], 100'000);
  EXPECT_EQ(evidence["total"], 9000);
}

TEST(StepEntry, NamesFindingsAsEvidence) {
  Step step = opened_step(12, 0, "17");
  step.evidence.clear();
  step.evidence_findings = {finding_id(kLog, "a", 3, 0), finding_id(kLog, "b", 4, 1)};
  step.evidence_total = 2;
  const auto built = build_step(step, kLog, SubjectKey{}, kStamp);
  ASSERT_TRUE(built) << built.error().message;
  const nlohmann::json expected = {{"findings", step.evidence_findings}, {"total", 2}};
  EXPECT_EQ(nlohmann::json::parse(built->body)["evidence"], expected);
  EXPECT_EQ(built->evidence, 2U);

  for (int i = 0; i < 1000; ++i) step.evidence_findings.push_back(step.evidence_findings[0]);
  const auto cut = build_step(step, kLog, SubjectKey{}, kStamp);
  ASSERT_TRUE(cut) << cut.error().message;
  EXPECT_LE(cut->body.size(), kMaxEntryBytes);
  // Each id takes 35 bytes with its quotes and its comma.
  EXPECT_GT(cut->body.size(), kMaxEntryBytes - 36);
  EXPECT_EQ(nlohmann::json::parse(cut->body)["evidence"]["findings"].size(), cut->evidence);
}

TEST(StepEntry, RefusesWhatCannotBeWritten) {
  Step beyond = opened_step(1, 0, "17");
  beyond.windows = std::int64_t{1} << 53;
  Step bad_text = opened_step(1, 0, "17");
  bad_text.reason = "\xff";
  Step bad_id = opened_step(1, 0, "17");
  bad_id.finding = "17";
  Step large = opened_step(1, 0, "17");
  large.reason = std::string(kMaxEntryBytes, 'x');
  for (const Step& step : {beyond, bad_text, bad_id, large}) {
    const auto built = build_step(step, kLog, SubjectKey{}, kStamp);
    ASSERT_FALSE(built);
    EXPECT_EQ(built.error().code, ErrorCode::kInvalidInput);
  }
}

TEST(Figures, HaveTheFormsOfTheFormat) {
  const std::int64_t least = std::numeric_limits<std::int64_t>::min();
  const std::vector<Figure> figures{
      {"a", ValueType::kBool, Value(true), true},
      {"b", ValueType::kInt64, Value(least), true},
      {"c", ValueType::kDouble, Value(0.1), false},
      {"d", ValueType::kDuration, Value(std::int64_t{5'400'000'000}), true},
      {"e", ValueType::kTimestamp, Value(kNow.us), true},
      {"f", ValueType::kMoney, Value(std::int64_t{12'500'000}), true},
      {"g", ValueType::kDouble, Value(std::numeric_limits<double>::infinity()), true},
      {"h", ValueType::kInt64, Value(), true},
      {"i", ValueType::kString, Value(std::string("ä")), true},
  };
  const auto json = figures_to_json(figures, true);
  EXPECT_EQ(json, nlohmann::json::parse(R"([
      {"name": "a", "type": "bool", "value": true},
      {"name": "b", "type": "int64", "value": "-9223372036854775808"},
      {"name": "c", "type": "double", "value": "0.1", "exact": false},
      {"name": "d", "type": "duration", "value": "5400000000"},
      {"name": "e", "type": "timestamp", "value": "1767225600000000"},
      {"name": "f", "type": "money", "value": "12500000"},
      {"name": "g", "type": "double", "value": "inf"},
      {"name": "h", "type": "int64", "value": null},
      {"name": "i", "type": "string", "value": "ä"}])"));
  const auto back = figures_from_json(json.dump());
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, figures);
}

TEST(Figures, DamagedTextIsCorruption) {
  for (const char* text : {"", "{}", "[1]", R"([{"name":"a"}])", R"([{"name":"a","type":"x"}])",
                           R"([{"name":"a","type":"int64","value":1}])",
                           R"([{"name":"a","type":"int64","value":"1x"}])",
                           R"([{"name":"a","type":"int64","value":"9223372036854775808"}])",
                           R"([{"name":"a","type":"list of string","value":[1]}])"}) {
    const auto figures = figures_from_json(text);
    ASSERT_FALSE(figures) << text;
    EXPECT_EQ(figures.error().code, ErrorCode::kCorruption);
  }
}

}  // namespace
}  // namespace tidewaiter
