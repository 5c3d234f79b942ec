#include "daemon/sources/langfuse/langfuse_kind.h"

#include <array>

#include "daemon/sources/contract/fetcher.h"
#include "daemon/sources/langfuse/observation_feed.h"
#include "daemon/sources/langfuse/observation_page.h"

namespace tidewaiter {
namespace {

constexpr auto kLangfuseEndpoints = std::to_array<ContractEndpoint>({
    {"observations", EndpointTheme::kUsage, true},
});

/// Traces name projects and whom the application calls its user, and neither keys nor people of the
/// house.
bool langfuse_can_tell(EndpointTheme /*theme*/, AccountChoice account) {
  return account == AccountChoice::kProject || account == AccountChoice::kEndUser;
}

std::unique_ptr<Feed> langfuse_feed(std::string_view /*endpoint*/, const SourceConfig& config) {
  return std::make_unique<ObservationFeed>(config);
}

std::set<FieldId> langfuse_fields(std::string_view /*endpoint*/, const ContractConfig& config) {
  return observation_fields(config);
}

}  // namespace

constexpr ContractKind kLangfuseKind = {
    .name = "langfuse",
    .url = "https://cloud.langfuse.com",
    .endpoints = kLangfuseEndpoints,
    .key_header = kBasicCredential,
    .overlap = {6 * kHour.us},
    .by_request = true,
    .poll = {5 * kMinute.us},
    .requests_per_minute = 600,
    .can_tell = langfuse_can_tell,
    .feed = langfuse_feed,
    .fields = langfuse_fields,
};

}  // namespace tidewaiter
