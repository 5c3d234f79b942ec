#include "daemon/simulate/audit_page.h"

#include <algorithm>
#include <array>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/simulate/customer_deeds.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;
using enum HostileMode;

constexpr std::int64_t kUsual = 20;
constexpr std::int64_t kOpenAiMost = 100;
constexpr std::int64_t kAnthropicUsual = 100;
constexpr std::int64_t kAnthropicMost = 5'000;

/// How many activities stand before one that is told twice.
constexpr std::int64_t kToldOnce = 4;

/// What this program's sources call themselves.
constexpr const char* kProgram = "tidewaiter";

constexpr std::array<const char*, 10> kOpenAiTypes = {"user.added",
                                                      "project.created",
                                                      "api_key.created",
                                                      "api_key.updated",
                                                      "login.failed",
                                                      "login.succeeded",
                                                      "logout.succeeded",
                                                      "tenant.session_policy.updated",
                                                      "",
                                                      ""};

constexpr std::array<const char*, 10> kAnthropicTypes = {
    "org_user_invite_accepted", "platform_workspace_created",
    "platform_api_key_created", "platform_api_key_updated",
    "sso_login_failed",         "sso_login_succeeded",
    "user_logged_out",          "claude_organization_settings_updated",
    "compliance_api_accessed",  "compliance_api_accessed"};

const char* type_in(const std::array<const char*, 10>& types, DeedKind deed) {
  return types[static_cast<std::size_t>(deed)];
}

/// An address of a documentation network (RFC 5737); logins that fail come from elsewhere.
std::string address_of(const CustomerDeed& deed) {
  const char* const network = deed.deed == DeedKind::kLoginFailed ? "203.0.113." : "198.51.100.";
  return network + std::to_string(1 + deed.customer % 250);
}

std::string agent_of(const CustomerDeed& deed, const PageState& state) {
  std::string agent = "Mozilla/5.0 (simulated)";
  if (deed.deed == DeedKind::kReadByProgram) return kProgram;
  if (deed.deed == DeedKind::kReadByOther) agent = "curl/8.5.0";
  return state.mode == kRestated && state.again > 0 ? agent + " again" : agent;
}

/// The walk through a feed is the same for all: what differs is in these.
struct AuditWords {
  const char* after;  ///< the parameter of the cursor
  const char* time;   ///< the member of an event's time
  Json (*event)(const CustomerDeed& deed, const Customer& customer, const PageState& state);
  Json (*instant)(UtcTime time);
  bool tells_twice;
};

Json openai_actor(const CustomerDeed& deed, const Customer& customer, const PageState& state) {
  const Json user = {{"id", customer.user}, {"email", customer.email}};
  if (deed.deed == DeedKind::kKeyChanged) {
    Json key = {{"id", customer.api_key}, {"type", "user"}, {"user", user}};
    if (deed.customer % 2 == 1) {
      key = {{"id", customer.api_key},
             {"type", "service_account"},
             {"service_account", {{"id", "svc-" + customer.user}}}};
    }
    return {{"type", "api_key"}, {"api_key", std::move(key)}};
  }
  const Json details = {
      {"country", "NL"}, {"city", "Utrecht"}, {"asn", std::to_string(64'496 + deed.customer % 15)}};
  return {{"type", "session"},
          {"session",
           {{"user", user},
            {"ip_address", address_of(deed)},
            {"user_agent", agent_of(deed, state)},
            {"ja4", "t13d1516h2_8daaf6152771_02713d6af862"},
            {"ip_address_details", details}}}};
}

/// What the event was about, as its member of its own type says it.
Json openai_payload(const CustomerDeed& deed, const Customer& customer) {
  switch (deed.deed) {
    case DeedKind::kUserAdded:
      return {{"id", customer.user}, {"data", {{"role", "reader"}}}};
    case DeedKind::kProjectMade:
      return {{"id", customer.project}, {"data", {{"name", customer.name}}}};
    case DeedKind::kKeyMade:
      return {{"id", customer.api_key}, {"data", {{"scopes", {"api.model.request"}}}}};
    case DeedKind::kKeyChanged:
      return {{"id", customer.api_key},
              {"changes_requested", {{"scopes", {"api.model.request", "api.model.read"}}}}};
    case DeedKind::kLoginFailed:
      return {{"error_code", "invalid_credentials"}, {"error_message", "no"}};
    case DeedKind::kTenantPolicyChanged:
      return {{"id", "session-policy-1"}};
    default:
      return Json::object();
  }
}

Json openai_event(const CustomerDeed& deed, const Customer& customer, const PageState& state) {
  const char* const type = type_in(kOpenAiTypes, deed.deed);
  const bool of_project = deed.deed == DeedKind::kKeyMade || deed.deed == DeedKind::kKeyChanged;
  Json event = {
      {"id", "audit_log-" + deed.id}, {"type", type}, {"effective_at", deed.time.us / kSecond.us}};
  if (of_project) event["project"] = {{"id", customer.project}, {"name", customer.name}};
  event["actor"] = state.mode == kNullActors ? Json(nullptr) : openai_actor(deed, customer, state);
  event[type] = openai_payload(deed, customer);
  return event;
}

Json anthropic_actor(const CustomerDeed& deed, const Customer& customer, const PageState& state) {
  const std::string agent = agent_of(deed, state);
  const std::string address = address_of(deed);
  switch (deed.deed) {
    case DeedKind::kLoginFailed:
      return {{"type", "unauthenticated_user_actor"},
              {"unauthenticated_email_address", customer.email},
              {"ip_address", address},
              {"user_agent", agent}};
    case DeedKind::kReadByProgram:
    case DeedKind::kReadByOther:
      return {{"type", "api_actor"},
              {"api_key_id", "apikey-sim-reader"},
              {"ip_address", address},
              {"user_agent", agent}};
    case DeedKind::kKeyChanged:
      return {{"type", "admin_api_key_actor"},
              {"admin_api_key_id", customer.api_key + "_admin"},
              {"ip_address", address},
              {"user_agent", agent}};
    default:
      return {{"type", "user_actor"},
              {"email_address", customer.email},
              {"user_id", customer.user},
              {"ip_address", address},
              {"user_agent", agent}};
  }
}

Json anthropic_event(const CustomerDeed& deed, const Customer& customer, const PageState& state) {
  Json event = {{"id", "activity-" + deed.id},
                {"created_at", format_time(deed.time)},
                {"organization_id", "org-sim"},
                {"organization_uuid", nullptr}};
  event["actor"] =
      state.mode == kNullActors ? Json(nullptr) : anthropic_actor(deed, customer, state);
  event["type"] = type_in(kAnthropicTypes, deed.deed);
  if (deed.deed == DeedKind::kProjectMade) event["workspace_id"] = customer.project;
  if (deed.deed == DeedKind::kKeyMade || deed.deed == DeedKind::kKeyChanged) {
    event["api_key_id"] = customer.api_key;
  }
  if (deed.deed == DeedKind::kReadByProgram || deed.deed == DeedKind::kReadByOther) {
    event["request_method"] = "GET";
    event["status_code"] = 200;
    event["url"] = "/v1/compliance/activities";
  }
  return event;
}

constexpr AuditWords kOpenAiWords = {"after", "effective_at", openai_event,
                                     [](UtcTime time) { return Json(time.us / kSecond.us); },
                                     false};
constexpr AuditWords kAnthropicWords = {"after_id", "created_at", anthropic_event,
                                        [](UtcTime time) { return Json(format_time(time)); }, true};

void spoil_events(const AuditWords& words, const PageState& state, UtcTime from, Json& data) {
  if (data.empty()) return;
  if (state.mode == kBadRow) data.front()[words.time] = "some day";
  if (state.mode == kOutside) data.front()[words.time] = words.instant(from - kHour);
  for (Json& event : data) {
    if (state.mode == kEndless) {
      event["id"] = event["id"].get<std::string>() + "-" + std::to_string(state.asked);
    }
    if (state.mode == kMoved) {
      event["identifier"] = event["id"];
      event.erase("id");
    }
    if (state.mode == kWrongObject) event.erase(words.time);  // as users have none
  }
}

/// The page of `deeds` behind the one that the request names.
Result<Json> feed_page(const AuditWords& words, const ProviderModel& model,
                       const PageRequest& request, const PageState& state, UtcTime from,
                       std::int64_t limit, const std::vector<CustomerDeed>& deeds) {
  const std::vector<Customer> customers = model.directory();
  const auto event_of = [&](const CustomerDeed& deed) {
    return words.event(deed, customers[static_cast<std::size_t>(deed.customer)], state);
  };
  const bool stuck = state.mode == kEndless || state.mode == kRepeatedToken;
  auto at = deeds.begin();
  const std::string after = text_in(request, words.after);
  if (!after.empty() && !stuck) {
    at = std::ranges::find_if(
        deeds, [&](const CustomerDeed& deed) { return event_of(deed)["id"] == after; });
    if (at == deeds.end()) return fail(ErrorCode::kInvalidInput, "the cursor names no event");
    ++at;
  }
  const std::int64_t size = std::min(limit, state.most);
  Json data = Json::array();
  for (std::int64_t told = 0; at != deeds.end() && std::ssize(data) < size; ++at, ++told) {
    data.push_back(event_of(*at));
    const bool again = words.tells_twice && told % (kToldOnce + 1) == kToldOnce;
    if (again && std::ssize(data) < size) data.push_back(data.back());
  }
  Json page = {{"first_id", data.empty() ? Json(nullptr) : data.front()["id"]},
               {"last_id", data.empty() ? Json(nullptr) : data.back()["id"]},
               {"has_more", at != deeds.end()}};
  if (stuck || state.mode == kNoToken) page["has_more"] = true;
  if (state.mode == kNoToken) page["last_id"] = nullptr;
  if (state.mode == kRepeatedToken) page["last_id"] = "same";
  if (state.mode == kEndless) page["last_id"] = "more-" + std::to_string(state.asked);
  spoil_events(words, state, from, data);
  page["data"] = std::move(data);
  return page;
}

}  // namespace

Result<std::string> openai_audit_page(const ProviderModel& model, const PageRequest& request,
                                      const PageState& state) {
  const auto from = seconds_in(request, "effective_at[gte]");
  const auto to = seconds_in(request, "effective_at[lt]");
  const auto limit = number_in(request, "limit", kUsual, 1, kOpenAiMost);
  if (!from || !to || !limit) {
    return fail(ErrorCode::kInvalidInput, "a parameter is missing or out of range");
  }
  const bool tenant = text_in(request, "tenant_only") == "true";
  std::vector<CustomerDeed> deeds = customer_deeds(model, {*from, *to}, state);
  std::erase_if(deeds, [tenant](const CustomerDeed& deed) {
    const std::string_view type = type_in(kOpenAiTypes, deed.deed);
    return type.empty() || (deed.deed == DeedKind::kTenantPolicyChanged) != tenant;
  });
  Result<Json> page = feed_page(kOpenAiWords, model, request, state, *from, *limit, deeds);
  if (!page) return tl::unexpected(page.error());
  (*page)["object"] = state.mode == kWrongObject ? "page" : "list";
  return page->dump();
}

Result<std::string> anthropic_activities(const ProviderModel& model, const PageRequest& request,
                                         const PageState& state) {
  const auto from = time_in(request, "created_at.gte");
  const auto to = time_in(request, "created_at.lt");
  const auto limit = number_in(request, "limit", kAnthropicUsual, 1, kAnthropicMost);
  if (!from || !to || !limit) {
    return fail(ErrorCode::kInvalidInput, "a parameter is missing or out of range");
  }
  const std::vector<CustomerDeed> deeds = customer_deeds(model, {*from, *to}, state);
  Result<Json> page = feed_page(kAnthropicWords, model, request, state, *from, *limit, deeds);
  if (!page) return tl::unexpected(page.error());
  return page->dump();
}

}  // namespace tidewaiter
