#include "daemon/outbound/request_trace.h"

#include <chrono>
#include <utility>

#include "daemon/outbound/curl_handles.h"

namespace tidewaiter {
namespace {

/// Of any scheme, for databases are asked too. Null if the text is no URL.
CurlUrl any_url(const std::string& text) {
  CurlUrl url(curl_url());
  constexpr unsigned int kAny = CURLU_NON_SUPPORT_SCHEME | CURLU_NO_AUTHORITY;
  if (url && curl_url_set(url.get(), CURLUPART_URL, text.c_str(), kAny) != CURLUE_OK) url.reset();
  return url;
}

class TracedClient final : public HttpClient {
 public:
  TracedClient(HttpClient& client, RequestSink sink) : client_(client), sink_(std::move(sink)) {}

  Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop) override {
    const auto begun = std::chrono::steady_clock::now();
    Result<HttpResponse> response = client_.send(request, stop);
    const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - begun);
    RequestTrace trace = trace_of(request, response, {elapsed.count()});
    trace.path.clear();
    sink_(trace);
    return response;
  }

  void rest() override { client_.rest(); }

 private:
  HttpClient& client_;
  RequestSink sink_;
};

}  // namespace

RequestTrace trace_of(const HttpRequest& request, const Result<HttpResponse>& response,
                      Duration elapsed) {
  RequestTrace trace;
  trace.method = request.method;
  trace.elapsed = elapsed;
  if (const CurlUrl url = any_url(request.url)) {
    trace.host = curl_part(url.get(), CURLUPART_HOST);
    const std::string port = curl_part(url.get(), CURLUPART_PORT);
    if (!port.empty()) trace.host += ":" + port;
    trace.path = curl_part(url.get(), CURLUPART_PATH);
  }
  if (response) {
    trace.status = response->status;
    trace.bytes = static_cast<std::int64_t>(response->body.size());
  } else {
    trace.failure = response.error().message;
  }
  return trace;
}

std::unique_ptr<HttpClient> make_traced_client(HttpClient& client, RequestSink sink) {
  return std::make_unique<TracedClient>(client, std::move(sink));
}

}  // namespace tidewaiter
