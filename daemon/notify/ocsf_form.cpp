#include "daemon/notify/ocsf_form.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
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
constexpr int kIncidentFinding = 2005;
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

/// `finding` as the object that findings are told by: `{finding, policy, version, from, to}`.
Json finding_info(const nlohmann::json& finding) {
  const std::string policy = text_member(finding, "policy").value_or("");
  Json info{{"uid", text_member(finding, "finding").value_or("")},
            {"title", "potential violation of " + policy}};
  Json analytic{{"type_id", kIsARule}, {"type", "Rule"}, {"uid", policy}};
  const auto version = number_member(finding, "version");
  if (version) analytic["version"] = std::to_string(*version);
  info["analytic"] = std::move(analytic);
  if (const auto from = milliseconds_member(finding, "from")) info["first_seen_time"] = *from;
  if (const auto to = milliseconds_member(finding, "to")) info["last_seen_time"] = *to;
  return info;
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

Json finding_event(const Notice& notice, std::string_view version, int class_uid) {
  Json event = event_of(notice, version, class_uid, kCreate);
  event["status_id"] = kNew;
  event["status"] = "New";
  return event;
}

}  // namespace

std::string ocsf_event(const Notice& notice, std::string_view version) {
  const auto body = nlohmann::json::parse(notice.body, nullptr, false);
  Json event;
  if (!notice.finding.empty()) {
    event = finding_event(notice, version, kDetectionFinding);
    event["finding_info"] = finding_info(body);
  } else if (body.is_object() && body.contains("findings") && body["findings"].is_array()) {
    event = finding_event(notice, version, kIncidentFinding);
    Json infos = Json::array();
    std::ranges::transform(body["findings"], std::back_inserter(infos), finding_info);
    event["finding_info_list"] = std::move(infos);
  } else {
    event = event_of(notice, version, kBaseEvent, kOther);
  }
  // A text that is not UTF-8 is shown with replacement characters rather than lost.
  return event.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace tidewaiter
