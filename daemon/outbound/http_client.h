#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/outbound/secret.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// What requests call their client (`User-Agent`).
inline constexpr const char* kUserAgent = "tidewaiter";

enum class HttpMethod : std::uint8_t { kGet, kPost };

/// Headers hold no secrets: `bearer`, `secret_headers`, `proxy_login` and the URL's path and query
/// are the only ways for one. Pointers outlive the request.
struct HttpRequest {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;                ///< kPost
  const Secret* bearer = nullptr;  ///< sent as `Authorization: Bearer …`; may be null
  HttpMethod method = HttpMethod::kPost;
  std::vector<std::pair<std::string, const Secret*>> secret_headers = {};
  /// What HttpRoute::proxy knows us by, "user:password": the first colon parts them. It goes to
  /// that proxy alone, by Basic authentication (RFC 7617), or as a SOCKS server takes it (RFC
  /// 1929); null: the proxy asks for none.
  const Secret* proxy_login = nullptr;
};

struct HttpResponse {
  std::int64_t status = 0;
  std::string body;                     ///< decompressed; at most HttpLimits::body_bytes
  std::optional<Duration> retry_after;  ///< from Retry-After or retry-after-ms; never negative
  std::optional<UtcTime> date = {};     ///< the server's clock, by its Date header
  std::string etag = {};                ///< as the header has it, quotes included
  std::string last_modified = {};       ///< as the header has it
  std::string link = {};                ///< its lines of `Link`, joined by commas
  std::string redirect = {};            ///< where a status 3xx with a Location leads: a whole URL
  /// Whether the server wants the request again, by Stripe-Should-Retry or x-should-retry.
  std::optional<bool> should_retry = {};
};

struct HttpLimits {
  Duration connect{5 * kSecond.us};
  Duration total{15 * kSecond.us};
  /// A transfer that moves less than one byte a second for this long is given up; 0: never.
  Duration stalled{0};
  std::int64_t body_bytes = 65'536;  ///< of the response, decompressed; more fails the request
};

/// How requests get to their host.
struct HttpRoute {
  /// True: hosts of this machine and of private networks too. False: a connection is made to public
  /// addresses only (address_guard.h), checked on the very address that is connected to, and
  /// proxies that the environment names are not used, for behind a proxy nobody can check.
  bool private_addresses = true;
  std::string proxy;                  ///< "http://proxy.example:3128", check_proxy(); empty: above
  std::filesystem::path ca;           ///< certificates to trust (PEM); empty: the system's
  std::filesystem::path certificate;  ///< for the server to know us by (mTLS, PEM); may be empty
  std::filesystem::path certificate_key;  ///< its private key (PEM)
};

/// Sends requests. An interface, so that tests answer without a network.
/// Errors: kInvalidInput (URL), kUnavailable (transport, deadline, stopped), kRefused (an address
/// that the route does not allow, a body above the limit, a proxy that wants another login): never
/// a status. Messages hold neither
/// the token nor the URL's path and query.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  /// Any thread. Returns soon after `stop` is requested. Follows no redirect: the answer with its
  /// status 3xx is what comes back, and no credential goes to another host.
  [[nodiscard]] virtual Result<HttpResponse> send(const HttpRequest& request,
                                                  const std::stop_token& stop) = 0;
  /// Nobody has asked for a while: what is kept for the next request, and would cost the server
  /// something meanwhile, may go. Called on the thread of send().
  virtual void rest() {}
};

/// Checks what a URL must be: https, or http to a loopback address; with a host; without user,
/// password or fragment. Errors: kInvalidInput.
[[nodiscard]] Result<void> check_url(std::string_view url);

/// Checks what HttpRoute::proxy must be: a host and a port, with `http`, `https` or a `socks`
/// scheme that libcurl has in front or none, and nothing else: no user, no password, no path, no
/// query. It is shown with the configuration, and a login is HttpRequest::proxy_login.
/// Errors: kInvalidInput.
[[nodiscard]] Result<void> check_proxy(std::string_view text);

/// Whether the URL's host is written as an address that only this machine or a private network has.
[[nodiscard]] bool names_private_host(std::string_view url);

/// The text as a part of a URL's query: everything but letters, digits and `-._~` as %XX (RFC 3986,
/// 2.3).
[[nodiscard]] std::string percent_encoded(std::string_view text);

/// libcurl: TLS 1.2 or newer with verification, HTTP/2 where the server has it, gzip and deflate,
/// connections kept for the next request, no redirects, no other protocols.
[[nodiscard]] std::unique_ptr<HttpClient> make_curl_client(const HttpLimits& limits = {},
                                                           const HttpRoute& route = {});

}  // namespace tidewaiter
