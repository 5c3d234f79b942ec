#include "daemon/sources/contract/contract_client.h"

#include <algorithm>
#include <cstdint>

#include "daemon/sources/contract/request_budget.h"

namespace tidewaiter {
namespace {

constexpr Duration kConnectTime{10 * kSecond.us};
constexpr Duration kStalledTime{30 * kSecond.us};
constexpr std::int64_t kLongestBody = std::int64_t{64} << 20U;

}  // namespace

std::unique_ptr<HttpClient> make_contract_client(const ContractConfig& config) {
  HttpLimits limits;
  limits.connect = std::min(kConnectTime, config.deadline);
  limits.total = config.deadline;
  limits.stalled = kStalledTime;
  limits.body_bytes = kLongestBody;
  return make_curl_client(limits, config.route);
}

FetcherOptions fetcher_options(const SourceConfig& config, const SourceServices& services,
                               const RetryRule& rule) {
  const ContractConfig& contract = *config.contract;
  FetcherOptions options;
  options.http = services.http;
  options.variables = services.variables;
  options.rule = rule;
  options.now = services.now;
  options.wake = services.wake;
  options.sent = services.sent;
  options.source = config.name;
  options.budget = services.budgets->of(contract.url, contract.key, contract.requests_per_minute);
  return options;
}

}  // namespace tidewaiter
