#include "daemon/notify/http_attempt.h"

#include <string>

namespace tidewaiter {
namespace {

/// A peer that refuses our token is not asked again for this long.
constexpr Duration kRefusedPause{15 * kMinute.us};
constexpr std::int64_t kGone = 410;

bool is_sent(std::int64_t status) { return status >= 200 && status < 300; }
bool is_refusal(std::int64_t status) { return status == 401 || status == 403; }

}  // namespace

Attempt attempt_of(const HttpResponse& response) {
  Attempt attempt;
  attempt.sent = is_sent(response.status);
  attempt.gone = response.status == kGone;
  attempt.retry_after = response.retry_after;
  if (!attempt.sent) attempt.reason = "status " + std::to_string(response.status);
  if (is_refusal(response.status) &&
      (!attempt.retry_after || *attempt.retry_after < kRefusedPause)) {
    attempt.retry_after = kRefusedPause;
  }
  return attempt;
}

Attempt send_once(HttpClient& http, const HttpRequest& request, const std::stop_token& stop) {
  const Result<HttpResponse> response = http.send(request, stop);
  return response ? attempt_of(*response) : Attempt{false, false, response.error().message};
}

}  // namespace tidewaiter
