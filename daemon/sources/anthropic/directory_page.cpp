#include "daemon/sources/anthropic/directory_page.h"

#include <string>

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

PageRead read_person(const nlohmann::json& document, AccountEntry& entry) {
  if (PageRead fault = expect_type(document, "user")) return fault;
  entry.kind = "user";
  if (PageRead fault = need_text(document, "id", entry.id)) return fault;
  entry.owner = entry.id;
  if (PageRead fault = take_text(document, "name", entry.name)) return fault;
  if (PageRead fault = take_text(document, "email", entry.email)) return fault;
  return take_time(document, "added_at", entry.created);
}

PageRead read_workspace(const nlohmann::json& document, AccountEntry& entry) {
  if (PageRead fault = expect_type(document, "workspace")) return fault;
  entry.kind = "project";
  if (PageRead fault = need_text(document, "id", entry.id)) return fault;
  entry.project = entry.id;
  if (PageRead fault = take_text(document, "name", entry.name)) return fault;
  return take_time(document, "created_at", entry.created);
}

/// A key of the default workspace names none. Newer answers name it in `scope`.
PageRead read_workspace_key(const nlohmann::json& document, AccountEntry& entry) {
  if (PageRead fault = expect_type(document, "api_key")) return fault;
  entry.kind = "key";
  if (PageRead fault = need_text(document, "id", entry.id)) return fault;
  entry.api_key = entry.id;
  if (PageRead fault = take_text(document, "name", entry.name)) return fault;
  if (PageRead fault = take_text(document, "workspace_id", entry.project)) return fault;
  const auto scope = document.find("scope");
  if (entry.project.empty() && scope != document.end() && scope->is_object()) {
    if (PageRead fault = take_text(*scope, "workspace_id", entry.project)) return fault;
  }
  const auto maker = document.find("created_by");
  if (maker != document.end() && maker->is_object()) {
    if (PageRead fault = take_text(*maker, "id", entry.owner)) return fault;
  }
  return take_time(document, "created_at", entry.created);
}

}  // namespace

Result<FeedAnswer> read_anthropic_directory(std::string_view body, const AccountReading& reading) {
  const auto take = [&reading](std::string_view raw, FeedAnswer& answer) -> PageRead {
    nlohmann::json document;
    AccountEntry entry;
    if (PageRead fault = parse_entry(raw, document)) return fault;
    PageRead fault = reading.endpoint == "users"        ? read_person(document, entry)
                     : reading.endpoint == "workspaces" ? read_workspace(document, entry)
                                                        : read_workspace_key(document, entry);
    if (fault) return fault;
    answer.records.push_back(account_record(entry, reading));
    return std::nullopt;
  };
  return read_list_page(body, "", take);
}

}  // namespace tidewaiter
