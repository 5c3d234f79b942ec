#include "daemon/sources/anthropic/anthropic_kind.h"

#include <array>

#include "daemon/sources/anthropic/activity_feed.h"
#include "daemon/sources/anthropic/analytics_feed.h"
#include "daemon/sources/anthropic/analytics_page.h"
#include "daemon/sources/anthropic/directory_feed.h"
#include "daemon/sources/anthropic/message_page.h"
#include "daemon/sources/anthropic/report_feed.h"
#include "daemon/sources/contract/account_entry.h"
#include "policies/model/field_catalogue.h"

namespace tidewaiter {
namespace {

using enum EndpointTheme;

/// The analytics reports go no further back.
constexpr UtcTime kAnalyticsSince{1'767'225'600 * kSecond.us};  // 2026-01-01

/// The analytics reports are grouped by all that an account may be.
bool tells_all(AccountChoice /*account*/) { return true; }

constexpr auto kAnthropicEndpoints = std::to_array<ContractEndpoint>({
    {.name = "activities", .theme = kAudit, .by_default = true},
    {.name = "analytics_costs", .theme = kCosts, .since = kAnalyticsSince, .can_tell = tells_all},
    {.name = "analytics_usage",
     .theme = kUsage,
     .same_as = "messages",
     .since = kAnalyticsSince,
     .can_tell = tells_all},
    {.name = "api_keys", .theme = kDirectory, .by_default = true},
    {.name = "costs", .theme = kCosts},
    {.name = "messages",
     .theme = kUsage,
     .by_default = true,
     .counts_requests = false,
     .same_as = "analytics_usage"},
    {.name = "service_accounts", .theme = kDirectory},
    {.name = "user_profiles", .theme = kDirectory, .can_tell = tells_all},
    {.name = "users", .theme = kDirectory, .by_default = true},
    {.name = "workspaces", .theme = kDirectory, .by_default = true},
});

/// Of the legacy reports usage names no user, bills name no key, and nothing names an end user.
bool anthropic_can_tell(EndpointTheme theme, AccountChoice account) {
  if (account == AccountChoice::kEndUser) return false;
  if (theme == kDirectory || theme == kAudit) return true;
  return account == AccountChoice::kProject ||
         (account == AccountChoice::kApiKey && theme == kUsage);
}

bool is_analytics(std::string_view endpoint) { return endpoint.starts_with("analytics_"); }

std::unique_ptr<Feed> anthropic_feed(std::string_view endpoint, const SourceConfig& config) {
  if (is_analytics(endpoint)) return std::make_unique<AnthropicAnalyticsFeed>(endpoint, config);
  if (endpoint == "costs" || endpoint == "messages") {
    return std::make_unique<AnthropicReportFeed>(endpoint, config);
  }
  if (endpoint == "activities") return std::make_unique<AnthropicActivityFeed>(endpoint, config);
  return std::make_unique<AnthropicDirectoryFeed>(endpoint, config);
}

std::set<FieldId> anthropic_fields(std::string_view endpoint, const ContractConfig& config) {
  if (is_analytics(endpoint)) return analytics_fields(endpoint, config);
  if (endpoint == "costs") return cost_fields(anthropic_cost_shape(), config);
  if (endpoint == "activities") return audit_fields(config, {field_id("organization")});
  if (endpoint == "messages") return message_fields(config);
  std::set<FieldId> fields = account_fields(config);
  if (endpoint == "user_profiles") {
    fields.insert({field_id("end_user"), field_id("country.declared"), field_id("reseller")});
  }
  return fields;
}

}  // namespace

constexpr ContractKind kAnthropicKind = {
    .name = "anthropic",
    .url = "https://api.anthropic.com/v1",
    .endpoints = kAnthropicEndpoints,
    .key_header = "x-api-key",
    .version = "2023-06-01",
    .other_version = "2026-10-21",
    .beta = "analytics-usage-cost-2026-08-24",
    .takes_bearer = true,
    .overlap = {24 * kHour.us},
    .requests_per_minute = 600,
    .can_tell = anthropic_can_tell,
    .feed = anthropic_feed,
    .fields = anthropic_fields,
};

}  // namespace tidewaiter
