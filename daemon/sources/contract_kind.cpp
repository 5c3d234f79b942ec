#include "daemon/sources/contract_kind.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "daemon/sources/anthropic/anthropic_kind.h"
#include "daemon/sources/contract/contract_source.h"
#include "daemon/sources/http_json/http_json_kind.h"
#include "daemon/sources/langfuse/langfuse_kind.h"
#include "daemon/sources/litellm/litellm_kind.h"
#include "daemon/sources/newapi/newapi_kind.h"
#include "daemon/sources/openai/openai_kind.h"
#include "daemon/sources/openrouter/openrouter_kind.h"
#include "daemon/sources/postgres/postgres_kind.h"
#include "daemon/sources/scim/scim_kind.h"
#include "daemon/sources/stripe/stripe_kind.h"

namespace tidewaiter {
namespace {

// A new vendor over HTTP is one folder, one line here, one in registry.cpp and one page. So is
// whatever else keeps the contract: windows, cursor, retries and coverage are the same.
constexpr std::array kContractKinds = {
    &kAnthropicKind, &kHttpJsonKind,   &kLangfuseKind, &kLiteLlmKind, &kNewApiKind,
    &kOpenAiKind,    &kOpenRouterKind, &kPostgresKind, &kScimKind,    &kStripeKind};

}  // namespace

std::span<const ContractKind* const> contract_kinds() { return kContractKinds; }

const ContractKind* find_contract_kind(std::string_view name) {
  const auto* const found =
      std::ranges::find(kContractKinds, name, [](const ContractKind* kind) { return kind->name; });
  return found == kContractKinds.end() ? nullptr : *found;
}

const ContractEndpoint* find_endpoint(const ContractKind& kind, std::string_view name) {
  const auto found = std::ranges::find(kind.endpoints, name, &ContractEndpoint::name);
  return found == kind.endpoints.end() ? nullptr : &*found;
}

bool has_endpoints(const ContractKind& kind, RecordKind record) {
  return std::ranges::any_of(kind.endpoints, [record](const ContractEndpoint& endpoint) {
    return record_of(endpoint.theme) == record;
  });
}

bool can_tell(const ContractKind& kind, std::span<const std::string> endpoints, EndpointTheme theme,
              AccountChoice account) {
  return std::ranges::all_of(endpoints, [&](const std::string& name) {
    const ContractEndpoint* const endpoint = find_endpoint(kind, name);
    return endpoint == nullptr || endpoint->can_tell == nullptr ? kind.can_tell(theme, account)
                                                                : endpoint->can_tell(account);
  });
}

Result<std::unique_ptr<Connector>> make_contract_source(const SourceConfig& config,
                                                        const SourceServices& services) {
  const ContractKind* const kind = find_contract_kind(config.kind);
  std::vector<std::unique_ptr<Feed>> feeds;
  for (const std::string& name : config.contract->endpoints) {
    const ContractEndpoint* const endpoint = kind == nullptr ? nullptr : find_endpoint(*kind, name);
    if (endpoint == nullptr) {
      return fail(ErrorCode::kInvalidInput,
                  "`" + name + "` is no endpoint of a source of kind `" + config.kind + "`");
    }
    if (endpoint->seals && config.contract->fingerprint_key.name.empty()) {
      return fail(ErrorCode::kInvalidInput, "the endpoint `" + name + "` needs `fingerprint_key`");
    }
    feeds.push_back(kind->feed(endpoint->name, config));  // the table's name outlives the feed
  }
  if (feeds.empty()) return fail(ErrorCode::kInvalidInput, "`endpoints` names none");
  std::string header = config.listing ? config.listing->header : std::string(kind->key_header);
  if (config.contract->bearer) header.clear();
  return std::make_unique<ContractSource>(config, services, std::move(header), std::move(feeds),
                                          kind->client == nullptr ? nullptr : kind->client(config));
}

bool counts_requests(const SourceConfig& config) {
  const ContractKind* const kind = find_contract_kind(config.kind);
  if (kind == nullptr) return true;
  return std::ranges::any_of(config.contract->endpoints, [kind](const std::string& name) {
    const ContractEndpoint* const endpoint = find_endpoint(*kind, name);
    if (endpoint == nullptr || record_of(endpoint->theme) != RecordKind::kUsage) return true;
    return endpoint->theme == EndpointTheme::kUsage && endpoint->counts_requests;
  });
}

std::set<FieldId> contract_fields(const SourceConfig& config) {
  std::set<FieldId> fields;
  const ContractKind* const kind = find_contract_kind(config.kind);
  if (kind == nullptr) return fields;
  for (const std::string& name : config.contract->endpoints) {
    if (find_endpoint(*kind, name) != nullptr) fields.merge(kind->fields(name, *config.contract));
  }
  return fields;
}

}  // namespace tidewaiter
