#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "daemon/http/http_service.h"
#include "daemon/simulate/hostile_mode.h"
#include "daemon/simulate/provider_model.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

struct ProviderOptions {
  ListenAddress address;
  ProviderModel model;
  HostileMode mode = HostileMode::kNone;
  std::int64_t most_buckets = 24;  ///< of a page; entries of a list
  std::function<UtcTime()> now;
};

/// A provider that does not exist, over real HTTP, in the words of two vendors and of a gateway
/// from one model: OpenAI's usage of completions, costs and directory by its published
/// specification, under /v1/organization and for any bearer token; Anthropic's usage report of
/// messages, cost report and directory by its documentation, under /v1/organizations and for any
/// `x-api-key`; LiteLLM's spend logs, keys, users, teams and customers, at its root and for any
/// bearer token. For tests and demonstrations; it knows no secret and keeps nothing.
class ProviderServer {
 public:
  /// Listens from now on; requests are answered in run(). Errors: kUnavailable.
  [[nodiscard]] static Result<std::unique_ptr<ProviderServer>> listen(ProviderOptions options);
  virtual ~ProviderServer() = default;

  [[nodiscard]] virtual int port() const = 0;
  /// Answers requests until `stop`. Errors: kUnavailable.
  [[nodiscard]] virtual Result<void> run(const std::stop_token& stop) = 0;
};

}  // namespace tidewaiter
