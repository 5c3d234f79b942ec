#include "daemon/sources/scim/user_feed.h"

#include <string>

#include "daemon/sources/scim/user_page.h"

namespace tidewaiter {
namespace {

/// A million users, or fewer of a server that gives fewer at once.
constexpr std::int64_t kMostUserPages = 10'000;

/// `account_in: id` is what is so without it, and the same series.
SourceConfig without_own_id(SourceConfig config) {
  if (config.contract->account_in == "id") config.contract->account_in.clear();
  return config;
}

}  // namespace

ScimUserFeed::ScimUserFeed(std::string_view endpoint, const SourceConfig& config)
    : DirectoryFeed("scim", endpoint, without_own_id(config), kMostUserPages) {}

HttpRequest ScimUserFeed::ask(const FeedQuestion& question) const {
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/scim+json"}};
  request.url = config().url +
                "/Users?startIndex=" + std::to_string(scim_place_from_text(question.token).start) +
                "&count=" + std::to_string(kScimPageSize);
  return request;
}

Result<FeedAnswer> ScimUserFeed::read(std::string_view body, const FeedQuestion& question) const {
  return read_scim_page(body, reading_of(question), config().account_in,
                        scim_place_from_text(question.token));
}

}  // namespace tidewaiter
