#include "daemon/sources/openai/openai_kind.h"

#include <array>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/openai/audit_feed.h"
#include "daemon/sources/openai/cost_feed.h"
#include "daemon/sources/openai/directory_feed.h"
#include "daemon/sources/openai/usage_feed.h"
#include "policies/model/field_catalogue.h"

namespace tidewaiter {
namespace {

using enum EndpointTheme;

constexpr auto kOpenAiEndpoints = std::to_array<ContractEndpoint>({
    {"admin_api_keys", kDirectory, false},
    {"api_keys", kDirectory, true},
    {"audio_speeches", kUsage, false},
    {"audio_transcriptions", kUsage, false},
    {"audit_logs", kAudit, true},
    {"completions", kUsage, true},
    {"costs", kCosts, false},
    {"embeddings", kUsage, false},
    {"images", kUsage, false},
    {"moderations", kUsage, false},
    {"projects", kDirectory, true},
    {"tenant_audit_logs", kAudit, true},
    {"users", kDirectory, true},
});

/// Bills name no user, and nothing names an end user.
bool openai_can_tell(EndpointTheme theme, AccountChoice account) {
  if (account == AccountChoice::kEndUser) return false;
  return theme != kCosts || account != AccountChoice::kPrincipal;
}

bool is_audit(std::string_view endpoint) {
  return endpoint == "audit_logs" || endpoint == "tenant_audit_logs";
}

std::unique_ptr<Feed> openai_feed(std::string_view endpoint, const SourceConfig& config) {
  if (is_audit(endpoint)) return std::make_unique<OpenAiAuditFeed>(endpoint, config);
  if (endpoint == "costs") return std::make_unique<OpenAiCostFeed>(config);
  if (const UsageEndpoint* const usage = find_usage_endpoint(endpoint)) {
    return std::make_unique<UsageFeed>(*usage, config);
  }
  return std::make_unique<OpenAiDirectoryFeed>(endpoint, config);
}

std::set<FieldId> openai_fields(std::string_view endpoint, const ContractConfig& config) {
  if (endpoint == "costs") return cost_fields(openai_cost_shape(config.account), config);
  if (const UsageEndpoint* const usage = find_usage_endpoint(endpoint)) {
    return usage_fields(*usage, config);
  }
  if (is_audit(endpoint)) {
    return audit_fields(config,
                        {field_id("client.country"), field_id("client.asn"), field_id("tls.ja4")});
  }
  std::set<FieldId> fields = account_fields(config);
  fields.insert(field_id("owners"));  // keys have their owners' names
  return fields;
}

}  // namespace

constexpr ContractKind kOpenAiKind = {
    .name = "openai",
    .url = "https://api.openai.com/v1",
    .endpoints = kOpenAiEndpoints,
    .overlap = {48 * kHour.us},
    .requests_per_minute = 600,
    .can_tell = openai_can_tell,
    .feed = openai_feed,
    .fields = openai_fields,
};

}  // namespace tidewaiter
