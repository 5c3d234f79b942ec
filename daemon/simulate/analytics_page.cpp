#include "daemon/simulate/analytics_page.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/simulate/usage_parts.h"
#include "policies/model/digest.h"
#include "policies/model/money.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;
using enum HostileMode;

/// The vendor's own.
constexpr std::int64_t kUsualRows = 20;
constexpr std::int64_t kMostRows = 1000;
constexpr std::size_t kMostGroups = 5;
constexpr Duration kLongestSpan{31 * kDay.us};

/// So far behind the clock figures are whole.
constexpr Duration kRefreshed{90 * kMinute.us};
/// … and what is late is missing for so long.
constexpr Duration kLateTime{2 * kHour.us};

struct AnalyticsRequest {
  bool costs = false;
  Interval time;
  Duration width;
  std::int64_t limit = kUsualRows;
  std::vector<std::string> group_by;
  std::string page;   ///< empty: the first
  std::string query;  ///< all parameters but `page`: a token is bound to them
};

struct AnalyticsUse {
  UtcTime start;
  ProviderUsage usage;
  bool is_named = true;
};

std::optional<AnalyticsRequest> read_request(const PageRequest& request, bool costs) {
  static constexpr auto kWidths = std::to_array<std::pair<std::string_view, Duration>>(
      {{"1m", kMinute}, {"1h", kHour}, {"1d", kDay}});
  AnalyticsRequest asked;
  asked.costs = costs;
  const auto start = time_in(request, "starting_at");
  const auto end = time_in(request, "ending_at");
  const auto* const width = std::ranges::find(kWidths, text_in(request, "time_bucket_width"),
                                              &std::pair<std::string_view, Duration>::first);
  const auto limit = number_in(request, "limit", kUsualRows, 1, kMostRows);
  if (!start || !end || width == kWidths.end() || !limit || *end <= *start) return std::nullopt;
  asked.time = {*start, *end};
  asked.width = width->second;
  asked.limit = *limit;
  const Duration most = asked.width == kMinute ? kDay : kLongestSpan;
  if (*end - *start > most) return std::nullopt;
  // Rows of another order move while they are paged: nobody who asks for one has read the manual.
  if (text_in(request, "order_by") != "time" || text_in(request, "order") != "asc") {
    return std::nullopt;
  }
  asked.page = text_in(request, "page");
  for (const auto& [name, value] : request.params) {
    if (name == "group_by" || name == "group_by[]") asked.group_by.push_back(value);
    if (name != "page") asked.query.append(name).append("=").append(value).append("&");
  }
  if (asked.group_by.size() > kMostGroups) return std::nullopt;
  return asked;
}

/// A token names the row that it leads to, and the query that it belongs to.
std::string token_for(const AnalyticsRequest& request, std::int64_t row, std::int64_t salt = 0) {
  std::string token =
      "page_" + to_hex(sha256(request.query)).substr(0, 12) + "_" + std::to_string(row);
  if (salt > 0) token += "_" + std::to_string(salt);
  return token;
}

Result<std::int64_t> row_of(const AnalyticsRequest& request) {
  if (request.page.empty()) return 0;
  const std::string prefix = token_for(request, 0);
  const std::string_view head = std::string_view(prefix).substr(0, prefix.size() - 1);
  const std::string_view token = request.page;
  std::int64_t row = 0;
  if (!token.starts_with(head) ||
      std::from_chars(token.data() + head.size(), token.data() + token.size(), row).ec !=
          std::errc()) {
    return fail(ErrorCode::kInvalidInput, "the page belongs to another query");
  }
  return row;
}

void add_bucket(const ProviderModel& model, UtcTime start, const AnalyticsRequest& request,
                const PageState& state, std::vector<AnalyticsUse>& all) {
  if (state.mode == kLate && state.asked == 0 && start + request.width + kLateTime > state.now) {
    return;
  }
  std::vector<ProviderUsage> bucket;
  for (ProviderUsage& usage : model.usage(start, request.width)) {
    if (state.mode == kRestated) usage.input_tokens += state.asked;
    if (state.mode != kNullActors) {
      bucket.push_back(std::move(usage));
      continue;
    }
    // Identities that cannot be told are apart.
    for (ProviderUsage& part : usage_parts(usage)) bucket.push_back(std::move(part));
  }
  std::ranges::stable_sort(bucket, [](const ProviderUsage& a, const ProviderUsage& b) {
    return a.input_tokens + a.output_tokens > b.input_tokens + b.output_tokens;
  });
  for (ProviderUsage& usage : bucket) {
    all.push_back({start, std::move(usage), state.mode != kNullActors});
  }
}

std::vector<AnalyticsUse> uses(const ProviderModel& model, const AnalyticsRequest& request,
                               const PageState& state) {
  std::vector<AnalyticsUse> all;
  const UtcTime first = align_down(request.time.from, request.width);
  if (state.mode == kOutside) add_bucket(model, first - request.width, request, state, all);
  const UtcTime end = std::min(request.time.to, state.now);
  for (UtcTime at = first; at < end; at = at + request.width) {
    add_bucket(model, at, request, state, all);
  }
  return all;
}

class AnalyticsWriter {
 public:
  AnalyticsWriter(const AnalyticsRequest& request, const PageState& state)
      : request_(request), state_(state) {}

  [[nodiscard]] Json write(const AnalyticsUse& use, bool is_bad) const {
    const bool costs = request_.costs != (state_.mode == kWrongObject);
    return {
        {"starting_at", format_time(use.start)},
        {"ending_at", format_time(use.start + request_.width)},
        {"group", group(use)},
        {costs ? "cost" : "usage", costs ? cost(use.usage, is_bad) : figures(use.usage, is_bad)}};
  }

 private:
  [[nodiscard]] Json group(const AnalyticsUse& use) const {
    const ProviderUsage& usage = use.usage;
    const std::string number = usage.project.substr(usage.project.rfind('_'));
    Json actor = {{"type", "user_actor"},
                  {"user_id", usage.user},
                  {"email_address", nullptr},
                  {"name", nullptr},
                  {"deleted", false}};
    if (usage.batch) actor = {{"type", "api_actor"}, {"api_key_id", usage.api_key}};
    return {{"actor", dimension("actor", use.is_named ? std::move(actor) : Json(nullptr))},
            {"api_key_id", dimension("api_key_id", usage.api_key)},
            {"model", dimension("model", usage.model)},
            {"user_profile_id", dimension("user_profile_id", "uprof_sim" + number)},
            {"workspace_id", dimension("workspace_id", usage.project)},
            {"product", nullptr},
            {"service_tier", nullptr}};
  }

  [[nodiscard]] Json figures(const ProviderUsage& usage, bool is_bad) const {
    const std::int64_t written = usage.cached_tokens / 3;
    const std::int64_t uncached = usage.input_tokens - usage.cached_tokens - written;
    return {{moved("uncached_input_tokens"), is_bad ? Json("many") : Json(uncached)},
            {"cache_creation",
             {{"ephemeral_1h_input_tokens", written / 2},
              {"ephemeral_5m_input_tokens", written - written / 2}}},
            {"cache_read_input_tokens", usage.cached_tokens},
            {"output_tokens", usage.output_tokens},
            {"total_tokens", usage.input_tokens + usage.output_tokens},
            {"requests", usage.requests},
            {"server_tool_use", {{"web_search_requests", 0}}}};
  }

  [[nodiscard]] Json cost(const ProviderUsage& usage, bool is_bad) const {
    const std::string cents = format_money({list_price(usage) * 100});
    return {{moved("amount"), is_bad ? "many" : cents},
            {"list_amount", cents},
            {"currency", "USD"},
            {"requests", usage.requests}};
  }

  [[nodiscard]] std::string moved(const std::string& name) const {
    return state_.mode == kMoved ? "new_" + name : name;
  }
  [[nodiscard]] Json dimension(std::string_view name, Json value) const {
    const bool is_grouped = std::ranges::find(request_.group_by, name) != request_.group_by.end();
    return is_grouped ? std::move(value) : Json(nullptr);
  }

  const AnalyticsRequest& request_;
  const PageState& state_;
};

void spoil_paging(const AnalyticsRequest& request, const PageState& state, std::int64_t from,
                  Json& page) {
  if (state.mode == kEndless) page["next_page"] = token_for(request, from, state.asked + 1);
  if (state.mode == kRepeatedToken) page["next_page"] = token_for(request, from, 1);
  if (state.mode == kNoToken) page["next_page"] = nullptr;
  if (state.mode == kEndless || state.mode == kRepeatedToken || state.mode == kNoToken) {
    page["has_more"] = true;
  }
}

Result<std::string> analytics_page(const ProviderModel& model, const PageRequest& request,
                                   const PageState& state, bool costs) {
  const std::optional<AnalyticsRequest> asked = read_request(request, costs);
  if (!asked) return fail(ErrorCode::kInvalidInput, "a parameter is missing or out of range");
  const Result<std::int64_t> from = row_of(*asked);
  if (!from) return tl::unexpected(from.error());
  const std::vector<AnalyticsUse> all = uses(model, *asked, state);
  const std::int64_t end =
      std::min<std::int64_t>(std::ssize(all), *from + std::min(asked->limit, state.most));
  const AnalyticsWriter writer(*asked, state);
  Json data = Json::array();
  for (std::int64_t row = *from; row < end; ++row) {
    data.push_back(
        writer.write(all[static_cast<std::size_t>(row)], state.mode == kBadRow && row == *from));
  }
  const bool more = end < std::ssize(all);
  Json page = {{"data", std::move(data)},
               {"has_more", more},
               {"next_page", more ? Json(token_for(*asked, end)) : Json(nullptr)},
               {"data_refreshed_at", format_time(state.now - kRefreshed)}};
  spoil_paging(*asked, state, *from, page);
  return page.dump();
}

}  // namespace

Result<std::string> analytics_usage(const ProviderModel& model, const PageRequest& request,
                                    const PageState& state) {
  return analytics_page(model, request, state, false);
}

Result<std::string> analytics_costs(const ProviderModel& model, const PageRequest& request,
                                    const PageState& state) {
  return analytics_page(model, request, state, true);
}

}  // namespace tidewaiter
