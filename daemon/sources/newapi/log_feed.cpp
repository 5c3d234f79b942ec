#include "daemon/sources/newapi/log_feed.h"

#include "daemon/sources/contract/page_number.h"
#include "daemon/sources/contract/row_pace.h"
#include "daemon/sources/newapi/log_list.h"

namespace tidewaiter {
namespace {

/// Of an hour in one pull: a million rows. The next pull reads on; where that is usual the database
/// is to be read without its API.
constexpr std::int64_t kMostLogPages = 10'000;

}  // namespace

NewApiLogFeed::NewApiLogFeed(const SourceConfig& config)
    : source_(config.name), config_(*config.contract) {}

std::string NewApiLogFeed::series() const {
  return "logs " + config_.organization + " " + std::string(account_word(config_.account));
}

FeedPace NewApiLogFeed::pace() const {
  // Rows have the time of their writing; what comes into a page that was turned is new, and the
  // overlap finds what was committed late.
  return row_pace(Duration{5 * kMinute.us}, config_.overlap, kMostLogPages);
}

HttpRequest NewApiLogFeed::ask(const FeedQuestion& question) const {
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"}};
  if (!config_.user.empty()) request.headers.emplace_back("New-Api-User", config_.user);
  const auto seconds = [](UtcTime time) { return std::to_string(time.us / kSecond.us); };
  // The server takes both ends as included; type 0 is all of them.
  request.url = config_.url + "/api/log/?type=0&start_timestamp=" + seconds(question.window.from) +
                "&end_timestamp=" + seconds(question.window.to - kSecond) +
                "&p=" + std::to_string(page_number(question.token)) +
                "&page_size=" + std::to_string(kLogPageSize);
  return request;
}

Result<FeedAnswer> NewApiLogFeed::read(std::string_view body, const FeedQuestion& question) const {
  const LogReading reading{"newapi", source_, config_.organization, config_.account};
  return read_log_list(body, reading, question.window, page_number(question.token));
}

}  // namespace tidewaiter
