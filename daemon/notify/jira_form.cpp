#include "daemon/notify/jira_form.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "daemon/outbound/http_client.h"
#include "policies/model/ascii.h"
#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

/// Jira refuses a longer one.
constexpr std::size_t kMostSummaryCharacters = 255;
constexpr std::size_t kMostProjectKey = 80;
/// Of a description, which has room for 32,767 in all.
constexpr std::size_t kMostBodyBytes = 20'000;

/// One line of whole characters: what is no UTF-8, or no character of a line, becomes a blank.
std::string summary_of(std::string_view text) {
  std::string line;
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size() && characters < kMostSummaryCharacters; ++characters) {
    const std::size_t length = utf8_length_at(text, at);
    const bool plain = length > 0 && !is_control(text[at]);
    line += plain ? text.substr(at, length) : std::string_view(" ");
    at += std::max<std::size_t>(length, 1);
  }
  // One without a summary is refused, too.
  if (line.find_first_not_of(' ') == std::string::npos) line = "Word from Tidewaiter";
  return line;
}

nlohmann::json paragraph(const std::string& text) {
  return {{"type", "paragraph"}, {"content", {{{"type", "text"}, {"text", text}}}}};
}

/// The message as text, cut before a character where it is longer than there is room for.
std::string body_text(const nlohmann::json& body) {
  std::string text = body.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
  if (text.size() <= kMostBodyBytes) return text;
  std::size_t end = kMostBodyBytes;
  while (utf8_length_at(text, end) == 0) --end;
  return text.substr(0, end) + "\n… (cut: `tidewaiter notify list` has the message)";
}

/// The sentence, then what the message says in members, as it came.
nlohmann::json description_of(const Notice& notice) {
  nlohmann::json content = nlohmann::json::array();
  if (!notice.text.empty()) content.push_back(paragraph(notice.text));
  const auto body = nlohmann::json::parse(notice.body, nullptr, false);
  if (body.is_object()) {
    content.push_back({{"type", "codeBlock"},
                       {"attrs", {{"language", "json"}}},
                       {"content", {{{"type", "text"}, {"text", body_text(body)}}}}});
  }
  if (!notice.finding.empty()) {
    content.push_back(paragraph("Whom it is about, and on what it rests: tidewaiter finding show " +
                                notice.finding));
  }
  return {{"type", "doc"}, {"version", 1}, {"content", content}};
}

}  // namespace

std::string jira_label(const Notice& notice) { return "tidewaiter-" + notice.key; }

std::string jira_issue(const Notice& notice, std::string_view project,
                       std::string_view issue_type) {
  nlohmann::json labels = {"tidewaiter", jira_label(notice)};
  if (!notice.severity.empty()) labels.push_back("severity-" + notice.severity);
  const nlohmann::json issue = {{"fields",
                                 {{"project", {{"key", std::string(project)}}},
                                  {"issuetype", {{"name", std::string(issue_type)}}},
                                  {"summary", summary_of(notice.text)},
                                  {"description", description_of(notice)},
                                  {"labels", labels}}}};
  return issue.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string jira_search(std::string_view project, std::string_view label) {
  const std::string query =
      "project = \"" + std::string(project) + "\" AND labels = \"" + std::string(label) + "\"";
  return "/rest/api/3/search/jql?fields=key&maxResults=1&jql=" + percent_encoded(query);
}

Result<bool> jira_found(std::string_view answer) {
  const auto document = nlohmann::json::parse(answer, nullptr, false);
  const auto issues = document.is_object() ? document.find("issues") : document.end();
  if (!document.is_object() || issues == document.end() || !issues->is_array()) {
    return fail(ErrorCode::kInvalidInput, "its answer to a search has no list of issues");
  }
  return !issues->empty();
}

bool is_jira_project(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return text.size() >= 2 && text.size() <= kMostProjectKey && text.front() >= 'A' &&
         text.front() <= 'Z' && std::ranges::all_of(text, allowed);
}

}  // namespace tidewaiter
