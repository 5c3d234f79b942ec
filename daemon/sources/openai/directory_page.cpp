#include "daemon/sources/openai/directory_page.h"

#include <array>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sources/contract/list_page.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::json;

const Json& member_of(const Json& object, const char* name) {
  static const Json kNothing;
  const auto found = object.find(name);
  return found != object.end() && found->is_object() ? *found : kNothing;
}

bool is_true(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

bool is_false(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_boolean() && !found->get<bool>();
}

/// Another kind of entry is another list than what was asked for.
PageRead expect_object(const Json& entry, std::string_view wanted) {
  const auto object = entry.find("object");
  if (object != entry.end() && object->is_string() && object->get<std::string>() == wanted) {
    return std::nullopt;
  }
  return page_fault("`object` is not `" + std::string(wanted) + "`");
}

PageRead read_user(const Json& document, AccountEntry& entry) {
  if (PageRead fault = expect_object(document, "organization.user")) return fault;
  entry.kind = "user";
  if (PageRead fault = need_text(document, "id", entry.id)) return fault;
  entry.owner = entry.id;  // the principal that usage names
  if (PageRead fault = take_text(document, "name", entry.name)) return fault;
  if (PageRead fault = take_text(document, "email", entry.email)) return fault;
  const auto& user = member_of(document, "user");
  if (is_true(user, "banned")) entry.enforcement.emplace_back("banned");
  if (is_false(user, "enabled")) entry.enforcement.emplace_back("disabled");
  return take_time(document, "added_at", entry.created);
}

PageRead read_project(const Json& document, AccountEntry& entry) {
  if (PageRead fault = expect_object(document, "organization.project")) return fault;
  entry.kind = "project";
  if (PageRead fault = need_text(document, "id", entry.id)) return fault;
  entry.project = entry.id;
  if (PageRead fault = take_text(document, "name", entry.name)) return fault;
  return take_time(document, "created_at", entry.created);
}

/// `owner`: {type, user: {…}} or {type, service_account: {…}} of a project's key; of an admin key,
/// the owner itself.
PageRead read_owner(const Json& key, AccountEntry& entry) {
  const Json& owner = member_of(key, "owner");
  if (!owner.is_object()) return std::nullopt;
  const Json* party = &owner;
  for (const char* const name : {"user", "service_account"}) {
    if (const Json& inner = member_of(owner, name); inner.is_object()) party = &inner;
  }
  if (PageRead fault = take_text(*party, "id", entry.owner)) return fault;
  if (PageRead fault = take_text(*party, "name", entry.owner_name)) return fault;
  return take_text(*party, "email", entry.email);
}

PageRead read_key(const Json& document, std::string_view object, AccountEntry& entry) {
  if (PageRead fault = expect_object(document, object)) return fault;
  entry.kind = "key";
  if (PageRead fault = need_text(document, "id", entry.id)) return fault;
  entry.api_key = entry.id;
  if (PageRead fault = take_text(document, "name", entry.name)) return fault;
  if (PageRead fault = read_owner(document, entry)) return fault;
  return take_time(document, "created_at", entry.created);
}

/// Which key it is, and how long it is good: for the one that asks.
PageRead read_listed(const Json& document, const AccountEntry& entry, FeedAnswer& answer) {
  ListedKey key;
  key.id = entry.id;
  std::string redacted;
  if (PageRead fault = take_text(document, "redacted_value", redacted)) return fault;
  if (PageRead fault = take_time(document, "expires_at", key.expires)) return fault;
  key.tail = tail_of_redacted(redacted);
  answer.keys.push_back(std::move(key));
  return std::nullopt;
}

PageRead read_entry(const Json& document, const AccountReading& reading, AccountEntry& entry) {
  if (reading.endpoint == "users") return read_user(document, entry);
  if (reading.endpoint == "projects") return read_project(document, entry);
  if (PageRead fault = read_key(document, "organization.admin_api_key", entry)) return fault;
  return take_expiry(document, "expires_at", reading.day.to, entry);
}

/// Reads the projects that a walk goes through: their ids alone.
Result<FeedAnswer> read_walked_projects(std::string_view body) {
  KeyWalk next;
  Result<FeedAnswer> answer =
      read_list_page(body, "list", [&next](std::string_view raw, FeedAnswer&) -> PageRead {
        Json tree;
        AccountEntry project;
        if (PageRead fault = parse_entry(raw, tree)) return fault;
        if (PageRead fault = read_project(tree, project)) return fault;
        if (!is_walk_id(project.id)) return row_fault("`id` cannot stand in a path");
        next.projects.push_back(std::move(project.id));
        return std::nullopt;
      });
  if (!answer) return answer;
  if (answer->more) next.after_project = std::exchange(answer->next, {});
  if (answer->more && !is_walk_id(next.after_project)) {
    return refused_page("list of projects", "`last_id` cannot stand in a request");
  }
  answer->more = !next.projects.empty() || !next.after_project.empty();
  answer->next = answer->more ? to_text(next) : std::string();
  return answer;
}

}  // namespace

Result<FeedAnswer> read_directory_page(std::string_view body, const AccountReading& reading) {
  return read_list_page(body, "list",
                        [&reading](std::string_view raw, FeedAnswer& answer) -> PageRead {
                          Json tree;
                          AccountEntry entry;
                          if (PageRead fault = parse_entry(raw, tree)) return fault;
                          if (PageRead fault = read_entry(tree, reading, entry)) return fault;
                          if (reading.endpoint == "admin_api_keys") {
                            if (PageRead fault = read_listed(tree, entry, answer)) return fault;
                          }
                          answer.records.push_back(account_record(entry, reading));
                          return std::nullopt;
                        });
}

Result<FeedAnswer> read_key_walk(std::string_view body, const KeyWalk& walk,
                                 const AccountReading& reading) {
  if (walk.projects.empty()) return read_walked_projects(body);
  const auto take = [&](std::string_view raw, FeedAnswer& answer) -> PageRead {
    Json tree;
    AccountEntry entry;
    if (PageRead fault = parse_entry(raw, tree)) return fault;
    if (PageRead fault = read_key(tree, "organization.project.api_key", entry)) return fault;
    entry.project = walk.projects.front();
    answer.records.push_back(account_record(entry, reading));
    return std::nullopt;
  };
  Result<FeedAnswer> answer = read_list_page(body, "list", take);
  if (!answer) return answer;
  KeyWalk next = walk;
  next.after_key = answer->more ? std::exchange(answer->next, {}) : std::string();
  if (answer->more && !is_walk_id(next.after_key)) {
    return refused_page("list of keys", "`last_id` cannot stand in a request");
  }
  if (!answer->more) next.projects.erase(next.projects.begin());
  answer->more = !next.projects.empty() || !next.after_project.empty();
  answer->next = answer->more ? to_text(next) : std::string();
  return answer;
}

}  // namespace tidewaiter
