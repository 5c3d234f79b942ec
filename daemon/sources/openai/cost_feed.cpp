#include "daemon/sources/openai/cost_feed.h"

#include <array>
#include <string>

#include "daemon/sources/contract/bucket_pace.h"
#include "daemon/sources/contract/retry_rule.h"

namespace tidewaiter {
namespace {

constexpr BucketShape kCostBuckets{"page of costs", "page",     "bucket",
                                   "start_time",    "end_time", true};
constexpr auto kCostDimensions =
    std::to_array<CostDimension>({{"project_id", "project"}, {"api_key_id", "api_key"}});
constexpr std::string_view kCostObject = "organization.costs.result";

constexpr CostShape kByProject{
    "openai", kCostBuckets, kCostObject, true, 0, std::span(kCostDimensions).first(1)};
constexpr CostShape kByKey{"openai", kCostBuckets, kCostObject, true, 0, kCostDimensions};

/// The most buckets of a page that the endpoint takes on.
constexpr std::int64_t kMostDays = 180;

}  // namespace

const CostShape& openai_cost_shape(AccountChoice account) {
  return account == AccountChoice::kApiKey ? kByKey : kByProject;
}

OpenAiCostFeed::OpenAiCostFeed(const SourceConfig& config)
    : source_(config.name), config_(*config.contract) {}

std::string OpenAiCostFeed::series() const {
  std::string text = "costs 1d " + config_.organization;
  for (const CostDimension& dimension : openai_cost_shape(config_.account).dimensions) {
    text.append(" ").append(dimension.member);
  }
  return text;
}

const CostShape& OpenAiCostFeed::shape_of(const FeedQuestion& question) const {
  return question.narrow ? kByProject : openai_cost_shape(config_.account);
}

bool OpenAiCostFeed::refuses_grouping(const HttpResponse& response) const {
  return config_.account == AccountChoice::kApiKey && refuses_key_grouping(response);
}

FeedPace OpenAiCostFeed::pace() const { return bucket_pace(kDay, kMostDays, config_.overlap); }

HttpRequest OpenAiCostFeed::ask(const FeedQuestion& question) const {
  const auto seconds = [](UtcTime t) { return std::to_string(t.us / kSecond.us); };
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"}};
  request.url = config_.url + "/organization/costs?start_time=" + seconds(question.window.from) +
                "&end_time=" + seconds(question.window.to) +
                "&bucket_width=1d&limit=" + std::to_string(kMostDays);
  for (const CostDimension& dimension : shape_of(question).dimensions) {
    append_group(request.url, dimension.member, config_);
  }
  if (!question.token.empty()) request.url += "&page=" + percent_encoded(question.token);
  return request;
}

Result<FeedAnswer> OpenAiCostFeed::read(std::string_view body, const FeedQuestion& question) const {
  CostReading reading;
  reading.shape = &shape_of(question);
  reading.source = source_;
  reading.organization = config_.organization;
  reading.account = config_.account == AccountChoice::kApiKey ? "api_key_id" : "project_id";
  reading.window = question.window;
  return read_cost_page(body, reading);
}

}  // namespace tidewaiter
