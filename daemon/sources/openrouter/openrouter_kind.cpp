#include "daemon/sources/openrouter/openrouter_kind.h"

#include <array>

#include "daemon/sources/openrouter/activity_feed.h"
#include "daemon/sources/openrouter/activity_page.h"

namespace tidewaiter {
namespace {

constexpr auto kOpenRouterEndpoints = std::to_array<ContractEndpoint>({
    {"activity", EndpointTheme::kUsage, true},
});

bool openrouter_can_tell(EndpointTheme /*theme*/, AccountChoice account) {
  return account == AccountChoice::kApiKey;
}

std::unique_ptr<Feed> openrouter_feed(std::string_view /*endpoint*/, const SourceConfig& config) {
  return std::make_unique<ActivityFeed>(config);
}

std::set<FieldId> openrouter_fields(std::string_view /*endpoint*/, const ContractConfig& config) {
  return activity_fields(config);
}

}  // namespace

constexpr ContractKind kOpenRouterKind = {
    .name = "openrouter",
    .url = "https://openrouter.ai/api/v1",
    .endpoints = kOpenRouterEndpoints,
    .overlap = {2 * kDay.us},
    .by_day = true,
    .poll = {6 * kHour.us},
    .account = AccountChoice::kApiKey,
    .requests_per_minute = 600,
    .can_tell = openrouter_can_tell,
    .feed = openrouter_feed,
    .fields = openrouter_fields,
};

}  // namespace tidewaiter
