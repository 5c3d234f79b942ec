#include "daemon/sources/anthropic/report_feed.h"

#include <array>
#include <string>
#include <vector>

#include "daemon/sources/anthropic/message_page.h"
#include "daemon/sources/contract/bucket_pace.h"

namespace tidewaiter {
namespace {

constexpr auto kReportDimensions = std::to_array<CostDimension>({{"workspace_id", "project"},
                                                                 {"description", ""},
                                                                 {"model", "response_model"},
                                                                 {"service_tier", "service_tier"}});

/// What the rows have beside it follows from the description.
constexpr auto kCostGroups = std::to_array<std::string_view>({"workspace_id", "description"});

constexpr int kCents = -2;
constexpr CostShape kReportShape{
    "anthropic",      {"cost report", "", "", "starting_at", "ending_at", false}, "", false, kCents,
    kReportDimensions};

}  // namespace

const CostShape& anthropic_cost_shape() { return kReportShape; }

AnthropicReportFeed::AnthropicReportFeed(std::string_view endpoint, const SourceConfig& config)
    : endpoint_(endpoint), source_(config.name), config_(*config.contract) {}

std::vector<std::string_view> AnthropicReportFeed::grouped_by() const {
  if (is_costs()) return {kCostGroups.begin(), kCostGroups.end()};
  const auto dimensions = message_dimensions();
  return {dimensions.begin(), dimensions.end()};
}

std::string AnthropicReportFeed::series() const {
  std::string text = format_duration(config_.bucket) + " " + config_.organization + " " +
                     std::string(account_word(config_.account));
  for (const std::string_view dimension : grouped_by()) text.append(" ").append(dimension);
  return text;
}

FeedPace AnthropicReportFeed::pace() const {
  return bucket_pace(config_.bucket, most_report_buckets(config_.bucket), config_.overlap);
}

HttpRequest AnthropicReportFeed::ask(const FeedQuestion& question) const {
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"}, {"anthropic-version", config_.version}};
  request.url = config_.url + "/organizations/" +
                (is_costs() ? "cost_report" : "usage_report/messages") +
                "?starting_at=" + percent_encoded(format_time(question.window.from)) +
                "&ending_at=" + percent_encoded(format_time(question.window.to)) +
                "&bucket_width=" + format_duration(config_.bucket) +
                "&limit=" + std::to_string(most_report_buckets(config_.bucket));
  for (const std::string_view dimension : grouped_by()) {
    append_group(request.url, dimension, config_);
  }
  if (!question.token.empty()) request.url += "&page=" + percent_encoded(question.token);
  return request;
}

Result<FeedAnswer> AnthropicReportFeed::read(std::string_view body,
                                             const FeedQuestion& question) const {
  if (is_costs()) {
    CostReading costs;
    costs.shape = &kReportShape;
    costs.source = source_;
    costs.organization = config_.organization;
    costs.account = "workspace_id";
    costs.window = question.window;
    return read_cost_page(body, costs);
  }
  MessageReading messages;
  messages.source = source_;
  messages.organization = config_.organization;
  messages.account = config_.account;
  messages.width = config_.bucket;
  messages.window = question.window;
  return read_message_page(body, messages);
}

}  // namespace tidewaiter
