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

/// A provider that does not exist, over real HTTP, in the words of vendors and of gateways from one
/// model. By its published specification or documentation each has:
///
///   OpenAI       usage of completions, costs, directory and audit log, under /v1/organization
///   Anthropic    analytics and legacy reports of usage and costs, and directory, under
///                /v1/organizations; the activity feed, at /v1/compliance/activities; user
///                profiles, at /v1/user_profiles
///   Stripe       customers and what they pay with, under /v1/customers
///   LiteLLM      spend logs, keys, users, teams and customers, at the root
///   new-api      logs, at /api/log/
///   Langfuse     observations, under /api/public
///   OpenRouter   keys and their activity, under /api/v1
///   SCIM 2.0     users, under /scim/v2
///
/// Anthropic answers any `x-api-key` or bearer token, Langfuse any user and password, all others
/// any bearer token. For tests and demonstrations; it knows no secret and keeps nothing.
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
