#include "daemon/sources/newapi/newapi_kind.h"

#include <array>

#include "daemon/sources/newapi/log_feed.h"
#include "daemon/sources/newapi/log_row.h"

namespace tidewaiter {
namespace {

constexpr auto kNewApiEndpoints = std::to_array<ContractEndpoint>({
    {"logs", EndpointTheme::kUsage, true},
});

/// A row names its group, its user and its token.
bool newapi_can_tell(EndpointTheme /*theme*/, AccountChoice account) {
  return account != AccountChoice::kEndUser;
}

std::unique_ptr<Feed> newapi_feed(std::string_view /*endpoint*/, const SourceConfig& config) {
  return std::make_unique<NewApiLogFeed>(config);
}

std::set<FieldId> newapi_fields(std::string_view /*endpoint*/, const ContractConfig& config) {
  return log_fields(!config.organization.empty());
}

}  // namespace

constexpr ContractKind kNewApiKind = {
    .name = "newapi",
    .url = "",
    .endpoints = kNewApiEndpoints,
    .overlap = {2 * kHour.us},
    .by_request = true,
    .poll = {5 * kMinute.us},
    .has_user = true,
    .can_tell = newapi_can_tell,
    .feed = newapi_feed,
    .fields = newapi_fields,
};

}  // namespace tidewaiter
