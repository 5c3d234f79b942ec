#include "daemon/sources/http_json/http_json_kind.h"

#include <array>

#include "daemon/sources/http_json/json_feed.h"

namespace tidewaiter {
namespace {

constexpr auto kListEndpoints =
    std::to_array<ContractEndpoint>({{"rows", EndpointTheme::kUsage, true}});

/// What `account` is the mapping says.
bool mapping_tells(EndpointTheme /*theme*/, AccountChoice /*account*/) { return true; }

std::unique_ptr<Feed> json_feed(std::string_view /*endpoint*/, const SourceConfig& config) {
  return std::make_unique<JsonFeed>(config);
}

/// The fields are those of the mapping, which is no part of this.
std::set<FieldId> no_fixed_fields(std::string_view /*endpoint*/, const ContractConfig& /*config*/) {
  return {};
}

}  // namespace

constexpr ContractKind kHttpJsonKind = {
    .name = "http_json",
    .url = "",
    .endpoints = kListEndpoints,
    .overlap = {2 * kHour.us},
    .by_request = true,
    .by_mapping = true,
    .poll = {5 * kMinute.us},
    .can_tell = mapping_tells,
    .feed = json_feed,
    .fields = no_fixed_fields,
};

}  // namespace tidewaiter
