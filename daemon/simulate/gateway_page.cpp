#include "daemon/simulate/gateway_page.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/simulate/request_log.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;
using enum HostileMode;
using enum GatewayList;

Json failed_metadata() {
  return {{"status", "failure"},
          {"usage_object", nullptr},
          {"cost_breakdown", nullptr},
          {"error_information", {{"error_code", "429"}, {"error_class", "RateLimitError"}}}};
}

Json served_metadata(const ProviderUsage& part) {
  return {{"status", "success"},
          {"usage_object",
           {{"prompt_tokens", part.input_tokens},
            {"completion_tokens", part.output_tokens},
            {"prompt_tokens_details", {{"cached_tokens", part.cached_tokens}}},
            {"completion_tokens_details", nullptr}}},
          {"cost_breakdown", {{"total_cost", dollars_of(part)}}},
          {"error_information", nullptr}};
}

/// Texts that only a hostile mode leaves out.
Json party_or_null(HostileMode mode, const std::string& party) {
  return mode == kNullActors ? Json(nullptr) : Json(party);
}

Json spend_row(const CustomerRequest& request, const PageState& state) {
  const bool failed = request.has_failed();
  const ProviderUsage part = request.usage();
  return {{state.mode == kMoved ? "id" : "request_id", request.id},
          {"call_type", "acompletion"},
          {"api_key", gateway_key(part.api_key)},
          {"spend", failed ? 0.0 : dollars_of(part)},
          {"total_tokens", part.input_tokens + part.output_tokens},
          {"prompt_tokens", part.input_tokens},
          {"completion_tokens", part.output_tokens},
          {"startTime", format_time(request.start)},
          {"endTime", format_time(request.start + kSecond)},
          {"model", part.model},
          {"model_group", failed ? "" : part.model},
          {"custom_llm_provider", failed ? "" : "simulated"},
          {"user", party_or_null(state.mode, part.user)},
          {"team_id", party_or_null(state.mode, part.project)},
          {"end_user", ""},
          {"requester_ip_address", ""},
          {"session_id", "session-" + request.id},
          {"status", failed ? "failure" : "success"},
          {"metadata", failed ? failed_metadata() : served_metadata(part)},
          {"messages", Json::object()},
          {"response", Json::object()}};
}

/// The page of what there is, in the words of one list; spoilt where the mode says so.
struct PageOf {
  std::int64_t size = 0;
  std::int64_t page = 1;
  std::size_t first = 0;
  std::size_t last = 0;
};

Result<PageOf> page_of(std::size_t count, const GatewayPaging& paging, const PageState& state) {
  if (paging.page < 1 || paging.size < 1 || paging.size > 100) {
    return fail(ErrorCode::kInvalidInput, "`page` or its size is out of range");
  }
  PageOf page;
  page.size = std::min(paging.size, state.most);
  // A server that has one page for everybody, or that never comes to an end.
  const bool stuck = state.mode == kRepeatedToken || state.mode == kEndless;
  page.page = state.mode == kRepeatedToken ? 1 : paging.page;
  const std::int64_t shown = stuck ? 1 : paging.page;
  page.first = std::min(count, static_cast<std::size_t>((shown - 1) * page.size));
  page.last = std::min(count, page.first + static_cast<std::size_t>(page.size));
  return page;
}

std::string key_name(GatewayList list) {
  if (list == kKeys) return "keys";
  return list == kUsers ? "users" : "teams";
}

Json gateway_entry(GatewayList list, const Customer& customer) {
  const std::string created = format_time(customer.created);
  switch (list) {
    case kKeys:
      return {{"token", gateway_key(customer.api_key)},
              {"key_name", "sk-...sim"},
              {"key_alias", customer.name + " key"},
              {"user_id", customer.user},
              {"team_id", customer.project},
              {"blocked", nullptr},
              {"created_at", created},
              {"metadata", Json::object()}};
    case kUsers:
      return {{"user_id", customer.user},
              {"user_alias", customer.name},
              {"user_email", customer.email},
              {"user_role", "internal_user"},
              {"created_at", created}};
    case kTeams:
      return {{"team_id", customer.project},
              {"team_alias", customer.name},
              {"organization_id", nullptr},
              {"blocked", false},
              {"created_at", created}};
    case kCustomers:
      return {{"user_id", "customer-of-" + customer.project},
              {"alias", customer.name},
              {"blocked", false},
              {"allowed_model_region", nullptr}};
  }
  return {};
}

Json gateway_entries(const ProviderModel& model, GatewayList list, const PageState& state) {
  std::vector<Customer> customers = model.directory();
  if (state.mode == kLate && state.asked == 0 && customers.size() > 1) customers.pop_back();
  if (state.mode == kShifting && state.asked > 0 && customers.size() > 1) {
    customers.erase(customers.begin());
  }
  Json entries = Json::array();
  for (Customer& customer : customers) {
    if (state.mode == kRestated && state.asked > 0) customer.name += " Holding";
    entries.push_back(gateway_entry(list, customer));
  }
  if (state.mode == kBadRow && !entries.empty()) entries.front()["user_id"] = 7;
  if (state.mode == kBadRow && list == kTeams) entries.front()["team_id"] = 7;
  if (state.mode == kMoved) {
    for (Json& entry : entries) entry = {{"identifier", 1}};
  }
  return entries;
}

}  // namespace

Result<std::string> spend_page(const ProviderModel& model, Interval time,
                               const GatewayPaging& paging, const PageState& state) {
  const RequestLog log(model, time, state);
  const std::vector<CustomerRequest>& requests = log.requests();
  const Result<PageOf> page = page_of(requests.size(), paging, state);
  if (!page) return tl::unexpected(page.error());
  Json data = Json::array();
  for (std::size_t i = page->first; i < page->last; ++i) {
    data.push_back(spend_row(requests[i], state));
  }
  if (state.mode == kBadRow && !data.empty()) data.front()["prompt_tokens"] = "many";
  if (state.mode == kOutside && !data.empty()) {
    data.front()["startTime"] = format_time(time.from - kHour);
  }
  if (state.mode == kWrongObject) return data.dump();  // what /spend/logs answers with
  const auto total = static_cast<std::int64_t>(requests.size());
  constexpr std::int64_t kMostCounted = 10'000;
  const std::int64_t told = std::min(total, kMostCounted);
  Json answer = {{"data", std::move(data)},
                 {"total", told},
                 {"page", page->page},
                 {"page_size", page->size},
                 {"total_pages", (told + page->size - 1) / page->size},
                 {"total_is_capped", total > kMostCounted}};
  if (state.mode == kNoToken) answer.erase("page");
  return answer.dump();
}

Result<std::string> gateway_list(const ProviderModel& model, GatewayList list,
                                 const GatewayPaging& paging, const PageState& state) {
  const Json entries = gateway_entries(model, list, state);
  if (list == kCustomers) {
    return state.mode == kWrongObject ? Json{{"users", entries}}.dump() : entries.dump();
  }
  const Result<PageOf> page = page_of(entries.size(), paging, state);
  if (!page) return tl::unexpected(page.error());
  Json shown = Json::array();
  for (std::size_t i = page->first; i < page->last; ++i) shown.push_back(entries[i]);
  const auto total = static_cast<std::int64_t>(entries.size());
  std::int64_t pages = (total + page->size - 1) / page->size;
  if (state.mode == kEndless) pages = page->page + 1;
  Json answer = Json::object();
  const bool named = state.mode != kWrongObject && state.mode != kNoToken;
  answer[named ? key_name(list) : "entries"] = std::move(shown);
  answer[list == kKeys ? "total_count" : "total"] = total;
  answer[list == kKeys ? "current_page" : "page"] = page->page;
  if (list != kKeys) answer["page_size"] = page->size;
  answer["total_pages"] = pages;
  return answer.dump();
}

}  // namespace tidewaiter
