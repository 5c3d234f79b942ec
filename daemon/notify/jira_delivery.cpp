#include "daemon/notify/jira_delivery.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "daemon/notify/http_attempt.h"
#include "daemon/notify/jira_form.h"
#include "policies/model/base64.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kServerErrors = 500;

/// RFC 7617, with an API token in the place of a password.
Secret basic_credential(const std::string& user, const Secret& token) {
  std::string pair = user + ":" + std::string(token.expose());
  std::string text = "Basic " + to_base64(pair, Base64::kStandard);
  ::explicit_bzero(pair.data(), pair.size());
  Secret credential{std::string(text)};
  ::explicit_bzero(text.data(), text.size());
  return credential;
}

/// Jira at one site, for one attempt.
class JiraSite {
 public:
  JiraSite(const ChannelConfig& channel, HttpClient& http, const Secret& token,
           const std::stop_token& stop)
      : channel_(channel),
        http_(http),
        credential_(basic_credential(channel.user, token)),
        stop_(stop) {}

  /// Asks for the issue of the notice.
  Result<HttpResponse> search(const Notice& notice) {
    return http_.send(request(jira_search(channel_.project, jira_label(notice)), HttpMethod::kGet),
                      stop_);
  }

  Attempt create(const Notice& notice) {
    HttpRequest issue = request("/rest/api/3/issue", HttpMethod::kPost);
    issue.body = jira_issue(notice, channel_.project, channel_.issue_type);
    const Result<HttpResponse> response = http_.send(issue, stop_);
    Attempt attempt =
        response ? attempt_of(*response) : Attempt{false, false, response.error().message};
    const bool untold = !response || response->status >= kServerErrors;
    if (untold) {
      attempt.unsettled = true;
      attempt.retry_after = std::max(attempt.retry_after.value_or(kJiraSettles), kJiraSettles);
    }
    return attempt;
  }

 private:
  HttpRequest request(const std::string& path, HttpMethod method) {
    return {channel_.url + path,
            {{"Accept", "application/json"}, {"Content-Type", "application/json"}},
            {},
            nullptr,
            method,
            {{"Authorization", &credential_}}};
  }

  const ChannelConfig& channel_;
  HttpClient& http_;
  Secret credential_;
  const std::stop_token& stop_;
};

}  // namespace

Attempt deliver_to_jira(const ChannelConfig& channel, const Notice& notice, HttpClient& http,
                        const Secret& token, const std::stop_token& stop) {
  JiraSite site(channel, http, token, stop);
  const auto not_told = [](Attempt attempt) {
    attempt.sent = false;
    attempt.reason = "looking for the issue: " + attempt.reason;
    return attempt;
  };
  const Result<HttpResponse> response = site.search(notice);
  if (!response) return not_told({false, false, response.error().message});
  if (Attempt asked = attempt_of(*response); !asked.sent) return not_told(std::move(asked));
  const Result<bool> there = jira_found(response->body);
  if (!there) return not_told({false, false, there.error().message});
  return *there ? Attempt{true, false, {}} : site.create(notice);
}

}  // namespace tidewaiter
