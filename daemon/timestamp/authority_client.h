#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "daemon/outbound/http_client.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// What came of asking an authority.
struct AuthorityAnswer {
  Result<std::string> response;         ///< TimeStampResp as it came; nothing of it was judged
  std::optional<Duration> retry_after;  ///< what the authority asks for before the next attempt
};

/// Sends a TimeStampReq and takes the TimeStampResp (RFC 3161 §3.4). Errors: kUnavailable for a
/// transport that failed and for a status other than 200; kInvalidInput for a URL that is not
/// allowed. Any thread; returns soon after `stop` is requested.
[[nodiscard]] AuthorityAnswer ask_authority(HttpClient& http, const std::string& url,
                                            const std::string& request,
                                            const std::stop_token& stop);

}  // namespace tidewaiter
