#include "daemon/notify/chat_form.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

using Json = nlohmann::json;

Notice opened(const std::string& severity) {
  const Json body{{"type", "finding.opened"}, {"origin", "example.org/ledger"},
                  {"finding", "f-1"},         {"policy", "tos.sharing"},
                  {"severity", severity},     {"text", "potential <violation> & more"}};
  return make_notice(7, "0a1b2c3d-7", body.dump(), UtcTime{1'764'410'400'000'000});
}

TEST(SlackMessage, HasNoMentionsAndNoLinks) {
  const Json message = Json::parse(slack_message(opened("high")));
  EXPECT_EQ(message, Json({{"text", "potential &lt;violation&gt; &amp; more (high)"}}));
}

TEST(PagerDutyEvent, IsOneIncidentForAFinding) {
  const Json event = Json::parse(pagerduty_event(opened("high"), "R0UT1NG"));
  EXPECT_EQ(event.at("routing_key"), "R0UT1NG");
  EXPECT_EQ(event.at("event_action"), "trigger");
  EXPECT_EQ(event.at("dedup_key"), "f-1");
  const Json& payload = event.at("payload");
  EXPECT_EQ(payload.at("summary"), "potential <violation> & more");
  EXPECT_EQ(payload.at("source"), "example.org/ledger");
  EXPECT_EQ(payload.at("timestamp"), "2025-11-29T10:00:00Z");
  EXPECT_EQ(payload.at("custom_details").at("policy"), "tos.sharing");
}

TEST(PagerDutyEvent, HasItsFourSeverities) {
  const auto severity = [](const std::string& ours) {
    const Json event = Json::parse(pagerduty_event(opened(ours), "k"));
    return event.at("payload").at("severity").get<std::string>();
  };
  EXPECT_EQ(severity("critical"), "critical");
  EXPECT_EQ(severity("high"), "error");
  EXPECT_EQ(severity("medium"), "warning");
  EXPECT_EQ(severity("low"), "info");
}

TEST(PagerDutyEvent, WithoutAFindingGoesByItsKey) {
  const Notice digest = make_notice(8, "0a1b2c3d-8", R"({"type":"history.digest"})", UtcTime{});
  EXPECT_EQ(Json::parse(pagerduty_event(digest, "k")).at("dedup_key"), "0a1b2c3d-8");
}

}  // namespace
}  // namespace tidewaiter
