#include "daemon/sources/openai/directory_feed.h"

#include <string>

#include "daemon/sources/contract/directory_pace.h"
#include "daemon/sources/contract/key_walk.h"
#include "daemon/sources/openai/directory_page.h"

namespace tidewaiter {
namespace {

/// The most entries of a list that the API gives at once.
constexpr const char* kListLimit = "?limit=100";

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
    : endpoint_(endpoint), source_(config.name), config_(*config.contract) {}

std::string OpenAiDirectoryFeed::series() const {
  return "directory " + format_duration(config_.bucket) + " " + config_.organization + " " +
         std::to_string(static_cast<int>(config_.account));
}

FeedPace OpenAiDirectoryFeed::pace() const {
  // A walk has a page or more for each project.
  constexpr std::int64_t kMostWalked = 100'000;
  return endpoint_ == "api_keys" ? directory_pace(config_.bucket, kMostWalked)
                                 : directory_pace(config_.bucket);
}

HttpRequest OpenAiDirectoryFeed::ask(const FeedQuestion& question) const {
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"}};
  if (endpoint_ == "api_keys") {
    request.url = config_.url + walk_path(key_walk_from_text(question.token).value_or(KeyWalk{}));
    return request;
  }
  request.url = config_.url + "/organization/" + std::string(endpoint_) + kListLimit;
  if (endpoint_ == "projects") request.url += "&include_archived=true";
  if (!question.token.empty()) request.url += "&after=" + percent_encoded(question.token);
  return request;
}

Result<FeedAnswer> OpenAiDirectoryFeed::read(std::string_view body,
                                             const FeedQuestion& question) const {
  AccountReading reading;
  reading.connector = "openai";
  reading.endpoint = endpoint_;
  reading.source = source_;
  reading.organization = config_.organization;
  reading.account = config_.account;
  reading.day = {question.window.to - config_.bucket, question.window.to};
  if (endpoint_ != "api_keys") return read_directory_page(body, reading);
  return read_key_walk(body, key_walk_from_text(question.token).value_or(KeyWalk{}), reading);
}

}  // namespace tidewaiter
