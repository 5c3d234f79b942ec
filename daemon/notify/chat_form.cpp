#include "daemon/notify/chat_form.h"

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

constexpr std::size_t kMostSummary = 1024;
constexpr std::size_t kMostDedup = 255;

std::string escaped_for_slack(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

/// PagerDuty has four.
std::string pagerduty_severity(const std::string& severity) {
  if (severity == "critical") return "critical";
  if (severity == "high") return "error";
  return severity == "medium" ? "warning" : "info";
}

}  // namespace

std::string slack_message(const Notice& notice) {
  std::string text = escaped_for_slack(notice.text);
  if (!notice.severity.empty()) text += " (" + escaped_for_slack(notice.severity) + ")";
  return nlohmann::json{{"text", text}}.dump();
}

std::string pagerduty_event(const Notice& notice, std::string_view routing_key) {
  const std::string& dedup = notice.finding.empty() ? notice.key : notice.finding;
  const auto details = nlohmann::json::parse(notice.body, nullptr, false);
  nlohmann::json payload{{"summary", notice.text.substr(0, kMostSummary)},
                         {"source", notice.origin.empty() ? "tidewaiter" : notice.origin},
                         {"severity", pagerduty_severity(notice.severity)},
                         {"timestamp", format_time(notice.at)},
                         {"component", "tidewaiter"}};
  if (details.is_object()) payload["custom_details"] = details;
  return nlohmann::json{{"routing_key", std::string(routing_key)},
                        {"event_action", "trigger"},
                        {"dedup_key", dedup.substr(0, kMostDedup)},
                        {"payload", payload}}
      .dump();
}

}  // namespace tidewaiter
