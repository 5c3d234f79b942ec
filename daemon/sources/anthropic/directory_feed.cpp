#include "daemon/sources/anthropic/directory_feed.h"

#include <string>

#include "daemon/sources/anthropic/directory_page.h"

namespace tidewaiter {

AnthropicDirectoryFeed::AnthropicDirectoryFeed(std::string_view endpoint,
                                               const SourceConfig& config)
    : DirectoryFeed("anthropic", endpoint, config) {}

HttpRequest AnthropicDirectoryFeed::ask(const FeedQuestion& question) const {
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"}, {"anthropic-version", config().version}};
  request.url = config().url + "/organizations/" + std::string(endpoint()) + "?limit=1000";
  if (endpoint() == "workspaces") request.url += "&include_archived=true";
  if (!question.token.empty()) request.url += "&after_id=" + percent_encoded(question.token);
  return request;
}

Result<FeedAnswer> AnthropicDirectoryFeed::read(std::string_view body,
                                                const FeedQuestion& question) const {
  return read_anthropic_directory(body, reading_of(question));
}

}  // namespace tidewaiter
