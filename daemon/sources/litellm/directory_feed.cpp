#include "daemon/sources/litellm/directory_feed.h"

#include <string>

#include "daemon/sources/litellm/directory_page.h"
#include "daemon/sources/litellm/page_size.h"

namespace tidewaiter {
namespace {

/// Of a sweep in one pull: a million entries.
constexpr std::int64_t kMostListPages = 10'000;

/// What is asked for, but for the page.
std::string list_path(std::string_view endpoint) {
  const std::string size = std::to_string(kLiteLlmPageSize);
  // In the order in which they are made, as ListPlace wants them.
  const char* const kOldestFirst = "&sort_by=created_at&sort_order=asc&page=";
  if (endpoint == "keys") {
    return "/key/list?return_full_object=true&size=" + size + kOldestFirst;
  }
  return (endpoint == "users" ? "/user/list?page_size=" : "/v2/team/list?page_size=") + size +
         kOldestFirst;
}

}  // namespace

LiteLlmDirectoryFeed::LiteLlmDirectoryFeed(std::string_view endpoint, const SourceConfig& config)
    : DirectoryFeed("litellm", endpoint, config, kMostListPages) {}

HttpRequest LiteLlmDirectoryFeed::ask(const FeedQuestion& question) const {
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"}};
  request.url = config().url;
  if (endpoint() == "customers") {
    request.url += "/customer/list";  // all of them at once
  } else {
    request.url +=
        list_path(endpoint()) + std::to_string(list_place_from_text(question.token).page);
  }
  return request;
}

Result<FeedAnswer> LiteLlmDirectoryFeed::read(std::string_view body,
                                              const FeedQuestion& question) const {
  return read_litellm_list(body, reading_of(question), list_place_from_text(question.token));
}

}  // namespace tidewaiter
