#include "daemon/simulate/openrouter_page.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/simulate/request_log.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;
using enum HostileMode;

/// The vendor's own: keys of a page, and days that it remembers.
constexpr std::int64_t kKeysOfAPage = 100;
constexpr std::int64_t kDaysTold = 30;

std::string date_of(UtcTime day) {
  constexpr std::size_t kDate = 10;
  return format_time(day).substr(0, kDate);
}

Json key_entry(const Customer& customer) {
  return {{"hash", gateway_key(customer.api_key)},
          {"name", customer.name + " key"},
          {"label", "sk-or-v1-sim...key"},
          {"disabled", false},
          {"limit", nullptr},
          {"created_at", format_time(customer.created)}};
}

Json activity_row(const ProviderUsage& usage, UtcTime day, const PageState& state) {
  return {{"date", date_of(state.mode == kOutside ? day - kDay : day)},
          {"model", "simulated/" + usage.model},
          {"model_permaslug", "simulated/" + usage.model},
          {"endpoint_id", "endpoint-1"},
          {"provider_name", state.mode == kNullActors ? Json(nullptr) : Json("Simulated")},
          {"usage", dollars_of(usage)},
          {"byok_usage_inference", 0},
          {state.mode == kMoved ? "count" : "requests", usage.requests},
          {"prompt_tokens", usage.input_tokens},
          {"completion_tokens", usage.output_tokens},
          {"reasoning_tokens", usage.output_tokens / 4}};
}

/// The day that is asked for, if the vendor would tell of it.
std::optional<UtcTime> day_in(const PageRequest& request, const PageState& state) {
  const auto day = time_in(request, "date");
  const UtcTime today = align_down(state.now, kDay);
  if (!day || *day != align_down(*day, kDay)) return std::nullopt;
  if (*day >= today || *day < today - Duration{kDaysTold * kDay.us}) return std::nullopt;
  return day;
}

std::string page_of_data(Json data, const PageState& state) {
  return Json{{state.mode == kNoToken ? "rows" : "data", std::move(data)}}.dump();
}

}  // namespace

Result<std::string> openrouter_keys(const ProviderModel& model, const PageRequest& request,
                                    const PageState& state) {
  const auto offset = number_in(request, "offset", 0, 0, 1'000'000'000);
  if (!offset) return fail(ErrorCode::kInvalidInput, "`offset` is no number");
  std::vector<Customer> customers = model.directory();
  if (state.mode == kShifting && state.asked > 0) customers.erase(customers.begin());
  // One that pays no heed to `offset` gives its keys for ever.
  const bool stuck = state.mode == kRepeatedToken || state.mode == kEndless;
  const auto first = static_cast<std::size_t>(stuck ? 0 : *offset);
  const std::int64_t size = std::min(kKeysOfAPage, state.most);
  Json data = Json::array();
  for (std::size_t i = first; i < customers.size() && std::ssize(data) < size; ++i) {
    data.push_back(key_entry(customers[i]));
  }
  return page_of_data(std::move(data), state);
}

Result<std::string> openrouter_activity(const ProviderModel& model, const PageRequest& request,
                                        const PageState& state) {
  const auto day = day_in(request, state);
  if (!day)
    return fail(ErrorCode::kInvalidInput, "`date` is none of the last thirty that are over");
  const std::string key = text_in(request, "api_key_hash");
  const bool is_late =
      state.mode == kLate && *day + kDay == align_down(state.now, kDay) && state.again == 0;
  Json data = Json::array();
  for (ProviderUsage& usage : model.usage(*day, kDay)) {
    if (gateway_key(usage.api_key) != key || is_late) continue;
    if (state.mode == kRestated && state.again > 0) ++usage.input_tokens;
    data.push_back(activity_row(usage, *day, state));
  }
  if (state.mode == kBadRow && !data.empty()) data.front()["prompt_tokens"] = "many";
  // What the endpoint for all keys together would say: a list of lists.
  if (state.mode == kWrongObject) data = Json::array({data});
  return page_of_data(std::move(data), state);
}

}  // namespace tidewaiter
