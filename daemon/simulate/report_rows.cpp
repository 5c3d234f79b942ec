#include "daemon/simulate/report_rows.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/simulate/usage_parts.h"
#include "policies/model/money.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;
using enum HostileMode;

/// Writes one customer's use in the words of one report.
class RowWriter {
 public:
  RowWriter(const UsageReportRequest& request, const UsageReportState& state)
      : request_(request), state_(state) {}

  [[nodiscard]] Json write(ProviderUsage usage) const {
    if (state_.mode == kRestated && state_.asked > 0) ++usage.input_tokens;
    switch (shown_report()) {
      case UsageReport::kOpenAiUsage:
        return openai_usage(usage);
      case UsageReport::kOpenAiCosts:
        return openai_costs(usage);
      case UsageReport::kAnthropicUsage:
        return anthropic_usage(usage);
      case UsageReport::kAnthropicCosts:
        return anthropic_costs(usage);
    }
    return {};
  }

  /// The member that names whoever cannot be told.
  [[nodiscard]] const char* party() const {
    if (request_.report == UsageReport::kOpenAiUsage) return "user_id";
    if (request_.report == UsageReport::kOpenAiCosts) return "project_id";
    return request_.report == UsageReport::kAnthropicUsage ? "api_key_id" : "workspace_id";
  }

 private:
  /// Costs where usage was asked for, and the other way round.
  [[nodiscard]] UsageReport shown_report() const {
    if (state_.mode != kWrongObject) return request_.report;
    if (is_anthropic(request_.report)) {
      return is_costs(request_.report) ? UsageReport::kAnthropicUsage
                                       : UsageReport::kAnthropicCosts;
    }
    return is_costs(request_.report) ? UsageReport::kOpenAiUsage : UsageReport::kOpenAiCosts;
  }

  [[nodiscard]] const char* moved(const char* name, const char* other) const {
    return state_.mode == kMoved ? other : name;
  }

  [[nodiscard]] Json openai_usage(const ProviderUsage& usage) const {
    return {{"object", "organization.usage.completions.result"},
            {"input_tokens", number(usage.input_tokens)},
            {"input_cached_tokens", usage.cached_tokens},
            {"input_uncached_tokens", usage.input_tokens - usage.cached_tokens},
            {"output_tokens", usage.output_tokens},
            {moved("num_model_requests", "model_requests"), usage.requests},
            {"project_id", dimension("project_id", usage.project)},
            {"user_id", dimension("user_id", usage.user)},
            {"api_key_id", dimension("api_key_id", usage.api_key)},
            {"model", dimension("model", usage.model)},
            {"batch", is_grouped("batch") ? Json(usage.batch) : Json(nullptr)},
            {"service_tier", dimension("service_tier", usage.service_tier)}};
  }

  [[nodiscard]] Json openai_costs(const ProviderUsage& usage) const {
    // The shortest text of a double that has at most 15 digits is the decimal that it came from.
    const std::string dollars = format_money({list_price(usage)});
    const Json value =
        state_.mode == kBadRow ? Json("many") : Json(std::strtod(dollars.c_str(), nullptr));
    return {{"object", "organization.costs.result"},
            {moved("amount", "total"), {{"value", value}, {"currency", "usd"}}},
            {"line_item", nullptr},
            {"project_id", dimension("project_id", usage.project)},
            {"api_key_id", dimension("api_key_id", usage.api_key)},
            {"quantity", nullptr},
            {"quantity_unit", nullptr}};
  }

  [[nodiscard]] Json anthropic_usage(const ProviderUsage& usage) const {
    const std::int64_t written = usage.cached_tokens / 3;
    const std::int64_t uncached = usage.input_tokens - usage.cached_tokens - written;
    return {{moved("uncached_input_tokens", "input_tokens"), number(uncached)},
            {"cache_creation",
             {{"ephemeral_1h_input_tokens", written / 2},
              {"ephemeral_5m_input_tokens", written - written / 2}}},
            {"cache_read_input_tokens", usage.cached_tokens},
            {"output_tokens", usage.output_tokens},
            {"server_tool_use", {{"web_search_requests", 0}}},
            {"api_key_id", dimension("api_key_id", usage.api_key)},
            {"workspace_id", dimension("workspace_id", usage.project)},
            {"model", dimension("model", usage.model)},
            {"service_tier", dimension("service_tier", usage.batch ? "batch" : "standard")},
            {"context_window", nullptr}};
  }

  [[nodiscard]] Json anthropic_costs(const ProviderUsage& usage) const {
    const std::string cents = format_money({list_price(usage) * 100});
    return {{"currency", "USD"},
            {moved("amount", "total"), state_.mode == kBadRow ? "many" : cents},
            {"workspace_id", dimension("workspace_id", usage.project)},
            {"description", dimension("description", usage.model + " Usage")},
            {"cost_type", "tokens"},
            {"context_window", nullptr},
            {"model", dimension("description", usage.model)},
            {"service_tier", dimension("description", usage.batch ? "batch" : "standard")},
            {"token_type", nullptr}};
  }

  [[nodiscard]] Json number(std::int64_t value) const {
    return state_.mode == kBadRow ? Json("many") : Json(value);
  }
  [[nodiscard]] bool is_grouped(std::string_view name) const {
    return std::ranges::find(request_.group_by, name) != request_.group_by.end();
  }
  [[nodiscard]] Json dimension(std::string_view name, const std::string& value) const {
    return is_grouped(name) ? Json(value) : Json(nullptr);
  }

  const UsageReportRequest& request_;
  const UsageReportState& state_;
};

}  // namespace

void add_report_rows(const ProviderUsage& usage, const UsageReportRequest& request,
                     const UsageReportState& state, Json& results) {
  const RowWriter writer(request, state);
  if (state.mode == kBadRow && !results.empty()) {
    UsageReportState honest = state;  // one bad row is enough
    honest.mode = kNone;
    results.push_back(RowWriter(request, honest).write(usage));
    return;
  }
  if (state.mode != kNullActors) {
    results.push_back(writer.write(usage));
    return;
  }
  for (const ProviderUsage& part : usage_parts(usage)) {
    Json row = writer.write(part);
    row[writer.party()] = nullptr;
    results.push_back(std::move(row));
  }
}

}  // namespace tidewaiter
