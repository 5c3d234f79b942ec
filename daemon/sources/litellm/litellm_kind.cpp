#include "daemon/sources/litellm/litellm_kind.h"

#include <array>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/litellm/directory_feed.h"
#include "daemon/sources/litellm/spend_feed.h"
#include "daemon/sources/litellm/spend_row.h"

namespace tidewaiter {
namespace {

using enum EndpointTheme;

constexpr std::string_view kSpendEndpoint = "spend_logs";

constexpr auto kLiteLlmEndpoints = std::to_array<ContractEndpoint>({
    {"customers", kDirectory, true},
    {"keys", kDirectory, true},
    {kSpendEndpoint, kUsage, true},
    {"teams", kDirectory, true},
    {"users", kDirectory, true},
});

/// A row names all of them.
bool litellm_can_tell(EndpointTheme /*theme*/, AccountChoice /*account*/) { return true; }

std::unique_ptr<Feed> litellm_feed(std::string_view endpoint, const SourceConfig& config) {
  if (endpoint == kSpendEndpoint) return std::make_unique<SpendFeed>(config);
  return std::make_unique<LiteLlmDirectoryFeed>(endpoint, config);
}

std::set<FieldId> litellm_fields(std::string_view endpoint, const ContractConfig& config) {
  if (endpoint == kSpendEndpoint) return spend_fields();
  std::set<FieldId> fields = account_fields(config);
  for (const char* const name : {"end_user", "organization"}) fields.insert(*find_field(name));
  return fields;
}

}  // namespace

constexpr ContractKind kLiteLlmKind = {
    .name = "litellm",
    .url = "",
    .endpoints = kLiteLlmEndpoints,
    .overlap = {2 * kHour.us},
    .by_request = true,
    .poll = {5 * kMinute.us},
    .can_tell = litellm_can_tell,
    .feed = litellm_feed,
    .fields = litellm_fields,
};

}  // namespace tidewaiter
