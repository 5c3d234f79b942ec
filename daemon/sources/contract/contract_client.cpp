#include "daemon/sources/contract/contract_client.h"

#include <algorithm>
#include <cstdint>

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

}  // namespace tidewaiter
