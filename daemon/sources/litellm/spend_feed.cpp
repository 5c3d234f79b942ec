#include "daemon/sources/litellm/spend_feed.h"

#include "daemon/sources/contract/row_pace.h"
#include "daemon/sources/litellm/page_size.h"
#include "daemon/sources/litellm/spend_page.h"

namespace tidewaiter {
namespace {

/// Of an hour in one pull: a million requests. The next pull reads on; where that is usual the
/// database is to be read without its API.
constexpr std::int64_t kMostSpendPages = 10'000;

/// "2026-11-23 12:00:00", UTC, percent-encoded: the one form that the server takes.
std::string spend_time(UtcTime time) {
  std::string text = format_time(align_down(time, kSecond));
  text.pop_back();  // Z
  text[text.find('T')] = ' ';
  return percent_encoded(text);
}

}  // namespace

SpendFeed::SpendFeed(const SourceConfig& config)
    : source_(config.name), config_(*config.contract) {}

std::string SpendFeed::series() const {
  return "spend_logs " + config_.organization + " " + std::string(account_word(config_.account));
}

FeedPace SpendFeed::pace() const {
  // A row is written when its request has ended and a buffer is flushed; the overlap finds those
  // that took longer.
  return row_pace(Duration{5 * kMinute.us}, config_.overlap, kMostSpendPages);
}

HttpRequest SpendFeed::ask(const FeedQuestion& question) const {
  const SpendPlace place = spend_place_from_text(question.token, question.window);
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"}};
  request.url =
      config_.url + "/spend/logs/v2?start_date=" + spend_time(place.from) +
      "&end_date=" + spend_time(question.window.to) + "&page=" + std::to_string(place.page) +
      "&page_size=" + std::to_string(kLiteLlmPageSize) + "&sort_by=startTime&sort_order=asc";
  return request;
}

Result<FeedAnswer> SpendFeed::read(std::string_view body, const FeedQuestion& question) const {
  const SpendReading reading{"litellm", source_, config_.organization, config_.account};
  return read_spend_page(body, reading, question.window,
                         spend_place_from_text(question.token, question.window));
}

}  // namespace tidewaiter
