#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "daemon/simulate/page_request.h"
#include "daemon/simulate/provider_model.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// One request of a customer.
struct CustomerRequest {
  UtcTime start;
  std::string id;
  const ProviderUsage* hour = nullptr;  ///< of which it is a part
  std::int64_t number = 0;              ///< within the hour, from 0; −1: the one that has failed

  [[nodiscard]] bool has_failed() const { return number < 0; }
  /// Its own part: the requests of an hour that have not failed add up to it. Of one that has
  /// failed, all figures are 0.
  [[nodiscard]] ProviderUsage usage() const;
};

/// The customers' requests, each by itself, as whoever serves them logs them: what
/// ProviderModel::usage() says of an hour, spread over it, and besides one that has failed in each
/// hour of a customer. In modes that say so with rows that come late, come and go, or are told
/// otherwise when they are asked for again.
class RequestLog {
 public:
  /// Those that began within `time`, both ends included, and not after now; oldest first.
  RequestLog(const ProviderModel& model, Interval time, const PageState& state);
  RequestLog(const RequestLog&) = delete;
  RequestLog& operator=(const RequestLog&) = delete;

  [[nodiscard]] const std::vector<CustomerRequest>& requests() const { return requests_; }

 private:
  std::deque<std::vector<ProviderUsage>> hours_;  ///< requests point into them
  std::vector<CustomerRequest> requests_;
};

/// The number of the customer whose use it is, from 0.
[[nodiscard]] std::int64_t customer_number(const ProviderUsage& usage);

/// The id that stands for a customer's key: 64 hexadecimal digits, as gateways hash keys.
[[nodiscard]] std::string gateway_key(const std::string& api_key);

/// What is billed for it, as programs write a float: the nearest double.
[[nodiscard]] double dollars_of(const ProviderUsage& usage);

}  // namespace tidewaiter
