#include "daemon/notify/http_client.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <new>

#include <curl/curl.h>

namespace tidewaiter {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Url = std::unique_ptr<CURLU, UrlDeleter>;
using Easy = std::unique_ptr<CURL, EasyDeleter>;
using List = std::unique_ptr<curl_slist, ListDeleter>;

/// One part of a parsed URL; empty if it has none.
std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK || text == nullptr) return {};
  std::string out = text;
  curl_free(text);
  return out;
}

/// In lower case, as libcurl normalises it; empty if the URL cannot be read.
std::string scheme_of(const std::string& text) {
  const Url url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return {};
  return part(url.get(), CURLUPART_SCHEME);
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "[::1]" || host == "::1" ||
         (host.starts_with("127.") &&
          std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); }));
}

/// Curl is set up once, before threads use it; it stays until the process ends.
bool start_curl() {
  static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return started;
}

struct Exchange {
  HttpResponse response;
  std::int64_t body_limit = 0;
  bool too_large = false;
  const std::stop_token* stop = nullptr;
};

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

/// Retry-After is a number of seconds or a date (RFC 9110, 10.2.3). Anything else is ignored.
std::optional<Duration> parse_retry_after(std::string_view value) {
  const std::string text(trimmed(value));
  if (text.empty() || text.size() > 64) return std::nullopt;
  if (std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
    if (text.size() > 9) return Duration{kDay.us};
    return Duration{std::strtoll(text.c_str(), nullptr, 10) * kSecond.us};
  }
  const std::time_t date = curl_getdate(text.c_str(), nullptr);
  if (date < 0) return std::nullopt;
  return Duration{std::max<std::int64_t>(0, date - std::time(nullptr)) * kSecond.us};
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::string_view line(data, size * count);
  constexpr std::string_view kName = "retry-after:";
  const bool ours = line.size() > kName.size() &&
                    std::ranges::equal(line.substr(0, kName.size()), kName, [](char a, char b) {
                      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
                    });
  if (ours) exchange.response.retry_after = parse_retry_after(line.substr(kName.size()));
  return size * count;
}

int may_go_on(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Exchange*>(user)->stop->stop_requested() ? 1 : 0;
}

class CurlClient : public HttpClient {
 public:
  explicit CurlClient(const HttpLimits& limits) : limits_(limits) {}

  Result<HttpResponse> post(const HttpRequest& request, const std::stop_token& stop) override {
    if (auto fits = check_url(request.url); !fits) return tl::unexpected(fits.error());
    const Easy easy(start_curl() ? curl_easy_init() : nullptr);
    if (!easy) return fail(ErrorCode::kUnavailable, "cannot start libcurl");
    Exchange exchange;
    exchange.body_limit = limits_.body_bytes;
    exchange.stop = &stop;
    std::string authorization;
    const List headers = make_headers(request, authorization);
    set_up(easy.get(), request, headers.get(), exchange);
    const CURLcode code = curl_easy_perform(easy.get());
    if (!authorization.empty()) ::explicit_bzero(authorization.data(), authorization.size());
    if (exchange.too_large) {
      return fail(ErrorCode::kUnavailable,
                  "the answer is larger than " + std::to_string(limits_.body_bytes) + " bytes");
    }
    if (code != CURLE_OK) {
      return fail(ErrorCode::kUnavailable,
                  std::string("the request failed: ") + curl_easy_strerror(code));
    }
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    exchange.response.status = status;
    return std::move(exchange.response);
  }

 private:
  static List make_headers(const HttpRequest& request, std::string& authorization) {
    List headers;
    const auto add = [&headers](const std::string& text) {
      curl_slist* longer = curl_slist_append(headers.get(), text.c_str());
      if (longer == nullptr) throw std::bad_alloc();  // as any other text that finds no memory
      static_cast<void>(headers.release());
      headers.reset(longer);
    };
    std::string line;
    for (const auto& [name, value] : request.headers) {
      line.assign(name).append(": ").append(value);
      add(line);
    }
    add("Expect:");  // no round trip before a small body
    if (request.bearer != nullptr) {
      authorization = "Authorization: Bearer ";
      authorization += request.bearer->expose();
      add(authorization);
    }
    return headers;
  }

  void set_up(CURL* easy, const HttpRequest& request, curl_slist* headers,
              Exchange& exchange) const {
    const auto ms = [](Duration d) { return static_cast<long>(d.us / 1000); };
    const bool plain = scheme_of(request.url) == "http";
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    // Plain http never leaves this machine, so no proxy may carry it.
    if (plain) curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
    // A request that is broken off does not wait for the resolver's thread, which may take as long
    // as its name servers do not answer; the thread ends by itself.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, ms(limits_.connect));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, ms(limits_.total));
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "tidewaiter");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, may_go_on);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &exchange);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  }

  HttpLimits limits_;
};

}  // namespace

Result<void> check_url(std::string_view text) {
  const Url url(curl_url());
  const std::string copy(text);
  if (!url || curl_url_set(url.get(), CURLUPART_URL, copy.c_str(), 0) != CURLUE_OK) {
    return fail(ErrorCode::kInvalidInput, "the URL cannot be read");
  }
  const std::string scheme = part(url.get(), CURLUPART_SCHEME);
  const std::string host = part(url.get(), CURLUPART_HOST);
  if (host.empty()) return fail(ErrorCode::kInvalidInput, "the URL has no host");
  if (!part(url.get(), CURLUPART_USER).empty() || !part(url.get(), CURLUPART_PASSWORD).empty()) {
    return fail(ErrorCode::kInvalidInput, "the URL holds a user or password");
  }
  if (!part(url.get(), CURLUPART_FRAGMENT).empty()) {
    return fail(ErrorCode::kInvalidInput, "the URL has a fragment");
  }
  if (scheme == "https" || (scheme == "http" && is_loopback(host))) return {};
  return fail(ErrorCode::kInvalidInput, "the URL is neither https nor http on this machine");
}

std::unique_ptr<HttpClient> make_curl_client(const HttpLimits& limits) {
  return std::make_unique<CurlClient>(limits);
}

}  // namespace tidewaiter
