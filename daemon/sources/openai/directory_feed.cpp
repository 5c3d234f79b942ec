#include "daemon/sources/openai/directory_feed.h"

#include <cstdint>
#include <string>

#include "daemon/sources/contract/key_walk.h"
#include "daemon/sources/openai/directory_page.h"

namespace tidewaiter {
namespace {

/// The most entries of a list that the API gives at once.
constexpr const char* kListLimit = "?limit=100";

/// Pages of a sweep: a walk has one or more for each project.
constexpr std::int64_t kMostListed = 1000;
constexpr std::int64_t kMostWalked = 100'000;

std::string walk_path(const KeyWalk& walk) {
  std::string path;
  std::string after = walk.after_project;
  if (walk.projects.empty()) {
    path = "/organization/projects" + std::string(kListLimit);
  } else {
    path = "/organization/projects/" + walk.projects.front() + "/api_keys" + kListLimit +
           // Without it the keys of owners who have left may be hidden.
           "&owner_project_access=any";
    after = walk.after_key;
  }
  return after.empty() ? path : path + "&after=" + after;
}

}  // namespace

OpenAiDirectoryFeed::OpenAiDirectoryFeed(std::string_view endpoint, const SourceConfig& config)
    : DirectoryFeed("openai", endpoint, config,
                    endpoint == "api_keys" ? kMostWalked : kMostListed) {}

HttpRequest OpenAiDirectoryFeed::ask(const FeedQuestion& question) const {
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"}};
  if (endpoint() == "api_keys") {
    request.url = config().url + walk_path(key_walk_from_text(question.token).value_or(KeyWalk{}));
    return request;
  }
  request.url = config().url + "/organization/" + std::string(endpoint()) + kListLimit;
  if (endpoint() == "projects") request.url += "&include_archived=true";
  if (!question.token.empty()) request.url += "&after=" + percent_encoded(question.token);
  return request;
}

Result<FeedAnswer> OpenAiDirectoryFeed::read(std::string_view body,
                                             const FeedQuestion& question) const {
  const AccountReading reading = reading_of(question);
  if (endpoint() != "api_keys") return read_directory_page(body, reading);
  return read_key_walk(body, key_walk_from_text(question.token).value_or(KeyWalk{}), reading);
}

}  // namespace tidewaiter
