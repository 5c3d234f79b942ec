#pragma once

#include <stop_token>

#include "daemon/notify/delivery.h"
#include "daemon/outbound/http_client.h"

namespace tidewaiter {

/// What an answer says of an attempt: sent with a status 2xx, gone with 410. Whoever refuses our
/// credential (401, 403) is left alone for a quarter of an hour.
[[nodiscard]] Attempt attempt_of(const HttpResponse& response);

/// Sends once. Any thread.
[[nodiscard]] Attempt send_once(HttpClient& http, const HttpRequest& request,
                                const std::stop_token& stop);

}  // namespace tidewaiter
