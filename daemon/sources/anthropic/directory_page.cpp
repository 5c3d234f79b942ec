#include "daemon/sources/anthropic/directory_page.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/sources/contract/list_page.h"

namespace tidewaiter {
namespace {

/// Another type of entry is another list than what was asked for.
PageRead expect_type(const nlohmann::json& document, std::string_view wanted) {
  const auto type = document.find("type");
  if (type != document.end() && type->is_string() && type->get<std::string>() == wanted) {
    return std::nullopt;
  }
  return page_fault("`type` is not `" + std::string(wanted) + "`");
}

/// What entries of a list have in common: their type, id and name.
PageRead read_named(const nlohmann::json& document, std::string_view type, const char* kind,
                    AccountEntry& entry) {
  if (PageRead fault = expect_type(document, type)) return fault;
  entry.kind = kind;
  if (PageRead fault = need_text(document, "id", entry.id)) return fault;
  return take_text(document, "name", entry.name);
}

PageRead take_archived(const nlohmann::json& document, AccountEntry& entry) {
  std::optional<UtcTime> archived;
  if (PageRead fault = take_time(document, "archived_at", archived)) return fault;
  if (archived) entry.enforcement.emplace_back("archived");
  return std::nullopt;
}

PageRead read_person(const nlohmann::json& document, AccountEntry& entry) {
  if (PageRead fault = read_named(document, "user", "user", entry)) return fault;
  entry.owner = entry.id;
  if (PageRead fault = take_text(document, "email", entry.email)) return fault;
  return take_time(document, "added_at", entry.created);
}

PageRead read_workspace(const nlohmann::json& document, AccountEntry& entry) {
  if (PageRead fault = read_named(document, "workspace", "project", entry)) return fault;
  entry.project = entry.id;
  if (PageRead fault = take_archived(document, entry)) return fault;
  return take_time(document, "created_at", entry.created);
}

/// What asks under a name of its own: the principal that usage names.
PageRead read_service_account(const nlohmann::json& document, AccountEntry& entry) {
  if (PageRead fault = read_named(document, "service_account", "user", entry)) return fault;
  entry.owner = entry.id;
  if (PageRead fault = take_archived(document, entry)) return fault;
  return take_time(document, "created_at", entry.created);
}

/// A key of the default workspace names none. Newer answers name it in `scope`.
PageRead read_workspace_key(const nlohmann::json& document, UtcTime end, AccountEntry& entry) {
  if (PageRead fault = read_named(document, "api_key", "key", entry)) return fault;
  entry.api_key = entry.id;
  if (PageRead fault = take_text(document, "workspace_id", entry.project)) return fault;
  const auto scope = document.find("scope");
  if (entry.project.empty() && scope != document.end() && scope->is_object()) {
    if (PageRead fault = take_text(*scope, "workspace_id", entry.project)) return fault;
  }
  const auto maker = document.find("created_by");
  if (maker != document.end() && maker->is_object()) {
    if (PageRead fault = take_text(*maker, "id", entry.owner)) return fault;
  }
  std::string status;
  if (PageRead fault = take_text(document, "status", status)) return fault;
  if (!status.empty() && status != "active") entry.enforcement.push_back(std::move(status));
  if (PageRead fault = take_expiry(document, "expires_at", end, entry)) return fault;
  return take_time(document, "created_at", entry.created);
}

/// One open action: its reason, unless that is there, and its line.
PageRead read_action(const nlohmann::json& action, AccountEntry& entry,
                     std::vector<std::string>& lines) {
  std::string type;
  std::string reason;
  std::optional<UtcTime> opened;
  std::optional<UtcTime> expires;
  if (!action.is_object()) return row_fault("`enforcement_actions` holds something else");
  if (PageRead fault = need_text(action, "type", type)) return fault;
  if (PageRead fault = need_text(action, "reason", reason)) return fault;
  if (PageRead fault = take_time(action, "opened_at", opened)) return fault;
  if (PageRead fault = take_time(action, "expires_at", expires)) return fault;
  std::string line = type + ": " + reason;
  if (opened) line += " since " + format_time(*opened);
  if (expires) line += " until " + format_time(*expires);
  lines.push_back(std::move(line));
  auto& measures = entry.enforcement;
  if (std::ranges::find(measures, reason) == measures.end()) measures.push_back(std::move(reason));
  return std::nullopt;
}

PageRead read_enforcement(const nlohmann::json& document, AccountEntry& entry) {
  static constexpr std::array<std::string_view, 3> kLimits = {"banned", "pending", "restricted"};
  std::string status;
  if (PageRead fault = need_text(document, "enforcement_status", status)) return fault;
  if (status != "unrestricted") {
    const bool known = std::ranges::find(kLimits, status) != kLimits.end();
    if (!known) entry.enforcement.emplace_back("restricted");
    entry.enforcement.push_back(std::move(status));
  }
  const auto actions = document.find("enforcement_actions");
  if (actions == document.end() || !actions->is_array()) {
    return row_fault("`enforcement_actions` is no array");
  }
  std::vector<std::string> lines;
  for (const nlohmann::json& action : *actions) {
    if (PageRead fault = read_action(action, entry, lines)) return fault;
  }
  std::ranges::move(lines, std::back_inserter(entry.enforcement));
  return std::nullopt;
}

/// Whom a platform serves or resells to. Its country is the platform's word, verified by nobody.
PageRead read_profile(const nlohmann::json& document, AccountEntry& entry) {
  if (PageRead fault = read_named(document, "user_profile", "end_user", entry)) return fault;
  entry.end_user = entry.id;
  std::string access;
  if (PageRead fault = take_text(document, "access_type", access)) return fault;
  if (access == "passthrough") entry.reseller = std::move(access);
  const auto details = document.find("external_user_details");
  if (details != document.end() && details->is_object()) {
    std::string country;
    if (PageRead fault = take_text(*details, "country", country)) return fault;
    entry.country_declared = alpha_two(country);
  }
  if (PageRead fault = read_enforcement(document, entry)) return fault;
  return take_time(document, "created_at", entry.created);
}

PageRead read_entry(const nlohmann::json& document, const AccountReading& reading,
                    AccountEntry& entry) {
  if (reading.endpoint == "users") return read_person(document, entry);
  if (reading.endpoint == "workspaces") return read_workspace(document, entry);
  if (reading.endpoint == "service_accounts") return read_service_account(document, entry);
  if (reading.endpoint == "user_profiles") return read_profile(document, entry);
  return read_workspace_key(document, reading.day.to, entry);
}

}  // namespace

bool is_cursor_list(std::string_view endpoint) {
  return endpoint == "service_accounts" || endpoint == "user_profiles";
}

Result<FeedAnswer> read_anthropic_directory(std::string_view body, const AccountReading& reading) {
  const auto take = [&reading](std::string_view raw, FeedAnswer& answer) -> PageRead {
    nlohmann::json document;
    AccountEntry entry;
    if (PageRead fault = parse_entry(raw, document)) return fault;
    if (PageRead fault = read_entry(document, reading, entry)) return fault;
    answer.records.push_back(account_record(entry, reading));
    return std::nullopt;
  };
  return is_cursor_list(reading.endpoint) ? read_cursor_page(body, take)
                                          : read_list_page(body, "", take);
}

}  // namespace tidewaiter
