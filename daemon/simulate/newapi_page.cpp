#include "daemon/simulate/newapi_page.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/simulate/request_log.h"
#include "policies/model/digest.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;
using enum HostileMode;

constexpr std::int64_t kConsumptionRow = 2;
constexpr std::int64_t kSystemRow = 4;
constexpr std::int64_t kErrorRow = 5;
constexpr std::int64_t kNanoPerQuota = 2'000;

struct LogEntryOf {
  std::int64_t id = 0;
  std::int64_t created_at = 0;
  std::int64_t type = kConsumptionRow;
  const CustomerRequest* request = nullptr;
};

/// Numbers of rows follow from what they are of, so that they stay where rows come and go.
std::int64_t row_number(const std::string& text) {
  const Digest digest = sha256(text);
  std::uint64_t number = 0;
  std::memcpy(&number, digest.bytes.data(), sizeof(number));
  constexpr unsigned kToPositive = 12;  // below 2^52, which every reader of JSON can tell
  return static_cast<std::int64_t>(number >> kToPositive) + 1;
}

std::vector<LogEntryOf> entries_within(const RequestLog& log, std::int64_t from, std::int64_t to) {
  std::vector<LogEntryOf> entries;
  const auto add = [&](const CustomerRequest& request, std::int64_t type, const std::string& name) {
    const std::int64_t created = request.start.us / kSecond.us + 1;
    if (created < from || created > to) return;
    entries.push_back({row_number(name), created, type, &request});
  };
  for (const CustomerRequest& request : log.requests()) {
    add(request, request.has_failed() ? kErrorRow : kConsumptionRow, request.id);
    if (request.has_failed()) add(request, kSystemRow, request.id + "-told");
  }
  std::ranges::sort(entries, [](const LogEntryOf& a, const LogEntryOf& b) {
    return std::tie(b.created_at, b.id) < std::tie(a.created_at, a.id);
  });
  return entries;
}

Json log_row(const LogEntryOf& entry, const PageState& state) {
  const ProviderUsage usage = entry.request->usage();
  const bool nobody = state.mode == kNullActors;
  const std::int64_t customer = customer_number(usage);
  const std::string other = R"({"cache_tokens":)" + std::to_string(usage.cached_tokens) + "}";
  return {{"id", entry.id},
          {"user_id", nobody ? 0 : customer + 1},
          {state.mode == kMoved ? "time" : "created_at", entry.created_at},
          {"type", entry.type},
          {"content", "simulated"},
          {"username", usage.user},
          {"token_name", nobody ? "" : usage.api_key},
          {"model_name", usage.model},
          {"quota", list_price(usage) / kNanoPerQuota},
          {"prompt_tokens", usage.input_tokens},
          {"completion_tokens", usage.output_tokens},
          {"use_time", 1},
          {"is_stream", false},
          {"channel", 1},
          {"channel_name", "simulated"},
          {"token_id", nobody ? 0 : customer + 1001},
          {"group", nobody ? "" : usage.project},
          {"ip", ""},
          {"other", entry.type == kConsumptionRow ? other : ""}};
}

std::string whole_answer(Json data) {
  return Json{{"success", true}, {"message", ""}, {"data", std::move(data)}}.dump();
}

}  // namespace

Result<std::string> newapi_log_page(const ProviderModel& model, const PageRequest& request,
                                    const PageState& state) {
  if (state.mode == kDenied) return Json{{"success", false}, {"message", "no"}}.dump();
  const auto from = seconds_in(request, "start_timestamp");
  const auto to = seconds_in(request, "end_timestamp");
  const auto number = number_in(request, "p", 1, 1, 1'000'000'000);
  const auto asked_size = number_in(request, "page_size", 10, 1, 100);
  if (!from || !to || !number || !asked_size) {
    return fail(ErrorCode::kInvalidInput, "a parameter is missing or out of range");
  }
  const RequestLog log(model, {*from - Duration{2 * kSecond.us}, *to}, state);
  const std::vector<LogEntryOf> entries =
      entries_within(log, from->us / kSecond.us, to->us / kSecond.us);
  const std::int64_t size = std::min(*asked_size, state.most);
  // A server that has one page for everybody, or that never comes to an end.
  const bool stuck = state.mode == kRepeatedToken || state.mode == kEndless;
  const auto first = static_cast<std::size_t>(stuck ? 0 : (*number - 1) * size);
  Json items = Json::array();
  for (std::size_t i = first; i < entries.size() && std::ssize(items) < size; ++i) {
    items.push_back(log_row(entries[i], state));
  }
  if (state.mode == kBadRow && !items.empty()) items.front()["prompt_tokens"] = "many";
  if (state.mode == kOutside && !items.empty()) {
    items.front()["created_at"] = (*from - kHour).us / kSecond.us;
  }
  if (state.mode == kWrongObject) return whole_answer(std::move(items));  // as one-api answers
  Json data = {{"page", state.mode == kRepeatedToken ? 1 : *number},
               {"page_size", size},
               {"total", entries.size()},
               {"items", std::move(items)}};
  if (state.mode == kNoToken) data.erase("page");
  return whole_answer(std::move(data));
}

}  // namespace tidewaiter
