#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/notify/secret.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// One POST. Headers hold no secrets: `bearer` and the URL's path and query are the only ways for
/// one.
struct HttpRequest {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  const Secret* bearer = nullptr;  ///< sent as `Authorization: Bearer …`; may be null
};

struct HttpResponse {
  std::int64_t status = 0;
  std::string body;                     ///< at most HttpLimits::body_bytes
  std::optional<Duration> retry_after;  ///< from Retry-After, seconds or a date; never negative
};

struct HttpLimits {
  Duration connect{5 * kSecond.us};
  Duration total{15 * kSecond.us};
  std::int64_t body_bytes = 65'536;  ///< of the response; more fails the request
};

/// Sends requests. An interface, so that tests answer without a network.
/// Errors: kInvalidInput (URL), kUnavailable (transport, limit, stopped): never a status. Messages
/// hold neither the token nor the URL's path and query.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  /// Any thread. Returns soon after `stop` is requested.
  [[nodiscard]] virtual Result<HttpResponse> post(const HttpRequest& request,
                                                  const std::stop_token& stop) = 0;
};

/// Checks what a URL must be: https, or http to a loopback address; with a host; without user,
/// password or fragment. Errors: kInvalidInput.
[[nodiscard]] Result<void> check_url(std::string_view url);

/// libcurl: TLS 1.2 or newer with verification, no redirects, no other protocols.
[[nodiscard]] std::unique_ptr<HttpClient> make_curl_client(const HttpLimits& limits = {});

}  // namespace tidewaiter
