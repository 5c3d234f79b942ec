#include "daemon/outbound/curl_handles.h"

#include <algorithm>
#include <new>

namespace tidewaiter {
namespace {

/// Curl is set up once, before threads use it; it stays until the process ends.
bool start_curl() {
  static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return started;
}

}  // namespace

CurlUrl parsed_curl_url(std::string_view text) {
  CurlUrl url(curl_url());
  const std::string copy(text);
  if (url && curl_url_set(url.get(), CURLUPART_URL, copy.c_str(), 0) != CURLUE_OK) url.reset();
  return url;
}

std::string curl_part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK || text == nullptr) return {};
  std::string out = text;
  curl_free(text);
  return out;
}

bool is_loopback_host(const std::string& host) {
  return host == "localhost" || host == "[::1]" || host == "::1" ||
         (host.starts_with("127.") &&
          std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); }));
}

void trust_only(CURL* easy, const std::filesystem::path& ca) {
  if (ca.empty()) return;
  curl_easy_setopt(easy, CURLOPT_CAINFO, ca.c_str());
  // Else the folder that libcurl was built with would be believed beside it.
  curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
}

void append_to(CurlList& list, const std::string& text) {
  curl_slist* longer = curl_slist_append(list.get(), text.c_str());
  if (longer == nullptr) throw std::bad_alloc();  // as any other text that finds no memory
  static_cast<void>(list.release());
  list.reset(longer);
}

std::optional<CurlCarrier> make_curl_carrier() {
  if (!start_curl()) return std::nullopt;
  CurlCarrier carrier{CurlMulti(curl_multi_init()), CurlEasy(curl_easy_init())};
  if (!carrier.multi || !carrier.easy) return std::nullopt;
  return carrier;
}

Result<CURLcode> run_transfer(const CurlCarrier& carrier, const std::stop_token& stop) {
  CURLM* const multi = carrier.multi.get();
  if (curl_multi_add_handle(multi, carrier.easy.get()) != CURLM_OK) {
    return fail(ErrorCode::kUnavailable, "cannot start libcurl");
  }
  const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
  constexpr int kLongestPollMs = 1000;
  int running = 1;
  CURLMcode state = CURLM_OK;
  while (running > 0 && state == CURLM_OK && !stop.stop_requested()) {
    state = curl_multi_perform(multi, &running);
    if (state == CURLM_OK && running > 0) {
      state = curl_multi_poll(multi, nullptr, 0, kLongestPollMs, nullptr);
    }
  }
  std::optional<CURLcode> code;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg == CURLMSG_DONE) code = message->data.result;
  }
  curl_multi_remove_handle(multi, carrier.easy.get());
  if (code) return *code;
  return fail(ErrorCode::kUnavailable, stop.stop_requested()
                                           ? "the request was broken off on request"
                                           : "the request failed inside libcurl");
}

}  // namespace tidewaiter
