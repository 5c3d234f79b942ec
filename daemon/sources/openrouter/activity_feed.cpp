#include "daemon/sources/openrouter/activity_feed.h"

#include "daemon/sources/contract/key_walk.h"
#include "daemon/sources/openrouter/activity_page.h"

namespace tidewaiter {
namespace {

/// Of a day in one pull: keys, and lists of them.
constexpr std::int64_t kMostActivityPages = 10'000;

}  // namespace

ActivityFeed::ActivityFeed(const SourceConfig& config)
    : source_(config.name), config_(*config.contract) {}

std::string ActivityFeed::series() const { return "activity " + config_.organization; }

FeedPace ActivityFeed::pace() const {
  FeedPace pace;
  pace.width = kDay;
  pace.window = kDay;
  pace.behind = kHour;  // days are told once they are over
  pace.overlap = config_.overlap;
  pace.open = {};
  pace.settles = config_.overlap;
  pace.first = {28 * kDay.us};  // the server has thirty days, and refuses what lies before them
  pace.most_pages = kMostActivityPages;
  return pace;
}

HttpRequest ActivityFeed::ask(const FeedQuestion& question) const {
  const KeyWalk walk = key_walk_from_text(question.token).value_or(KeyWalk{});
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"}};
  if (walk.projects.empty()) {
    request.url =
        config_.url + "/keys?include_disabled=true&offset=" + std::to_string(key_offset(walk));
  } else {
    constexpr std::size_t kDateLength = 10;
    request.url = config_.url +
                  "/activity?date=" + format_time(question.window.from).substr(0, kDateLength) +
                  "&api_key_hash=" + walk.projects.front();
  }
  return request;
}

Result<FeedAnswer> ActivityFeed::read(std::string_view body, const FeedQuestion& question) const {
  const KeyWalk walk = key_walk_from_text(question.token).value_or(KeyWalk{});
  if (walk.projects.empty()) return read_walked_keys(body, walk);
  return read_activity_page(body, {source_, config_.organization, question.window.from}, walk);
}

}  // namespace tidewaiter
