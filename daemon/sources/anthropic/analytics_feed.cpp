#include "daemon/sources/anthropic/analytics_feed.h"

#include "daemon/sources/anthropic/analytics_page.h"
#include "daemon/sources/contract/bucket_pace.h"

namespace tidewaiter {
namespace {

/// A token that this feed did not write leads to the window's beginning.
AnalyticsPlace place_of(std::string_view token) {
  return analytics_place_from_text(token).value_or(AnalyticsPlace{});
}

}  // namespace

AnthropicAnalyticsFeed::AnthropicAnalyticsFeed(std::string_view endpoint,
                                               const SourceConfig& config)
    : endpoint_(endpoint), source_(config.name), config_(*config.contract) {}

std::string AnthropicAnalyticsFeed::series() const {
  std::string text = "analytics " + format_duration(config_.bucket) + " " + config_.organization +
                     " " + std::string(account_word(config_.account));
  for (const std::string_view dimension : kAnalyticsDimensions) text.append(" ").append(dimension);
  return text;
}

FeedPace AnthropicAnalyticsFeed::pace() const {
  return bucket_pace(config_.bucket, most_report_buckets(config_.bucket), config_.overlap);
}

HttpRequest AnthropicAnalyticsFeed::ask(const FeedQuestion& question) const {
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"},
                     {"anthropic-version", config_.version},
                     {"anthropic-beta", config_.beta}};
  request.url = config_.url + "/organizations/analytics/" +
                (endpoint_ == "analytics_costs" ? "cost" : "usage") +
                "?starting_at=" + percent_encoded(format_time(question.window.from)) +
                "&ending_at=" + percent_encoded(format_time(question.window.to)) +
                "&time_bucket_width=" + format_duration(config_.bucket) +
                "&limit=1000&order_by=time&order=asc";
  for (const std::string_view dimension : kAnalyticsDimensions) {
    append_group(request.url, dimension, config_);
  }
  const std::string page = place_of(question.token).page;
  if (!page.empty()) request.url += "&page=" + percent_encoded(page);
  return request;
}

std::string AnthropicAnalyticsFeed::server_token(std::string_view token) const {
  return place_of(token).page;
}

Result<FeedAnswer> AnthropicAnalyticsFeed::read(std::string_view body,
                                                const FeedQuestion& question) const {
  AnalyticsReading reading;
  reading.endpoint = endpoint_;
  reading.source = source_;
  reading.organization = config_.organization;
  reading.account = config_.account;
  reading.width = config_.bucket;
  reading.window = question.window;
  return read_analytics_page(body, reading, place_of(question.token));
}

}  // namespace tidewaiter
