#include "daemon/simulate/directory_page.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;
using enum HostileMode;
using enum DirectoryList;

bool is_openai(DirectoryList list) { return list <= kOpenAiAdminKeys; }

std::int64_t seconds(UtcTime time) { return time.us / kSecond.us; }

Json openai_user(const Customer& customer) {
  return {{"object", "organization.user"},
          {"id", customer.user},
          {"name", customer.name},
          {"email", customer.email},
          {"role", "reader"},
          {"added_at", seconds(customer.created)}};
}

Json openai_project(const Customer& customer) {
  return {{"id", customer.project},    {"object", "organization.project"},
          {"name", customer.name},     {"created_at", seconds(customer.created)},
          {"archived_at", nullptr},    {"status", "active"},
          {"external_key_id", nullptr}};
}

Json openai_key(const Customer& customer) {
  const Json owner = {{"id", customer.user},
                      {"name", customer.name},
                      {"email", customer.email},
                      {"role", "owner"},
                      {"created_at", seconds(customer.created)}};
  return {{"object", "organization.project.api_key"},
          {"redacted_value", "sk-sim...key"},
          {"name", customer.name + " key"},
          {"created_at", seconds(customer.created)},
          {"last_used_at", nullptr},
          {"id", customer.api_key},
          {"owner_project_access", "active"},
          {"owner", {{"type", "user"}, {"user", owner}}}};
}

Json openai_admin_key(const Customer& customer) {
  return {{"object", "organization.admin_api_key"},
          {"id", customer.api_key + "_admin"},
          {"name", customer.name + " admin key"},
          {"redacted_value", "sk-admin...sim"},
          {"created_at", seconds(customer.created)},
          {"expires_at", nullptr},
          {"last_used_at", nullptr},
          {"owner",
           {{"type", "user"},
            {"object", "organization.user"},
            {"id", customer.user},
            {"name", customer.name},
            {"created_at", seconds(customer.created)},
            {"role", "owner"}}}};
}

Json anthropic_user(const Customer& customer) {
  return {{"id", customer.user},   {"type", "user"}, {"email", customer.email},
          {"name", customer.name}, {"role", "user"}, {"added_at", format_time(customer.created)}};
}

Json anthropic_workspace(const Customer& customer) {
  return {{"id", customer.project}, {"type", "workspace"},
          {"name", customer.name},  {"created_at", format_time(customer.created)},
          {"archived_at", nullptr}, {"display_color", "#6C5BB9"}};
}

Json anthropic_key(const Customer& customer) {
  return {{"id", customer.api_key},
          {"type", "api_key"},
          {"name", customer.name + " key"},
          {"workspace_id", customer.project},
          {"created_at", format_time(customer.created)},
          {"created_by", {{"id", customer.user}, {"type", "user"}}},
          {"partial_key_hint", "sk-sim...key"},
          {"status", "active"}};
}

Json anthropic_service_account(const Customer& customer) {
  return {{"id", "svac_sim_" + std::to_string(customer.number)},
          {"type", "service_account"},
          {"name", "robot-" + std::to_string(customer.number)},
          {"description", nullptr},
          {"organization_role", "developer"},
          {"created_at", format_time(customer.created)},
          {"archived_at", nullptr}};
}

/// The measures against a customer: of five, one is banned and one may not be served where it is.
Json enforcement_actions(const Customer& customer) {
  const UtcTime opened = customer.created + Duration{400 * kDay.us};
  const auto action = [&](const char* type, const char* reason, Json expires) -> Json {
    return {{"id", "enac_sim_" + std::to_string(customer.number)},
            {"type", type},
            {"reason", reason},
            {"action", nullptr},
            {"opened_at", format_time(opened)},
            {"expires_at", std::move(expires)}};
  };
  if (customer.number % 5 == 3) return Json::array({action("ban", "fraud_or_abuse", nullptr)});
  if (customer.number % 5 != 4) return Json::array();
  return Json::array(
      {action("restriction", "unsupported_region", format_time(opened + Duration{365 * kDay.us}))});
}

Json anthropic_profile(const Customer& customer) {
  static constexpr std::array<const char*, 5> kStatus = {"unrestricted", "unrestricted",
                                                         "unrestricted", "banned", "restricted"};
  const auto place = static_cast<std::size_t>(customer.number % 5);
  return {{"id", "uprof_sim_" + std::to_string(customer.number)},
          {"type", "user_profile"},
          {"name", customer.name},
          {"access_type", place == 1 ? "passthrough" : "application"},
          {"created_at", format_time(customer.created)},
          {"updated_at", format_time(customer.created)},
          {"enforcement_status", kStatus[place]},
          {"enforcement_actions", enforcement_actions(customer)},
          {"external_user_details",
           {{"account_status", "active"},
            {"country", "FR"},
            {"email_hash", nullptr},
            {"entity_type", "business"},
            {"name_hash", nullptr},
            {"onboarded_at", nullptr},
            {"reference_id", customer.project}}},
          {"metadata", Json::object()},
          {"programs", Json::object()}};
}

bool is_cursor(DirectoryList list) {
  return list == kAnthropicServiceAccounts || list == kAnthropicProfiles;
}

Json entry_of(DirectoryList list, const Customer& customer) {
  switch (list) {
    case kOpenAiUsers:
      return openai_user(customer);
    case kOpenAiProjects:
      return openai_project(customer);
    case kOpenAiProjectKeys:
      return openai_key(customer);
    case kOpenAiAdminKeys:
      return openai_admin_key(customer);
    case kAnthropicUsers:
      return anthropic_user(customer);
    case kAnthropicWorkspaces:
      return anthropic_workspace(customer);
    case kAnthropicKeys:
      return anthropic_key(customer);
    case kAnthropicServiceAccounts:
      return anthropic_service_account(customer);
    case kAnthropicProfiles:
      return anthropic_profile(customer);
  }
  return {};
}

/// A list of another kind, in the same words.
DirectoryList other_list(DirectoryList list) {
  if (is_openai(list)) return list == kOpenAiUsers ? kOpenAiProjects : kOpenAiUsers;
  return list == kAnthropicUsers ? kAnthropicWorkspaces : kAnthropicUsers;
}

Result<std::vector<Json>> entries_of(const ProviderModel& model, const DirectoryRequest& request,
                                     HostileMode mode, std::int64_t asked) {
  std::vector<Customer> customers = model.directory();
  if (request.list == kOpenAiProjectKeys) {
    std::erase_if(customers,
                  [&request](const Customer& one) { return one.project != request.project; });
    if (customers.empty()) return fail(ErrorCode::kNotFound, "there is no such project");
  }
  // Whoever came last is not told of at first.
  if (mode == kLate && asked == 0 && customers.size() > 1) customers.pop_back();
  std::vector<Json> entries;
  for (Customer& customer : customers) {
    if (mode == kRestated && asked > 0) customer.name += " Holding";
    const DirectoryList shown = mode == kWrongObject ? other_list(request.list) : request.list;
    entries.push_back(entry_of(shown, customer));
  }
  return entries;
}

void spoil_entries(HostileMode mode, Json& data) {
  if (mode == kBadRow && !data.empty()) data.front()["name"] = 7;
  if (mode != kMoved) return;
  for (Json& entry : data) {
    entry["identifier"] = entry["id"];
    entry.erase("id");
  }
}

void spoil_page(HostileMode mode, std::int64_t asked, Json& page) {
  if (mode != kEndless && mode != kRepeatedToken && mode != kNoToken) return;
  page["has_more"] = true;
  if (mode == kEndless) page["last_id"] = "sim-" + std::to_string(asked + 1);
  if (mode == kNoToken) page["last_id"] = nullptr;
}

/// The same page as a list that goes on by `next_page`: without a token it is the last one, so that
/// one that says nothing has no such member.
Json cursor_page(HostileMode mode, Json page) {
  Json cursor = {{"data", std::move(page["data"])}};
  if (mode == kNoToken) return cursor;
  cursor["next_page"] = page["has_more"].get<bool>() ? page["last_id"] : Json(nullptr);
  return cursor;
}

}  // namespace

Result<std::string> directory_page(const ProviderModel& model, const DirectoryRequest& request,
                                   HostileMode mode, std::int64_t asked, std::int64_t most) {
  Result<std::vector<Json>> entries = entries_of(model, request, mode, asked);
  if (!entries) return tl::unexpected(entries.error());
  auto at = entries->begin();
  if (!request.after.empty() && mode != kEndless && mode != kRepeatedToken) {
    at = std::find_if(entries->begin(), entries->end(),
                      [&request](const Json& one) { return one["id"] == request.after; });
    if (at == entries->end()) return fail(ErrorCode::kInvalidInput, "no entry has the id `after`");
    ++at;
  }
  Json data = Json::array();
  const std::int64_t count = std::clamp<std::int64_t>(request.limit, 1, most);
  for (; at != entries->end() && std::ssize(data) < count; ++at) data.push_back(*at);
  Json page = Json::object();
  if (is_openai(request.list)) page["object"] = "list";
  page["first_id"] = data.empty() ? Json(nullptr) : data.front()["id"];
  page["last_id"] = data.empty() ? Json(nullptr) : data.back()["id"];
  page["has_more"] = at != entries->end();
  spoil_page(mode, asked, page);
  spoil_entries(mode, data);
  page["data"] = std::move(data);
  if (is_cursor(request.list)) page = cursor_page(mode, std::move(page));
  return page.dump();
}

}  // namespace tidewaiter
