#include "daemon/simulate/openai_page.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <nlohmann/json.hpp>

#include "policies/model/digest.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;
using enum HostileMode;

constexpr std::string_view kRowObject = "organization.usage.completions.result";

std::int64_t most_buckets_of(Duration width) {
  if (width == kMinute) return 1440;
  return width == kHour ? 168 : 31;
}

std::int64_t default_buckets_of(Duration width) {
  if (width == kMinute) return 60;
  return width == kHour ? 24 : 7;
}

/// A token names the place that it leads to, and the query that it belongs to.
std::string token_for(const UsagePageRequest& request, UtcTime place, std::int64_t salt = 0) {
  std::string token = "page_" + to_hex(sha256(request.query)).substr(0, 12) + "_" +
                      std::to_string(place.us / kSecond.us);
  if (salt > 0) token += "_" + std::to_string(salt);
  return token;
}

Result<UtcTime> place_of(const UsagePageRequest& request) {
  const std::string prefix = token_for(request, {0});
  const std::string_view head = std::string_view(prefix).substr(0, prefix.size() - 1);
  const std::string_view token = request.page;
  std::int64_t seconds = 0;
  const char* const end = token.data() + token.size();
  if (!token.starts_with(head) ||
      std::from_chars(token.data() + head.size(), end, seconds).ec != std::errc()) {
    return fail(ErrorCode::kInvalidInput, "the page belongs to another query");
  }
  return UtcTime{seconds * kSecond.us};
}

class PageWriter {
 public:
  PageWriter(const ProviderModel& model, const UsagePageRequest& request,
             const UsagePageState& state)
      : model_(model), request_(request), state_(state) {}

  [[nodiscard]] std::string write(UtcTime from, std::int64_t buckets) const {
    const UtcTime end = std::min(request_.end, state_.now);
    Json data = Json::array();
    UtcTime at = from;
    if (state_.mode == kOutside) data.push_back(bucket(request_.start - request_.width));
    for (std::int64_t i = 0; i < buckets && at < end; ++i, at = at + request_.width) {
      data.push_back(bucket(at));
    }
    Json page = {{"object", "page"}, {"data", std::move(data)}, {"has_more", at < end}};
    page["next_page"] = at < end ? Json(token_for(request_, at)) : Json(nullptr);
    spoil_paging(page, from);
    return page.dump();
  }

 private:
  void spoil_paging(Json& page, UtcTime from) const {
    if (state_.mode == kEndless) page["next_page"] = token_for(request_, from, state_.asked + 1);
    if (state_.mode == kRepeatedToken) page["next_page"] = token_for(request_, from, 1);
    if (state_.mode == kNoToken) page["next_page"] = nullptr;
    if (state_.mode == kEndless || state_.mode == kRepeatedToken || state_.mode == kNoToken) {
      page["has_more"] = true;
    }
  }

  [[nodiscard]] Json bucket(UtcTime start) const {
    const UtcTime end = start + request_.width;
    Json results = Json::array();
    const bool empty =
        state_.mode == kLate && state_.asked == 0 && end + Duration{2 * kHour.us} > state_.now;
    if (!empty) {
      const std::vector<ModelUsage> usage = model_.usage(start, request_.width);
      for (const ModelUsage& row : usage) add_rows(row, results);
    }
    if (state_.mode == kBadRow && !results.empty()) results.front()["input_tokens"] = "many";
    return {{"object", "bucket"},
            {"start_time", start.us / kSecond.us},
            {"end_time", end.us / kSecond.us},
            {"results", std::move(results)}};
  }

  void add_rows(const ModelUsage& usage, Json& results) const {
    if (state_.mode != kNullActors) {
      results.push_back(row(usage));
      return;
    }
    // The same party twice, each time with a part of its figures.
    ModelUsage part = usage;
    part.requests = usage.requests / 3;
    part.input_tokens = usage.input_tokens / 3;
    part.cached_tokens = usage.cached_tokens / 3;
    part.output_tokens = usage.output_tokens / 3;
    ModelUsage rest = usage;
    rest.requests -= part.requests;
    rest.input_tokens -= part.input_tokens;
    rest.cached_tokens -= part.cached_tokens;
    rest.output_tokens -= part.output_tokens;
    for (const ModelUsage& one : {part, rest}) {
      Json json = row(one);
      json["user_id"] = nullptr;
      results.push_back(std::move(json));
    }
  }

  [[nodiscard]] Json row(const ModelUsage& usage) const {
    const std::int64_t more = state_.mode == kRestated && state_.asked > 0 ? 1 : 0;
    Json json = {{"object", state_.mode == kWrongObject ? "organization.costs.result" : kRowObject},
                 {"input_tokens", usage.input_tokens + more},
                 {"input_cached_tokens", usage.cached_tokens},
                 {"input_uncached_tokens", usage.input_tokens + more - usage.cached_tokens},
                 {"output_tokens", usage.output_tokens},
                 {state_.mode == kMoved ? "model_requests" : "num_model_requests", usage.requests},
                 {"project_id", dimension("project_id", usage.project)},
                 {"user_id", dimension("user_id", usage.user)},
                 {"api_key_id", dimension("api_key_id", usage.api_key)},
                 {"model", dimension("model", usage.model)},
                 {"batch", is_grouped("batch") ? Json(usage.batch) : Json(nullptr)},
                 {"service_tier", dimension("service_tier", usage.service_tier)}};
    return json;
  }

  [[nodiscard]] bool is_grouped(std::string_view name) const {
    return std::ranges::find(request_.group_by, name) != request_.group_by.end();
  }
  [[nodiscard]] Json dimension(std::string_view name, const std::string& value) const {
    return is_grouped(name) ? Json(value) : Json(nullptr);
  }

  const ProviderModel& model_;
  const UsagePageRequest& request_;
  const UsagePageState& state_;
};

}  // namespace

Result<std::string> usage_page(const ProviderModel& model, const UsagePageRequest& request,
                               const UsagePageState& state) {
  if (request.limit < 0 || request.limit > most_buckets_of(request.width)) {
    return fail(ErrorCode::kInvalidInput, "`limit` is out of range");
  }
  if (request.end <= request.start) {
    return fail(ErrorCode::kInvalidInput, "`end_time` is not behind `start_time`");
  }
  UtcTime from = align_down(request.start, request.width);
  if (!request.page.empty()) {
    const Result<UtcTime> place = place_of(request);
    if (!place) return tl::unexpected(place.error());
    from = *place;
  }
  const std::int64_t asked = request.limit > 0 ? request.limit : default_buckets_of(request.width);
  return PageWriter(model, request, state).write(from, std::min(asked, state.most_buckets));
}

}  // namespace tidewaiter
