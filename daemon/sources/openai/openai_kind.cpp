#include "daemon/sources/openai/openai_source.h"

#include <string>
#include <utility>
#include <vector>

#include "daemon/sources/contract/contract_source.h"
#include "daemon/sources/openai/usage_feed.h"

namespace tidewaiter {

Result<std::unique_ptr<Connector>> make_openai_source(const SourceConfig& config,
                                                      const SourceServices& services) {
  std::vector<std::unique_ptr<Feed>> feeds;
  for (const std::string& name : config.contract->endpoints) {
    const UsageEndpoint* const endpoint = find_usage_endpoint(name);
    if (endpoint == nullptr) {
      return fail(ErrorCode::kInvalidInput,
                  "`" + name + "` is no endpoint of a source of kind `openai`");
    }
    feeds.push_back(std::make_unique<UsageFeed>(*endpoint, config));
  }
  if (feeds.empty()) return fail(ErrorCode::kInvalidInput, "`endpoints` names none");
  return std::make_unique<ContractSource>(config, services, std::string(), std::move(feeds));
}

}  // namespace tidewaiter
