#include "daemon/sources/langfuse/observation_feed.h"

#include "daemon/sources/contract/row_pace.h"
#include "daemon/sources/langfuse/observation_page.h"

namespace tidewaiter {
namespace {

/// Of an hour in one pull: ten million observations. The next pull reads on.
constexpr std::int64_t kMostObservationPages = 10'000;

}  // namespace

ObservationFeed::ObservationFeed(const SourceConfig& config)
    : source_(config.name), config_(*config.contract) {}

std::string ObservationFeed::series() const {
  return "observations " + config_.organization + " " + std::string(account_word(config_.account));
}

FeedPace ObservationFeed::pace() const {
  // Older clients' traces are to be had after up to a quarter of an hour.
  return row_pace(Duration{15 * kMinute.us}, config_.overlap, kMostObservationPages);
}

HttpRequest ObservationFeed::ask(const FeedQuestion& question) const {
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"}};
  request.url = config_.url + "/api/public/v2/observations?fields=core%2Cbasic%2Cmodel%2Cusage" +
                "&fromStartTime=" + percent_encoded(format_time(question.window.from)) +
                "&toStartTime=" + percent_encoded(format_time(question.window.to)) +
                "&limit=" + std::to_string(kMostObservations);
  if (!question.token.empty()) request.url += "&cursor=" + percent_encoded(question.token);
  return request;
}

Result<FeedAnswer> ObservationFeed::read(std::string_view body,
                                         const FeedQuestion& question) const {
  return read_observation_page(body,
                               {source_, config_.organization, config_.account, question.window});
}

}  // namespace tidewaiter
