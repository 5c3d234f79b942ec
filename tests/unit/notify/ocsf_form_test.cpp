// Events of OCSF, by the numbers of its published classes: detection_finding and base_event.
// tests/interop/notify holds them against the schemas of three versions.
#include "daemon/notify/ocsf_form.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

using nlohmann::json;

constexpr UtcTime kSent{1'764'410'400'000'000};  // 2025-11-29T10:00:00Z

json event_of(std::string body) {
  return json::parse(ocsf_event(make_notice(7, "0a1b2c3d-7", std::move(body), kSent), "1.2"));
}

TEST(OcsfEvent, OfAFindingIsADetectionFinding) {
  const json event = event_of(
      R"({"type":"finding.opened","origin":"example.org/ledger","finding":"f-1","policy":"a.b",)"
      R"("version":3,"severity":"high","from":"2025-11-29T08:00:00Z","to":"2025-11-29T09:00:00.5Z",)"
      R"("text":"potential violation of a.b: finding f-1"})");
  EXPECT_EQ(event, json::parse(R"({
    "class_uid": 2004, "category_uid": 2, "activity_id": 1, "type_uid": 200401,
    "time": 1764410400000, "severity_id": 4, "severity": "High", "status_id": 1, "status": "New",
    "message": "potential violation of a.b: finding f-1",
    "metadata": {"version": "1.3.0", "uid": "0a1b2c3d-7", "event_code": "finding.opened",
                 "log_provider": "example.org/ledger",
                 "product": {"name": "Tidewaiter", "vendor_name": "Tidewaiter", "version": "1.2"}},
    "finding_info": {"uid": "f-1", "title": "potential violation of a.b",
                     "analytic": {"type_id": 1, "type": "Rule", "uid": "a.b", "version": "3"},
                     "first_seen_time": 1764403200000, "last_seen_time": 1764406800500}})"));
}

TEST(OcsfEvent, OfSeveralFindingsIsOneThatNamesThemAll) {
  const json event = event_of(
      R"({"type":"findings.opened","origin":"o","severity":"critical","text":"3 in case c-1",)"
      R"("findings":[{"finding":"f-1","policy":"a","version":1,"severity":"low"},)"
      R"({"finding":"f-2","policy":"b","version":2,"severity":"critical"},)"
      R"({"finding":"f-3","policy":"a","version":1,"severity":"low"}]})");
  EXPECT_EQ(event["type_uid"], 200401);
  EXPECT_EQ(event["severity_id"], 5);
  EXPECT_EQ(event["status_id"], 1);
  EXPECT_EQ(event["finding_info"], json::parse(R"({
    "uid": "0a1b2c3d-7", "title": "3 in case c-1",
    "related_events": [{"uid": "f-1", "type_uid": 200401}, {"uid": "f-2", "type_uid": 200401},
                       {"uid": "f-3", "type_uid": 200401}],
    "related_analytics": [{"type_id": 1, "type": "Rule", "uid": "a", "version": "1"},
                          {"type_id": 1, "type": "Rule", "uid": "b", "version": "2"}]})"));
}

TEST(OcsfEvent, OfAnythingElseIsABaseEvent) {
  const json event = event_of(R"({"type":"channel.test","origin":"o","text":"a \"test\"\nof it"})");
  EXPECT_EQ(event["class_uid"], 0);
  EXPECT_EQ(event["category_uid"], 0);
  EXPECT_EQ(event["activity_id"], 99);
  EXPECT_EQ(event["type_uid"], 99);
  EXPECT_EQ(event["severity_id"], 1);
  EXPECT_EQ(event["message"], "a \"test\"\nof it");
  EXPECT_FALSE(event.contains("status_id"));
}

TEST(OcsfEvent, HasEachSeverityByItsNumber) {
  const auto severity_id = [](const std::string& word) {
    return event_of(R"({"type":"t","text":"x","severity":")" + word + "\"}")["severity_id"];
  };
  EXPECT_EQ(severity_id("low"), 2);
  EXPECT_EQ(severity_id("medium"), 3);
  EXPECT_EQ(severity_id("high"), 4);
  EXPECT_EQ(severity_id("critical"), 5);
}

TEST(OcsfEvent, IsOneLine) {
  const Notice notice = make_notice(7, "k", R"({"type":"t","text":"x\ny"})", kSent);
  EXPECT_EQ(ocsf_event(notice, "1").find('\n'), std::string::npos);
}

}  // namespace
}  // namespace tidewaiter
