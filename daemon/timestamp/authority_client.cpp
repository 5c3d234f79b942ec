#include "daemon/timestamp/authority_client.h"

#include <utility>

#include "storage/files/durable_file.h"

namespace tidewaiter {

AuthorityAnswer ask_authority(HttpClient& http, const std::string& url, const std::string& request,
                              const std::stop_token& stop) {
  const HttpRequest query{
      url,
      {{"Content-Type", "application/timestamp-query"}, {"Accept", "application/timestamp-reply"}},
      request};
  Result<HttpResponse> response = http.post(query, stop);
  if (!response) return {tl::unexpected(response.error()), std::nullopt};
  if (response->status != 200) {
    return {fail(ErrorCode::kUnavailable, "the time-stamping authority answered with status " +
                                              std::to_string(response->status)),
            response->retry_after};
  }
  return {std::move(response->body), std::nullopt};
}

Result<TimestampAuthorities> read_authorities(const std::filesystem::path& file) {
  constexpr std::size_t kMostBytes = 1'048'576;
  const Result<std::string> pem = read_whole_file(file, kMostBytes);
  if (!pem) return tl::unexpected(pem.error());
  Result<TimestampAuthorities> authorities = TimestampAuthorities::from_pem(*pem);
  if (!authorities) {
    authorities.error().message = "`" + file.string() + "`: " + authorities.error().message;
  }
  return authorities;
}

}  // namespace tidewaiter
