#include "daemon/http/http_service.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <exception>
#include <thread>
#include <utility>

#include <httplib.h>

#include "policies/model/ascii.h"

namespace tidewaiter {

namespace {

constexpr int kNotThisForm = 400;
constexpr int kTooLarge = 413;
constexpr int kTooSlow = 408;
constexpr int kNoRanges = 416;
constexpr int kFailed = 500;

/// The body, or the status that refuses it.
struct RequestBody {
  std::string text;
  int refused = 0;
};

/// Takes a body piece by piece: the library bounds the time between two pieces alone. `told` is the
/// status that it sets itself, where the length in front is too large. `ends`: the service is asked
/// to stop, and waits for nobody.
RequestBody read_body(const httplib::ContentReader& read, const int& told, std::size_t most,
                      Duration longest, const std::atomic<bool>& ends) {
  RequestBody body;
  const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(longest.us);
  const bool whole = read([&](const char* data, std::size_t size) {
    if (std::chrono::steady_clock::now() > until || ends.load()) body.refused = kTooSlow;
    if (body.text.size() + size > most) body.refused = kTooLarge;
    if (body.refused != 0) return false;
    body.text.append(data, size);
    return true;
  });
  if (!whole && body.refused == 0) body.refused = told == kTooLarge ? kTooLarge : kTooSlow;
  return body;
}

/// The bytes of a body that nobody wants, up to so many: so that the answer reaches a client that
/// is still sending. A connection that is closed upon unread bytes is reset, and the answer lost.
void pass_over(const httplib::ContentReader& read, Duration longest,
               const std::atomic<bool>& ends) {
  constexpr std::size_t kPassedOver = std::size_t{1} << 20U;
  std::size_t passed = 0;
  const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(longest.us);
  static_cast<void>(read([&](const char* /*data*/, std::size_t size) {
    passed += size;
    return passed < kPassedOver && !ends.load() && std::chrono::steady_clock::now() < until;
  }));
}

ServedRequest head_of(const httplib::Request& request) {
  ServedRequest head;
  head.path = request.path;
  for (const auto& [name, value] : request.headers) head.headers.emplace(ascii_lower(name), value);
  const std::string length = head.header("content-length");
  std::size_t bytes = 0;
  const auto [rest, failure] = std::from_chars(length.data(), length.data() + length.size(), bytes);
  if (failure == std::errc() && rest == length.data() + length.size()) head.length = bytes;
  return head;
}

class HttplibService : public HttpService {
 public:
  HttplibService(HttpRoutes routes, const HttpServiceLimits& limits)
      : routes_(std::move(routes)), limits_(limits) {
    const auto us = std::chrono::microseconds(limits.read.us);
    server_.set_read_timeout(us);
    server_.set_write_timeout(us);
    // The library's own choice lets a second process listen at the same port, and take half of the
    // requests.
    server_.set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    });
    server_.set_payload_max_length(
        std::max({routes_.longest_body, routes_.longest_intake, std::size_t{1}}));
    server_.new_task_queue = [threads = limits.threads] {
      return new httplib::ThreadPool(threads);
    };
    // The library would tell strangers what was thrown.
    server_.set_exception_handler(
        [](const httplib::Request&, httplib::Response& out, const std::exception_ptr&) {
          out.status = kFailed;
          out.set_content("the request cannot be answered\n", "text/plain");
        });
    if (routes_.intake) take_in();
    if (routes_.post) take_posts();
    if (routes_.get) take_gets();
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
        if (stop.stop_requested()) ends_.store(true);
        if (stop.stop_requested() && server_.is_running()) return server_.stop();
        std::this_thread::sleep_for(kPause);
      }
    });
    if (server_.listen_after_bind() || stop.stop_requested()) return {};
    return fail(ErrorCode::kUnavailable, "no more connections can be taken");
  }

 private:
  void take_posts() {
    server_.Post(routes_.post_path, [this](const httplib::Request& request, httplib::Response& out,
                                           const httplib::ContentReader& read) {
      // The library reads such a body for other readers alone, and throws for ours.
      if (request.is_multipart_form_data()) return refuse(kNotThisForm, out);
      const RequestBody body =
          read_body(read, out.status, routes_.longest_body, limits_.request, ends_);
      if (body.refused != 0) return refuse(body.refused, out);
      send(routes_.post(body.text), out);
    });
  }

  void take_in() {
    server_.Post(routes_.intake_path + ".*", [this](const httplib::Request& request,
                                                    httplib::Response& out,
                                                    const httplib::ContentReader& read) {
      if (request.is_multipart_form_data()) return refuse(kNotThisForm, out);
      const ServedRequest head = head_of(request);
      // The library would decompress on the way, where it does not tell a body that was cut off
      // from a whole one, and passes over what follows the first member. It made the request, which
      // is no constant.
      const_cast<httplib::Request&>(request).headers.erase("Content-Encoding");
      bool begun = false;
      bool whole = false;
      const ReadServedBody read_whole = [&](std::size_t most) -> tl::expected<std::string, int> {
        begun = true;
        RequestBody body = read_body(read, out.status, most, limits_.request, ends_);
        if (body.refused != 0) return tl::unexpected(body.refused);
        whole = true;
        return std::move(body.text);
      };
      const HttpAnswer answer = routes_.intake(head, read_whole);
      if (!whole && head.length.value_or(1) > 0) {
        if (!begun) pass_over(read, limits_.request, ends_);
        out.set_header("Connection", "close");
      }
      send(answer, out);
    });
  }

  void take_gets() {
    server_.Get(".*", [this](const httplib::Request& request, httplib::Response& out) {
      // The library reads no body here, and would take it for the next request.
      if (request.has_header("Content-Length") || request.has_header("Transfer-Encoding")) {
        return refuse(kNotThisForm, out);
      }
      // It would cut the body under status 200, and copies it once for each range that is asked
      // for.
      if (request.has_header("Range")) {
        out.status = kNoRanges;
        return out.set_header("Accept-Ranges", "none");
      }
      send(routes_.get(request.path), out);
      out.set_header("Access-Control-Allow-Origin", "*");
    });
  }

  static void send(const HttpAnswer& answer, httplib::Response& out) {
    out.status = answer.status;
    if (!answer.cache_control.empty()) out.set_header("Cache-Control", answer.cache_control);
    for (const auto& [name, value] : answer.headers) out.set_header(name, value);
    out.set_content(answer.body, answer.content_type);
  }

  /// Of a request whose body was not read to its end, so that nothing can follow it.
  static void refuse(int status, httplib::Response& out) {
    out.status = status;
    out.set_header("Connection", "close");
    out.set_content(status == kNotThisForm ? "expected another body, or none\n"
                                           : "the request is too large, or came too slowly\n",
                    "text/plain");
  }

  HttpRoutes routes_;
  HttpServiceLimits limits_;
  httplib::Server server_;
  int port_ = 0;
  std::atomic<bool> ends_{false};
};

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

std::string ServedRequest::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

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

std::string url_of(const ListenAddress& address, int port, const std::string& path) {
  return "http://" + bracketed(address.host) + ":" + std::to_string(port) + path;
}

Result<std::unique_ptr<HttpService>> HttpService::listen(const ListenAddress& address,
                                                         HttpRoutes routes,
                                                         const HttpServiceLimits& limits) {
  auto service = std::make_unique<HttplibService>(std::move(routes), limits);
  if (!service->bind(address)) {
    return fail(ErrorCode::kUnavailable, "cannot listen at `" + address.host + "`, port " +
                                             std::to_string(address.port) +
                                             ": it is in use, or not an address of this machine");
  }
  return service;
}

}  // namespace tidewaiter
