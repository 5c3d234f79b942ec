#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/outbound/http_client.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// When a request is sent again. Source of the backoff: M. Brooker, "Exponential Backoff And
/// Jitter", AWS Architecture Blog, 2015 (full jitter).
struct RetryRule {
  int tries = 5;                           ///< of one request, the first included
  Duration first{500'000};                 ///< the first ceiling; doubles with each try
  Duration ceiling{30 * kSecond.us};       ///< what it doubles up to
  Duration longest_wait{15 * kMinute.us};  ///< a server that asks for more ends the run
};

/// What to do after a try.
struct NextStep {
  enum class Kind : std::uint8_t { kTake, kAgain, kEnd };
  Kind kind = Kind::kTake;
  Duration wait;  ///< kAgain: before the next try; kEnd: before the next run, 0 if nobody asked
};

/// `tries` made so far (>= 1), the last with `response`; `share` in [0, 1) is the draw of the
/// jitter. Again: 408, 409, 425, 429, 5xx and requests that found no answer in time, and whatever
/// the server says to send again, but for 401 and 403. What it asks to wait is a minimum. End: no
/// tries left, a wait above the longest one, a server that says not to, or a 429 that says
/// `insufficient_quota`, which no waiting mends. All else is taken as it is.
[[nodiscard]] NextStep next_step(const RetryRule& rule, int tries,
                                 const Result<HttpResponse>& response, double share);

/// What stands in `error.code`, `error.type` and `error.param` of an answer, such as
/// "insufficient_quota", or in `scimType` (RFC 7644, 3.12), as far as these are plain words; empty
/// otherwise. Its message is left out: it is written by others and may quote anything.
[[nodiscard]] std::string error_words(std::string_view body);

/// `error.code` of an answer; empty where there is none. To be compared, not told.
[[nodiscard]] std::string told_error_code(std::string_view body);
/// The same of `error.param`: which parameter of the request was wrong.
[[nodiscard]] std::string told_error_param(std::string_view body);

/// Whether servers say by this status that the token of a page is not theirs any more.
[[nodiscard]] bool may_refuse_token(std::int64_t status);

/// The error that an answer with a status other than 2xx is. kRefused (401, 403), kUnavailable
/// (those that next_step() tries again, those that the server says to send again among them),
/// kInvalidInput (all others). `permission`: what a key needs that the server answers with 403, in
/// words for people; empty: the source's page says it.
[[nodiscard]] Error status_error(const HttpResponse& response, std::string_view permission = {});

}  // namespace tidewaiter
