#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "daemon/outbound/http_client.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// What may be told of a request and of its answer: no query, no user, no header, no body and no
/// credential.
struct RequestTrace {
  HttpMethod method = HttpMethod::kGet;
  std::string host;  ///< with the port, where the URL writes one; empty: a socket of this machine
  /// Of the URL. Empty where it may be a secret itself, as that of a webhook or of a link that is
  /// followed; whoever sends says so, and ids of customers or projects may stand in any other.
  std::string path;
  Duration elapsed;
  std::int64_t status = 0;  ///< 0: there is no answer
  std::int64_t bytes = 0;   ///< of the answer's body, decompressed
  std::string failure;      ///< why there is no answer
};

/// Called when the outcome is there, on the thread that sent the request; must return soon.
using RequestSink = std::function<void(const RequestTrace&)>;

/// Of a request and what came of it.
[[nodiscard]] RequestTrace trace_of(const HttpRequest& request,
                                    const Result<HttpResponse>& response, Duration elapsed);

/// Sends through `client`, which outlives it and rests when this does, and tells `sink` of each
/// request without its path: the URL of a webhook may be its credential.
[[nodiscard]] std::unique_ptr<HttpClient> make_traced_client(HttpClient& client, RequestSink sink);

}  // namespace tidewaiter
