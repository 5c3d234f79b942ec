#include "daemon/sources/anthropic/anthropic_kind.h"

#include <array>

#include "daemon/sources/anthropic/activity_feed.h"
#include "daemon/sources/anthropic/directory_feed.h"
#include "daemon/sources/anthropic/message_page.h"
#include "daemon/sources/anthropic/report_feed.h"
#include "daemon/sources/contract/account_entry.h"
#include "policies/model/field_catalogue.h"

namespace tidewaiter {
namespace {

using enum EndpointTheme;

constexpr auto kAnthropicEndpoints = std::to_array<ContractEndpoint>({
    {"activities", kAudit, true},
    {"api_keys", kDirectory, true},
    {"costs", kCosts, false},
    {"messages", kUsage, true},
    {"users", kDirectory, true},
    {"workspaces", kDirectory, true},
});

/// Usage names no user, bills name no key, and nothing names an end user.
bool anthropic_can_tell(EndpointTheme theme, AccountChoice account) {
  if (account == AccountChoice::kEndUser) return false;
  if (theme == kDirectory || theme == kAudit) return true;
  return account == AccountChoice::kProject ||
         (account == AccountChoice::kApiKey && theme == kUsage);
}

std::unique_ptr<Feed> anthropic_feed(std::string_view endpoint, const SourceConfig& config) {
  if (endpoint == "costs" || endpoint == "messages") {
    return std::make_unique<AnthropicReportFeed>(endpoint, config);
  }
  if (endpoint == "activities") return std::make_unique<AnthropicActivityFeed>(endpoint, config);
  return std::make_unique<AnthropicDirectoryFeed>(endpoint, config);
}

std::set<FieldId> anthropic_fields(std::string_view endpoint, const ContractConfig& config) {
  if (endpoint == "costs") return cost_fields(anthropic_cost_shape(), config);
  if (endpoint == "activities") return audit_fields(config, {field_id("organization")});
  return endpoint == "messages" ? message_fields(config) : account_fields(config);
}

}  // namespace

constexpr ContractKind kAnthropicKind = {
    .name = "anthropic",
    .url = "https://api.anthropic.com/v1",
    .endpoints = kAnthropicEndpoints,
    .key_header = "x-api-key",
    .version = "2023-06-01",
    .overlap = {24 * kHour.us},
    .counts_requests = false,
    .requests_per_minute = 600,
    .can_tell = anthropic_can_tell,
    .feed = anthropic_feed,
    .fields = anthropic_fields,
};

}  // namespace tidewaiter
