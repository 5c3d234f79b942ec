#include "daemon/sources/openai/audit_feed.h"

#include <string>

#include "daemon/sources/contract/audit_page.h"
#include "daemon/sources/openai/audit_page.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kOfOrganization = "audit_logs";

/// The vendor does not say how soon an event is told.
constexpr Duration kUntold{5 * kMinute.us};

/// The most events of a page that the API gives at once.
constexpr const char* kPageLimit = "&limit=100";

}  // namespace

OpenAiAuditFeed::OpenAiAuditFeed(std::string_view endpoint, const SourceConfig& config)
    : AuditFeed("openai", endpoint, config, kUntold) {}

std::string_view OpenAiAuditFeed::permission() const {
  return "an admin key of an owner that may read audit logs, and audit logging switched on in the "
         "organisation's settings";
}

HttpRequest OpenAiAuditFeed::ask(const FeedQuestion& question) const {
  const auto seconds = [](UtcTime t) { return std::to_string(t.us / kSecond.us); };
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"}};
  request.url = config().url +
                "/organization/audit_logs?effective_at%5Bgte%5D=" + seconds(question.window.from) +
                "&effective_at%5Blt%5D=" + seconds(question.window.to) + kPageLimit;
  if (endpoint() != kOfOrganization) request.url += "&tenant_only=true";
  const std::string last = audit_place_from_text(question.token).last;
  if (!last.empty()) request.url += "&after=" + percent_encoded(last);
  return request;
}

Result<FeedAnswer> OpenAiAuditFeed::read(std::string_view body,
                                         const FeedQuestion& question) const {
  AuditReading reading = reading_of(question);
  reading.endpoint = kOfOrganization;
  return read_openai_audit_page(body, reading, question.token);
}

}  // namespace tidewaiter
