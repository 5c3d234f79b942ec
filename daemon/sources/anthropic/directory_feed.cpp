#include "daemon/sources/anthropic/directory_feed.h"

#include <string>

#include "daemon/sources/anthropic/directory_page.h"
#include "daemon/sources/contract/directory_pace.h"

namespace tidewaiter {

AnthropicDirectoryFeed::AnthropicDirectoryFeed(std::string_view endpoint,
                                               const SourceConfig& config)
    : endpoint_(endpoint), source_(config.name), config_(*config.contract) {}

std::string AnthropicDirectoryFeed::series() const {
  return "directory " + format_duration(config_.bucket) + " " + config_.organization + " " +
         std::to_string(static_cast<int>(config_.account));
}

FeedPace AnthropicDirectoryFeed::pace() const { return directory_pace(config_.bucket); }

HttpRequest AnthropicDirectoryFeed::ask(const FeedQuestion& question) const {
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"}, {"anthropic-version", config_.version}};
  request.url = config_.url + "/organizations/" + std::string(endpoint_) + "?limit=1000";
  if (endpoint_ == "workspaces") request.url += "&include_archived=true";
  if (!question.token.empty()) request.url += "&after_id=" + percent_encoded(question.token);
  return request;
}

Result<FeedAnswer> AnthropicDirectoryFeed::read(std::string_view body,
                                                const FeedQuestion& question) const {
  AccountReading reading;
  reading.connector = "anthropic";
  reading.endpoint = endpoint_;
  reading.source = source_;
  reading.organization = config_.organization;
  reading.account = config_.account;
  reading.day = {question.window.to - config_.bucket, question.window.to};
  return read_anthropic_directory(body, reading);
}

}  // namespace tidewaiter
