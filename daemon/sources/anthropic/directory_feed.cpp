#include "daemon/sources/anthropic/directory_feed.h"

#include <cstdint>
#include <string>

#include "daemon/sources/anthropic/directory_page.h"

namespace tidewaiter {
namespace {

/// Of a sweep, in one pull. A platform may have a profile for each of its customers.
constexpr std::int64_t kMostPages = 1000;
constexpr std::int64_t kMostCursorPages = 10'000;

}  // namespace

AnthropicDirectoryFeed::AnthropicDirectoryFeed(std::string_view endpoint,
                                               const SourceConfig& config)
    : DirectoryFeed("anthropic", endpoint, config,
                    is_cursor_list(endpoint) ? kMostCursorPages : kMostPages) {}

HttpRequest AnthropicDirectoryFeed::ask(const FeedQuestion& question) const {
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"}, {"anthropic-version", config().version}};
  const bool profiles = endpoint() == "user_profiles";
  request.url = config().url + (profiles ? "/" : "/organizations/") + std::string(endpoint()) +
                "?limit=" + (is_cursor_list(endpoint()) ? "100" : "1000");
  // Oldest first: whoever is added meanwhile moves nobody.
  if (profiles) request.url += "&order_by=created_at&order=asc";
  if (endpoint() == "workspaces" || endpoint() == "service_accounts") {
    request.url += "&include_archived=true";
  }
  const char* const token = is_cursor_list(endpoint()) ? "&page=" : "&after_id=";
  if (!question.token.empty()) request.url += token + percent_encoded(question.token);
  return request;
}

Result<FeedAnswer> AnthropicDirectoryFeed::read(std::string_view body,
                                                const FeedQuestion& question) const {
  return read_anthropic_directory(body, reading_of(question));
}

}  // namespace tidewaiter
