#include "daemon/timestamp/authority_client.h"

#include <utility>

namespace tidewaiter {

AuthorityAnswer ask_authority(HttpClient& http, const std::string& url, const std::string& request,
                              const std::stop_token& stop) {
  const HttpRequest query{
      url,
      {{"Content-Type", "application/timestamp-query"}, {"Accept", "application/timestamp-reply"}},
      request};
  Result<HttpResponse> response = http.send(query, stop);
  if (!response) return {tl::unexpected(response.error()), std::nullopt};
  if (response->status != 200) {
    return {fail(ErrorCode::kUnavailable, "the time-stamping authority answered with status " +
                                              std::to_string(response->status)),
            response->retry_after};
  }
  return {std::move(response->body), std::nullopt};
}

}  // namespace tidewaiter
