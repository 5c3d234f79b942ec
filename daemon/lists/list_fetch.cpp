#include "daemon/lists/list_fetch.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tidewaiter {
namespace {

constexpr int kMostRedirects = 5;
constexpr std::int64_t kOk = 200;
constexpr std::int64_t kNotModified = 304;

bool is_redirect(std::int64_t status) {
  static constexpr std::array<std::int64_t, 5> kRedirects = {301, 302, 303, 307, 308};
  return std::ranges::find(kRedirects, status) != kRedirects.end();
}

/// A publisher can lead us to another place of the network that is everybody's, and no further.
Result<void> check_redirect(const std::string& from, const std::string& to) {
  if (auto fits = check_url(to); !fits) {
    return fail(ErrorCode::kRefused,
                "it redirects to where no list is fetched from: " + fits.error().message);
  }
  if (names_private_host(to) && !names_private_host(from)) {
    return fail(ErrorCode::kRefused,
                "it redirects to this machine or a private network, where it is not followed");
  }
  return {};
}

Result<HttpResponse> send_and_follow(HttpClient& http, HttpRequest request,
                                     const std::stop_token& stop) {
  for (int followed = 0;; ++followed) {
    Result<HttpResponse> response = http.send(request, stop);
    if (!response || !is_redirect(response->status)) return response;
    if (followed == kMostRedirects) {
      return fail(ErrorCode::kUnavailable, "it redirects more than five times");
    }
    if (auto fits = check_redirect(request.url, response->redirect); !fits) {
      return tl::unexpected(fits.error());
    }
    request.url = std::move(response->redirect);
  }
}

HttpRequest conditional_request(const std::string& url, const HeldFile* held) {
  HttpRequest request;
  request.url = url;
  request.method = HttpMethod::kGet;
  if (held == nullptr) return request;
  if (!held->etag.empty()) request.headers.emplace_back("If-None-Match", held->etag);
  if (!held->last_modified.empty()) {
    request.headers.emplace_back("If-Modified-Since", held->last_modified);
  }
  return request;
}

}  // namespace

Result<FetchedFile> fetch_list_file(HttpClient& http, const std::string& url, const HeldFile* held,
                                    const std::stop_token& stop) {
  const HttpRequest request = conditional_request(url, held);
  const bool is_conditional = !request.headers.empty();
  Result<HttpResponse> response = send_and_follow(http, request, stop);
  if (!response) return tl::unexpected(response.error());
  if (response->status == kNotModified && is_conditional) {
    return FetchedFile{std::nullopt, held->etag, held->last_modified};
  }
  if (response->status != kOk) {
    return fail(ErrorCode::kUnavailable,
                "it answered with status " + std::to_string(response->status));
  }
  return FetchedFile{std::move(response->body), std::move(response->etag),
                     std::move(response->last_modified)};
}

}  // namespace tidewaiter
