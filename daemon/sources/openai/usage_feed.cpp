#include "daemon/sources/openai/usage_feed.h"

#include <string>

#include "daemon/sources/contract/bucket_pace.h"
#include "daemon/sources/contract/retry_rule.h"

namespace tidewaiter {

UsageFeed::UsageFeed(const UsageEndpoint& endpoint, const SourceConfig& config)
    : endpoint_(endpoint), source_(config.name), config_(*config.contract) {
  for (const std::string_view dimension : endpoint_.dimensions) {
    if (dimension != "api_key_id") without_keys_.push_back(dimension);
  }
}

/// The endpoint as it is asked.
UsageEndpoint UsageFeed::endpoint_of(const FeedQuestion& question) const {
  UsageEndpoint endpoint = endpoint_;
  if (question.narrow) endpoint.dimensions = without_keys_;
  return endpoint;
}

bool UsageFeed::refuses_grouping(const HttpResponse& response) const {
  return refuses_key_grouping(response);
}

std::string UsageFeed::series() const {
  std::string text = format_duration(config_.bucket) + " " + config_.organization + " " +
                     std::string(account_word(config_.account));
  for (const std::string_view dimension : endpoint_.dimensions) text.append(" ").append(dimension);
  return text;
}

FeedPace UsageFeed::pace() const {
  return bucket_pace(config_.bucket, most_report_buckets(config_.bucket), config_.overlap);
}

HttpRequest UsageFeed::ask(const FeedQuestion& question) const {
  const auto seconds = [](UtcTime t) { return std::to_string(t.us / kSecond.us); };
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"}};
  request.url = config_.url + "/organization/usage/" + std::string(endpoint_.name) +
                "?start_time=" + seconds(question.window.from) +
                "&end_time=" + seconds(question.window.to) +
                "&bucket_width=" + format_duration(config_.bucket) +
                "&limit=" + std::to_string(most_report_buckets(config_.bucket));
  for (const std::string_view dimension : endpoint_of(question).dimensions) {
    append_group(request.url, dimension, config_);
  }
  if (!question.token.empty()) request.url += "&page=" + percent_encoded(question.token);
  return request;
}

Result<FeedAnswer> UsageFeed::read(std::string_view body, const FeedQuestion& question) const {
  const UsageEndpoint endpoint = endpoint_of(question);
  UsageReading reading;
  reading.endpoint = &endpoint;
  reading.source = source_;
  reading.organization = config_.organization;
  reading.account = config_.account;
  reading.width = config_.bucket;
  reading.window = question.window;
  return read_usage_page(body, reading);
}

}  // namespace tidewaiter
