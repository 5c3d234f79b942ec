#include "daemon/notify/ocsf_form.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/json_member.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kOcsfVersion = "1.3.0";
constexpr int kFindings = 2;  ///< `category_uid`
constexpr int kDetectionFinding = 2004;
constexpr int kBaseEvent = 0;
constexpr int kCreate = 1;   ///< `activity_id` of findings
constexpr int kOther = 99;   ///< `activity_id` of a Base Event
constexpr int kNew = 1;      ///< `status_id`: no person has looked at it
constexpr int kIsARule = 1;  ///< `analytic.type_id`

struct OcsfSeverity {
  int id;
  std::string_view caption;
};

OcsfSeverity ocsf_severity(const std::string& severity) {
  if (severity == "critical") return {5, "Critical"};
  if (severity == "high") return {4, "High"};
  if (severity == "medium") return {3, "Medium"};
  if (severity == "low") return {2, "Low"};
  return {1, "Informational"};
}

/// OCSF counts milliseconds; nothing where the member is no time.
std::optional<std::int64_t> milliseconds_member(const nlohmann::json& body, const char* name) {
  const auto text = text_member(body, name);
  if (!text) return std::nullopt;
  const Result<UtcTime> time = parse_time(*text);
  return time ? std::optional(time->us / 1000) : std::nullopt;
}

/// The policy of a finding: `{policy, version}`.
Json analytic_of(const nlohmann::json& finding) {
  Json analytic{{"type_id", kIsARule},
                {"type", "Rule"},
                {"uid", text_member(finding, "policy").value_or("")}};
  const auto version = number_member(finding, "version");
  if (version) analytic["version"] = std::to_string(*version);
  return analytic;
}

/// `finding` as a body of one has it: `{finding, policy, version, from, to}`.
Json info_of_finding(const nlohmann::json& finding) {
  Json info{{"uid", text_member(finding, "finding").value_or("")},
            {"title", "potential violation of " + text_member(finding, "policy").value_or("")},
            {"analytic", analytic_of(finding)}};
  if (const auto from = milliseconds_member(finding, "from")) info["first_seen_time"] = *from;
  if (const auto to = milliseconds_member(finding, "to")) info["last_seen_time"] = *to;
  return info;
}

/// Several findings as one, which is named as the message is: an incident of OCSF is somebody's,
/// and these are nobody's yet.
Json info_of_group(const Notice& notice, const nlohmann::json& findings) {
  Json events = Json::array();
  Json analytics = Json::array();
  for (const nlohmann::json& finding : findings) {
    events.push_back({{"uid", text_member(finding, "finding").value_or("")},
                      {"type_uid", kDetectionFinding * 100 + kCreate}});
    Json analytic = analytic_of(finding);
    if (std::ranges::find(analytics, analytic) == analytics.end()) {
      analytics.push_back(std::move(analytic));
    }
  }
  return {{"uid", notice.key},
          {"title", notice.text},
          {"related_events", std::move(events)},
          {"related_analytics", std::move(analytics)}};
}

Json event_of(const Notice& notice, std::string_view version, int class_uid, int activity) {
  const OcsfSeverity severity = ocsf_severity(notice.severity);
  return {{"class_uid", class_uid},
          {"category_uid", class_uid == kBaseEvent ? 0 : kFindings},
          {"activity_id", activity},
          {"type_uid", class_uid * 100 + activity},
          {"time", notice.at.us / 1000},
          {"severity_id", severity.id},
          {"severity", severity.caption},
          {"message", notice.text},
          {"metadata",
           {{"version", kOcsfVersion},
            {"uid", notice.key},
            {"event_code", notice.type},
            {"log_provider", notice.origin},
            {"product",
             {{"name", "Tidewaiter"}, {"vendor_name", "Tidewaiter"}, {"version", version}}}}}};
}

std::optional<Json> finding_info(const Notice& notice) {
  const auto body = nlohmann::json::parse(notice.body, nullptr, false);
  if (!notice.finding.empty()) return info_of_finding(body);
  if (body.is_object() && body.contains("findings") && body["findings"].is_array()) {
    return info_of_group(notice, body["findings"]);
  }
  return std::nullopt;
}

}  // namespace

std::string ocsf_event(const Notice& notice, std::string_view version) {
  Json event;
  if (std::optional<Json> info = finding_info(notice)) {
    event = event_of(notice, version, kDetectionFinding, kCreate);
    event["status_id"] = kNew;
    event["status"] = "New";
    event["finding_info"] = *std::move(info);
  } else {
    event = event_of(notice, version, kBaseEvent, kOther);
  }
  // A text that is not UTF-8 is shown with replacement characters rather than lost.
  return event.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace tidewaiter
