#include "daemon/sources/anthropic/activity_feed.h"

#include <string>

#include "daemon/sources/anthropic/activity_page.h"
#include "daemon/sources/contract/audit_page.h"

namespace tidewaiter {
namespace {

/// An activity can be asked for within a minute; one more is for clocks that differ.
constexpr Duration kUntold{2 * kMinute.us};

/// Of the 5,000 that a page may have: a request ends sooner, and is no rarer for most.
constexpr const char* kPageLimit = "&limit=1000";

}  // namespace

AnthropicActivityFeed::AnthropicActivityFeed(std::string_view endpoint, const SourceConfig& config)
    : AuditFeed("anthropic", endpoint, config, kUntold) {}

std::string_view AnthropicActivityFeed::permission() const {
  return "a Compliance Access Key or an admin key with the scope `read:compliance_activities`, and "
         "the Compliance API switched on for the organisation";
}

HttpRequest AnthropicActivityFeed::ask(const FeedQuestion& question) const {
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"}, {"anthropic-version", config().version}};
  request.url = config().url + "/compliance/activities?created_at.gte=" +
                percent_encoded(format_time(question.window.from)) +
                "&created_at.lt=" + percent_encoded(format_time(question.window.to)) + kPageLimit;
  const std::string last = audit_place_from_text(question.token).last;
  if (!last.empty()) request.url += "&after_id=" + percent_encoded(last);
  return request;
}

Result<FeedAnswer> AnthropicActivityFeed::read(std::string_view body,
                                               const FeedQuestion& question) const {
  return read_anthropic_activities(body, reading_of(question), question.token);
}

}  // namespace tidewaiter
