#include "daemon/notify/notice_group.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/finding.h"
#include "policies/model/json_member.h"

namespace tidewaiter {
namespace {

constexpr std::array kRising = {Severity::kLow, Severity::kMedium, Severity::kHigh,
                                Severity::kCritical};

/// The place of a severity among those that rise; 0 for a word that is none.
std::size_t rank_of(const std::string& severity) {
  const auto* const found = std::ranges::find(kRising, severity, severity_name);
  return found == kRising.end() ? 0 : static_cast<std::size_t>(found - kRising.begin());
}

}  // namespace

std::string group_body(std::span<const OutboxMessage> messages, const std::string& group_by,
                       const std::string& key) {
  if (messages.size() == 1) return messages.front().body;
  nlohmann::json findings = nlohmann::json::array();
  std::string origin;
  std::size_t gravest = 0;
  for (const OutboxMessage& message : messages) {
    const auto body = nlohmann::json::parse(message.body, nullptr, false);
    nlohmann::json one = nlohmann::json::object();
    for (const char* const name : {"finding", "policy", "version", "severity", "from", "to"}) {
      if (body.is_object() && body.contains(name)) one[name] = body[name];
    }
    gravest = std::max(gravest, rank_of(text_member(body, "severity").value_or("")));
    origin = text_member(body, "origin").value_or("");
    findings.push_back(std::move(one));
  }
  const std::string severity(severity_name(kRising.at(gravest)));
  nlohmann::json group = {
      {"type", "findings.opened"},
      {"origin", origin},
      {"group_by", group_by},
      {"group", key},
      {"severity", severity},
      {"findings", std::move(findings)},
      {"text", std::to_string(messages.size()) + " potential violations " +
                   (group_by == "case" ? "in case " : "of ") + key + ", the gravest " + severity}};
  if (group_by == "policy") group["policy"] = key;
  return group.dump();
}

}  // namespace tidewaiter
