#include "daemon/outbound/stream_client.h"

#include <chrono>
#include <string>
#include <thread>

#include "daemon/outbound/curl_handles.h"

namespace tidewaiter {
namespace {

/// libcurl connects by the protocols that it knows; what goes over the connection is ours.
std::string as_http(std::string_view url) {
  if (url.starts_with("tls://")) return "https://" + std::string(url.substr(6));
  if (url.starts_with("tcp://")) return "http://" + std::string(url.substr(6));
  return {};
}

int stop_if_requested(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(user)->stop_requested() ? 1 : 0;
}

class CurlStreamClient : public StreamClient {
 public:
  explicit CurlStreamClient(Duration longest) : longest_(longest) {}

  Result<void> send(std::string_view url, const std::filesystem::path& ca, std::string_view bytes,
                    const std::stop_token& stop) override {
    if (auto fits = check_stream_url(url); !fits) return fits;
    const std::optional<CurlCarrier> carrier = make_curl_carrier();
    if (!carrier) return fail(ErrorCode::kUnavailable, "cannot start libcurl");
    CURL* const easy = carrier->easy.get();
    const std::string http = as_http(url);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::microseconds(longest_.us);
    set_up(easy, http, stop);
    trust_only(easy, ca);
    if (const CURLcode code = curl_easy_perform(easy); code != CURLE_OK) {
      return fail(ErrorCode::kUnavailable,
                  std::string("cannot connect: ") + curl_easy_strerror(code));
    }
    return write_all(easy, bytes, deadline, stop);
  }

 private:
  void set_up(CURL* easy, const std::string& url, const std::stop_token& stop) const {
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);  // it is no HTTP that follows
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(longest_.us / 1000));
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, stop_if_requested);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &stop);
  }

  static Result<void> write_all(CURL* easy, std::string_view bytes,
                                std::chrono::steady_clock::time_point deadline,
                                const std::stop_token& stop) {
    constexpr std::chrono::milliseconds kPause{10};
    while (!bytes.empty()) {
      if (stop.stop_requested()) {
        return fail(ErrorCode::kUnavailable, "the request was broken off on request");
      }
      std::size_t written = 0;
      const CURLcode code = curl_easy_send(easy, bytes.data(), bytes.size(), &written);
      bytes.remove_prefix(written);
      if (code == CURLE_OK) continue;
      if (code != CURLE_AGAIN) {
        return fail(ErrorCode::kUnavailable,
                    std::string("the connection broke: ") + curl_easy_strerror(code));
      }
      if (std::chrono::steady_clock::now() > deadline) {
        return fail(ErrorCode::kUnavailable, "the peer takes no more");
      }
      std::this_thread::sleep_for(kPause);
    }
    return {};
  }

  Duration longest_;
};

}  // namespace

Result<void> check_stream_url(std::string_view text) {
  const CurlUrl url = parsed_curl_url(as_http(text));
  const std::string host = url ? curl_part(url.get(), CURLUPART_HOST) : std::string();
  const std::string path = url ? curl_part(url.get(), CURLUPART_PATH) : std::string();
  const auto has = [&url](CURLUPart part) { return !curl_part(url.get(), part).empty(); };
  if (host.empty() || !has(CURLUPART_PORT) || path.size() > 1 || has(CURLUPART_USER) ||
      has(CURLUPART_PASSWORD) || has(CURLUPART_QUERY) || has(CURLUPART_FRAGMENT)) {
    return fail(ErrorCode::kInvalidInput, "the URL is not tls://HOST:PORT or tcp://HOST:PORT");
  }
  if (text.starts_with("tcp://") && !is_loopback_host(host)) {
    return fail(ErrorCode::kInvalidInput, "tcp without TLS goes to this machine alone");
  }
  return {};
}

std::unique_ptr<StreamClient> make_curl_stream_client(Duration longest) {
  return std::make_unique<CurlStreamClient>(longest);
}

}  // namespace tidewaiter
