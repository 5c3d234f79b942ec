#include "daemon/outbound/http_client.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <mutex>
#include <span>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/outbound/address_guard.h"
#include "daemon/outbound/curl_handles.h"

namespace tidewaiter {
namespace {

struct Exchange {
  HttpResponse response;
  std::int64_t body_limit = 0;
  bool too_large = false;
  bool public_only = false;
  long proxy_status = 0;  ///< what a proxy answered to CONNECT
  std::string refused;    ///< the address that the route does not allow
};

/// Gets the body decompressed, a piece of some KiB at a time: what a small compressed body would
/// become is cut off at the limit.
std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::size_t bytes = size * count;
  if (static_cast<std::int64_t>(exchange.response.body.size() + bytes) > exchange.body_limit) {
    exchange.too_large = true;
    return 0;  // breaks the transfer off
  }
  exchange.response.body.append(data, bytes);
  return bytes;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n' || text.back() == ' ')) {
    text.remove_suffix(1);
  }
  return text;
}

/// A number of units of `unit`, or nothing. More than nine digits are a day.
std::optional<Duration> whole_number_of(Duration unit, std::string_view digits) {
  if (digits.empty() || !std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  if (digits.size() > 9) return kDay;
  return Duration{std::strtoll(std::string(digits).c_str(), nullptr, 10) * unit.us};
}

std::optional<UtcTime> read_date(std::string_view value) {
  const std::string text(trimmed(value));
  if (text.empty() || text.size() > 64) return std::nullopt;
  const std::time_t date = curl_getdate(text.c_str(), nullptr);
  if (date < 0) return std::nullopt;
  return UtcTime{static_cast<std::int64_t>(date) * kSecond.us};
}

/// Retry-After is a number of seconds or a date (RFC 9110, 10.2.3). Anything else is ignored.
std::optional<Duration> parse_retry_after(std::string_view value) {
  if (auto seconds = whole_number_of(kSecond, trimmed(value))) return seconds;
  const std::optional<UtcTime> date = read_date(value);
  if (!date) return std::nullopt;
  const std::int64_t now = static_cast<std::int64_t>(std::time(nullptr)) * kSecond.us;
  return Duration{std::max<std::int64_t>(0, date->us - now)};
}

/// The value of the header line if it is of this name, which is in lower case.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
  const bool ours = line.size() > name.size() && line[name.size()] == ':' &&
                    std::ranges::equal(line.substr(0, name.size()), name, [](char a, char b) {
                      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
                    });
  if (!ours) return std::nullopt;
  return line.substr(name.size() + 1);
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
  HttpResponse& response = static_cast<Exchange*>(user)->response;
  const std::string_view line(data, size * count);
  std::optional<Duration> wait;
  if (const auto text = value_of(line, "retry-after")) wait = parse_retry_after(*text);
  if (const auto text = value_of(line, "retry-after-ms")) {
    wait = whole_number_of({1000}, trimmed(*text));
  }
  // Both may come: neither is a promise that less will do.
  if (wait) response.retry_after = std::max(*wait, response.retry_after.value_or(Duration{}));
  if (const auto text = value_of(line, "date")) response.date = read_date(*text);
  if (const auto text = value_of(line, "etag")) response.etag = trimmed(*text);
  if (const auto text = value_of(line, "last-modified")) response.last_modified = trimmed(*text);
  for (const char* const name : {"stripe-should-retry", "x-should-retry"}) {
    const auto text = value_of(line, name);
    if (text && trimmed(*text) == "true") response.should_retry = true;
    if (text && trimmed(*text) == "false") response.should_retry = false;
  }
  if (const auto text = value_of(line, "link")) {
    response.link += (response.link.empty() ? "" : ", ") + std::string(trimmed(*text));
  }
  return size * count;
}

std::span<const std::byte> bytes_of(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    return std::as_bytes(std::span(&v4.sin_addr, 1));
  }
  if (address.sa_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    return std::as_bytes(std::span(&v6.sin6_addr, 1));
  }
  return {};
}

/// Called with each address that a connection is about to be made to, whatever the name server said
/// before: there is no moment between check and use.
curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* address) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::span<const std::byte> bytes = bytes_of(address->addr);
  if (exchange.public_only && !is_public_address(bytes)) {
    exchange.refused = address_text(bytes);
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

class CurlClient : public HttpClient {
 public:
  CurlClient(const HttpLimits& limits, HttpRoute route)
      : limits_(limits), route_(std::move(route)) {}

  Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop) override {
    if (auto fits = check_url(request.url); !fits) return tl::unexpected(fits.error());
    if (!route_.private_addresses && names_private_host(request.url)) {
      return fail(ErrorCode::kRefused, "the URL's host is this machine or in a private network");
    }
    std::optional<CurlCarrier> carrier = take_carrier();
    if (!carrier) return fail(ErrorCode::kUnavailable, "cannot start libcurl");
    Exchange exchange;
    exchange.body_limit = limits_.body_bytes;
    exchange.public_only = !route_.private_addresses && route_.proxy.empty();
    CurlList headers = make_headers(request);
    set_up(carrier->easy.get(), request, headers.get(), exchange);
    const Result<CURLcode> code = run_transfer(*carrier, stop);
    long status = 0;
    curl_easy_getinfo(carrier->easy.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(carrier->easy.get(), CURLINFO_HTTP_CONNECTCODE, &exchange.proxy_status);
    const char* redirect = nullptr;
    curl_easy_getinfo(carrier->easy.get(), CURLINFO_REDIRECT_URL, &redirect);
    if (redirect != nullptr) exchange.response.redirect = redirect;
    // Before the headers go, so that nothing in the handle points to them.
    curl_easy_reset(carrier->easy.get());
    wipe(headers.get());
    if (!code) return tl::unexpected(code.error());
    keep_carrier(*std::move(carrier));
    if (auto fits = outcome(exchange, *code); !fits) return tl::unexpected(fits.error());
    exchange.response.status = status;
    return std::move(exchange.response);
  }

 private:
  [[nodiscard]] Result<void> outcome(const Exchange& exchange, CURLcode code) const {
    if (!exchange.refused.empty() && code != CURLE_OK) {
      return fail(ErrorCode::kRefused, "the host's address " + exchange.refused +
                                           " is that of this machine or of a private network");
    }
    if (exchange.too_large) {
      return fail(ErrorCode::kRefused,
                  "the answer is larger than " + std::to_string(limits_.body_bytes) + " bytes");
    }
    if (code == CURLE_OK) return {};
    constexpr long kLoginWanted = 407;
    if (exchange.proxy_status == kLoginWanted) {
      return fail(ErrorCode::kRefused,
                  "the proxy wants a user and a password, or refuses those that it got (status "
                  "407): write where they are kept into `proxy_login`");
    }
    if (exchange.proxy_status >= 300) {
      return fail(ErrorCode::kUnavailable,
                  "the proxy opens no way to the host: it answered with status " +
                      std::to_string(exchange.proxy_status));
    }
    return fail(ErrorCode::kUnavailable,
                std::string("the request failed: ") + curl_easy_strerror(code));
  }

  std::optional<CurlCarrier> take_carrier() {
    {
      const std::scoped_lock lock(mutex_);
      if (!idle_.empty()) {
        CurlCarrier carrier = std::move(idle_.back());
        idle_.pop_back();
        return carrier;
      }
    }
    return make_curl_carrier();
  }

  /// At most as many as there were threads at a time.
  void keep_carrier(CurlCarrier carrier) {
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(carrier));
  }

  static CurlList make_headers(const HttpRequest& request) {
    CurlList headers;
    const auto add = [&headers](const std::string& text) { append_to(headers, text); };
    std::string line;
    for (const auto& [name, value] : request.headers) {
      line.assign(name).append(": ").append(value);
      add(line);
    }
    add("Expect:");  // no round trip before a small body
    const auto add_secret = [&add](std::string_view name, std::string_view scheme,
                                   const Secret& secret) {
      std::string text;
      text.reserve(name.size() + scheme.size() + secret.expose().size() + 3);
      text.append(name).append(": ").append(scheme).append(secret.expose());
      add(text);
      ::explicit_bzero(text.data(), text.size());
    };
    if (request.bearer != nullptr) add_secret("Authorization", "Bearer ", *request.bearer);
    for (const auto& [name, secret] : request.secret_headers) add_secret(name, "", *secret);
    return headers;
  }

  static void wipe(curl_slist* headers) {
    for (; headers != nullptr; headers = headers->next) {
      ::explicit_bzero(headers->data, std::strlen(headers->data));
    }
  }

  void set_up(CURL* easy, const HttpRequest& request, curl_slist* headers,
              Exchange& exchange) const {
    const CurlUrl url = parsed_curl_url(request.url);
    const bool plain = curl_part(url.get(), CURLUPART_SCHEME) == "http";
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    set_up_route(easy, plain, exchange);
    if (request.proxy_login != nullptr && !plain && !route_.proxy.empty()) {
      set_up_login(easy, *request.proxy_login);
    }
    set_up_limits(easy);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, kUserAgent);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    if (request.method == HttpMethod::kPost) {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    } else {
      curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  }

  void set_up_route(CURL* easy, bool plain, Exchange& exchange) const {
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    trust_only(easy, route_.ca);
    if (!route_.certificate.empty()) {
      curl_easy_setopt(easy, CURLOPT_SSLCERT, route_.certificate.c_str());
      curl_easy_setopt(easy, CURLOPT_SSLKEY, route_.certificate_key.c_str());
    }
    // Plain http never leaves this machine, so no proxy may carry it.
    const bool no_proxy = plain || (route_.proxy.empty() && !route_.private_addresses);
    if (no_proxy || !route_.proxy.empty()) {
      curl_easy_setopt(easy, CURLOPT_PROXY, no_proxy ? "" : route_.proxy.c_str());
    }
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &exchange);
  }

  /// libcurl reads both parts as percent-encoded (CURLOPT_PROXYUSERPWD), and has a copy of its own
  /// until the handle is reset.
  static void set_up_login(CURL* easy, const Secret& login) {
    const std::string_view text = login.expose();
    const std::size_t colon = std::min(text.find(':'), text.size());
    std::string password = percent_encoded(text.substr(std::min(colon + 1, text.size())));
    std::string both;
    both.reserve(3 * text.size() + 1);  // leaves no copy that is not wiped
    both.append(percent_encoded(text.substr(0, colon))).append(":").append(password);
    curl_easy_setopt(easy, CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_BASIC));
    curl_easy_setopt(easy, CURLOPT_PROXYUSERPWD, both.c_str());
    ::explicit_bzero(both.data(), both.size());
    ::explicit_bzero(password.data(), password.size());
  }

  void set_up_limits(CURL* easy) const {
    const auto ms = [](Duration d) { return static_cast<long>(d.us / 1000); };
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
    // A request that is broken off does not wait for the resolver's thread, which may take as long
    // as its name servers do not answer; the thread ends by itself.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, ms(limits_.connect));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, ms(limits_.total));
    if (limits_.stalled.us > 0) {
      curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
      curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME,
                       static_cast<long>(limits_.stalled.us / kSecond.us));
    }
  }

  HttpLimits limits_;
  HttpRoute route_;
  std::mutex mutex_;
  std::vector<CurlCarrier> idle_;
};

}  // namespace

Result<void> check_url(std::string_view text) {
  const CurlUrl url = parsed_curl_url(text);
  if (!url) return fail(ErrorCode::kInvalidInput, "the URL cannot be read");
  const std::string scheme = curl_part(url.get(), CURLUPART_SCHEME);
  const std::string host = curl_part(url.get(), CURLUPART_HOST);
  if (host.empty()) return fail(ErrorCode::kInvalidInput, "the URL has no host");
  if (!curl_part(url.get(), CURLUPART_USER).empty() ||
      !curl_part(url.get(), CURLUPART_PASSWORD).empty()) {
    return fail(ErrorCode::kInvalidInput, "the URL holds a user or password");
  }
  if (!curl_part(url.get(), CURLUPART_FRAGMENT).empty()) {
    return fail(ErrorCode::kInvalidInput, "the URL has a fragment");
  }
  if (scheme == "https" || (scheme == "http" && is_loopback_host(host))) return {};
  return fail(ErrorCode::kInvalidInput, "the URL is neither https nor http on this machine");
}

Result<void> check_proxy(std::string_view text) {
  const CurlUrl url(curl_url());
  const std::string copy(text);
  constexpr unsigned int kFlags = CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME;
  if (!url || curl_url_set(url.get(), CURLUPART_URL, copy.c_str(), kFlags) != CURLUE_OK) {
    return fail(ErrorCode::kInvalidInput, "the proxy's address cannot be read");
  }
  const auto has = [&url](CURLUPart part) { return !curl_part(url.get(), part).empty(); };
  if (has(CURLUPART_USER) || has(CURLUPART_PASSWORD) || text.find('@') != std::string_view::npos) {
    return fail(ErrorCode::kInvalidInput, "the proxy's address holds a user or password");
  }
  if (!has(CURLUPART_HOST)) return fail(ErrorCode::kInvalidInput, "the proxy has no host");
  const std::string path = curl_part(url.get(), CURLUPART_PATH);
  if ((!path.empty() && path != "/") || has(CURLUPART_QUERY) || has(CURLUPART_FRAGMENT)) {
    return fail(ErrorCode::kInvalidInput, "the proxy's address has more than a host and a port");
  }
  static constexpr auto kSchemes =
      std::to_array<std::string_view>({"http", "https", "socks4", "socks4a", "socks5", "socks5h"});
  if (std::ranges::find(kSchemes, curl_part(url.get(), CURLUPART_SCHEME)) != kSchemes.end()) {
    return {};
  }
  return fail(ErrorCode::kInvalidInput, "the proxy's scheme is none that is known");
}

bool names_private_host(std::string_view text) {
  const CurlUrl url = parsed_curl_url(text);
  return url && !may_be_public_host(curl_part(url.get(), CURLUPART_HOST));
}

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  static constexpr std::string_view kPlain = "-._~";
  std::string out;
  out.reserve(3 * text.size());  // what is encoded may be a secret: growing would leave parts of it
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       kPlain.find(c) != std::string_view::npos;
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4U];
    out += kHex[byte & 15U];
  }
  return out;
}

std::unique_ptr<HttpClient> make_curl_client(const HttpLimits& limits, const HttpRoute& route) {
  return std::make_unique<CurlClient>(limits, route);
}

}  // namespace tidewaiter
