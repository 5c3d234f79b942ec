#include "daemon/simulate/langfuse_page.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/simulate/request_log.h"
#include "policies/model/digest.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;
using enum HostileMode;

/// The head of all cursors of a query.
std::string cursor_head(const PageRequest& request) {
  Sha256 hash;
  for (const auto& [name, value] : request.params) {
    if (name != "cursor") hash.update_framed(name).update_framed(value);
  }
  return to_hex(hash.finish()).substr(0, 12) + "_";
}

/// The request behind which a cursor goes on: its start and id, by which it is found though others
/// come and go. Nothing: no cursor of this query.
std::optional<std::pair<UtcTime, std::string>> place_of_cursor(const PageRequest& request) {
  const std::string cursor = text_in(request, "cursor");
  const std::string head = cursor_head(request);
  const std::size_t mark = cursor.find('_', head.size());
  if (!cursor.starts_with(head) || mark == std::string::npos) return std::nullopt;
  const PageRequest number{{{"at", cursor.substr(head.size(), mark - head.size())}}, {}};
  const auto us = number_in(number, "at");
  if (!us) return std::nullopt;
  return std::pair(UtcTime{*us}, cursor.substr(mark + 1));
}

Json observation(const CustomerRequest& request, const PageState& state) {
  const ProviderUsage usage = request.usage();
  const bool failed = request.has_failed();
  Json details = Json::object();
  Json costs = Json::object();
  if (!failed) {
    details = {{"input", usage.input_tokens - usage.cached_tokens},
               {"input_cached_tokens", usage.cached_tokens},
               {"output", usage.output_tokens},
               {"total", usage.input_tokens + usage.output_tokens}};
    costs = {{"total", dollars_of(usage)}};
  }
  return {{"id", request.id},
          {"traceId", "trace-" + request.id},
          {state.mode == kMoved ? "start" : "startTime", format_time(request.start)},
          {"endTime", format_time(request.start + kSecond)},
          {"projectId", usage.project},
          {"parentObservationId", nullptr},
          {"type", "GENERATION"},
          {"name", "answer"},
          {"level", failed ? "ERROR" : "DEFAULT"},
          {"userId", state.mode == kNullActors ? Json(nullptr) : Json(usage.user)},
          {"sessionId", nullptr},
          {"providedModelName", usage.model},
          {"usageDetails", std::move(details)},
          {"costDetails", std::move(costs)},
          {"totalCost", failed ? 0.0 : dollars_of(usage)}};
}

/// The step of an application in which a request failed.
Json span_of(const CustomerRequest& request) {
  return {{"id", request.id + "-span"},
          {"traceId", "trace-" + request.id},
          {"startTime", format_time(request.start)},
          {"projectId", request.hour->project},
          {"type", "SPAN"},
          {"name", "step"},
          {"level", "DEFAULT"}};
}

Json meta_of(const PageRequest& request, const PageState& state, const CustomerRequest* last) {
  std::string cursor;
  if (last != nullptr) {
    cursor = cursor_head(request) + std::to_string(last->start.us) + "_" + last->id;
  }
  if (state.mode == kEndless) cursor = cursor_head(request) + std::to_string(state.asked) + "_more";
  if (state.mode == kRepeatedToken) cursor = cursor_head(request) + "0_same";
  return cursor.empty() ? Json::object() : Json{{"cursor", cursor}};
}

}  // namespace

Result<std::string> langfuse_page(const ProviderModel& model, const PageRequest& request,
                                  const PageState& state) {
  const auto from = time_in(request, "fromStartTime");
  const auto to = time_in(request, "toStartTime");
  const auto limit = number_in(request, "limit", 50, 1, 1'000);
  const bool goes_on = request.params.contains("cursor");
  const auto place = place_of_cursor(request);
  if (!from || !to || !limit || (goes_on && !place)) {
    return fail(ErrorCode::kInvalidInput, "a parameter is missing or out of range");
  }
  const RequestLog log(model, {*from, *to - Duration{1}}, state);
  const std::vector<CustomerRequest>& requests = log.requests();
  const bool stuck = state.mode == kRepeatedToken || state.mode == kEndless;
  std::size_t left = requests.size();  // of the oldest, those that have not been told
  if (goes_on && !stuck) {
    const auto behind = std::ranges::lower_bound(
        requests, *place, {},
        [](const CustomerRequest& one) { return std::pair(one.start, one.id); });
    left = static_cast<std::size_t>(behind - requests.begin());
  }
  const std::int64_t size = std::min(*limit, state.most);
  Json data = Json::array();
  while (left > 0 && std::ssize(data) < size) {
    const CustomerRequest& one = requests[--left];
    data.push_back(observation(one, state));
    if (one.has_failed()) data.push_back(span_of(one));
  }
  if (state.mode == kBadRow && !data.empty()) data.front()["usageDetails"] = {{"input", "many"}};
  if (state.mode == kOutside && !data.empty()) {
    data.front()["startTime"] = format_time(*from - kHour);
  }
  Json page = Json::object();
  page["meta"] = meta_of(request, state, left > 0 && !stuck ? &requests[left] : nullptr);
  // What its metrics answer with.
  if (state.mode == kWrongObject) return Json{{"data", {{{"count", data.size()}}}}}.dump();
  if (state.mode == kNoToken) page.erase("meta");
  page["data"] = std::move(data);
  return page.dump();
}

}  // namespace tidewaiter
