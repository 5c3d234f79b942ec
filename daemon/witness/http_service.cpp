#include "daemon/witness/http_service.h"

#include <charconv>
#include <chrono>
#include <thread>
#include <utility>

#include <httplib.h>

namespace tidewaiter {

namespace {

constexpr int kNotThisForm = 400;
constexpr int kTooLarge = 413;
constexpr int kTooSlow = 408;

/// The body, or the status that refuses it.
struct RequestBody {
  std::string text;
  int refused = 0;
};

/// Takes a body piece by piece: the library bounds the time between two pieces alone. `told` is the
/// status that it sets itself, where the length in front is too large.
RequestBody read_body(const httplib::ContentReader& read, const int& told, Duration longest) {
  RequestBody body;
  const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(longest.us);
  const bool whole = read([&](const char* data, std::size_t size) {
    if (std::chrono::steady_clock::now() > until) body.refused = kTooSlow;
    if (body.text.size() + size > kMaxAddCheckpointBytes) body.refused = kTooLarge;
    if (body.refused != 0) return false;
    body.text.append(data, size);
    return true;
  });
  if (!whole && body.refused == 0) body.refused = told == kTooLarge ? kTooLarge : kTooSlow;
  return body;
}

class HttplibService : public HttpService {
 public:
  HttplibService(Answer answer, const HttpServiceLimits& limits) : answer_(std::move(answer)) {
    const auto us = std::chrono::microseconds(limits.read.us);
    server_.set_read_timeout(us);
    server_.set_write_timeout(us);
    // The library's own choice lets a second process listen at the same port, and take half of the
    // requests.
    server_.set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    });
    server_.set_payload_max_length(kMaxAddCheckpointBytes);
    server_.new_task_queue = [threads = limits.threads] {
      return new httplib::ThreadPool(threads);
    };
    server_.Post("/add-checkpoint", [this, longest = limits.request](
                                        const httplib::Request& request, httplib::Response& out,
                                        const httplib::ContentReader& read) {
      // The library reads such a body for other readers alone, and throws for ours.
      if (request.is_multipart_form_data()) return refuse(kNotThisForm, out);
      take(read_body(read, out.status, longest), out);
    });
  }

  bool bind(const ListenAddress& address) {
    if (address.port == 0) {
      port_ = server_.bind_to_any_port(address.host);
      return port_ > 0;
    }
    port_ = address.port;
    return server_.bind_to_port(address.host, address.port);
  }

  [[nodiscard]] int port() const override { return port_; }

  Result<void> run(const std::stop_token& stop) override {
    // The library forgets a stop that comes before it listens: it is asked once it does.
    std::jthread stopper([this, stop](const std::stop_token& ended) {
      constexpr std::chrono::milliseconds kPause(20);
      while (!ended.stop_requested()) {
        if (stop.stop_requested() && server_.is_running()) return server_.stop();
        std::this_thread::sleep_for(kPause);
      }
    });
    if (server_.listen_after_bind() || stop.stop_requested()) return {};
    return fail(ErrorCode::kUnavailable, "the witness can take no more connections");
  }

 private:
  /// Of a request whose body was not read to its end, so that nothing can follow it.
  static void refuse(int status, httplib::Response& out) {
    out.status = status;
    out.set_header("Connection", "close");
    out.set_content(status == kNotThisForm ? "expected a body of c2sp.org/tlog-witness, no form\n"
                                           : "the request is too large, or came too slowly\n",
                    "text/plain");
  }

  void take(const RequestBody& body, httplib::Response& out) const {
    if (body.refused != 0) return refuse(body.refused, out);
    const WitnessAnswer answer = answer_(body.text);
    out.status = answer.status;
    out.set_content(answer.body, answer.content_type);
  }

  Answer answer_;
  httplib::Server server_;
  int port_ = 0;
};

}  // namespace

Result<ListenAddress> parse_listen_address(const std::string& text) {
  const auto bad = [&text] {
    return fail(
        ErrorCode::kInvalidInput,
        "expected an address and a port, as `127.0.0.1:8470` or `[::1]:8470`, got `" + text + "`");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return bad();
  ListenAddress address{text.substr(0, colon), 0};
  const char* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data() + colon + 1, end, address.port);
  if (failure != std::errc() || rest != end || address.port < 0 || address.port > 65'535) {
    return bad();
  }
  if (address.host.front() == '[') {
    if (address.host.back() != ']' || address.host.size() < 3) return bad();
    address.host = address.host.substr(1, address.host.size() - 2);
  } else if (address.host.find(':') != std::string::npos) {
    return bad();
  }
  return address;
}

Result<std::unique_ptr<HttpService>> HttpService::listen(const ListenAddress& address,
                                                         Answer answer,
                                                         const HttpServiceLimits& limits) {
  auto service = std::make_unique<HttplibService>(std::move(answer), limits);
  if (!service->bind(address)) {
    return fail(ErrorCode::kUnavailable, "cannot listen at `" + address.host + "`, port " +
                                             std::to_string(address.port) +
                                             ": it is in use, or not an address of this machine");
  }
  return service;
}

}  // namespace tidewaiter
