#include "daemon/http/http_service.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <exception>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/http/request_head.h"
#include "daemon/http/served_stream.h"
#include "policies/model/ascii.h"

namespace tidewaiter {

namespace {

constexpr int kNotThisForm = 400;
constexpr int kTooLarge = 413;
constexpr int kTooSlow = 408;
constexpr int kNoRanges = 416;
constexpr int kNotServed = 404;
constexpr int kFailed = 500;

/// The body, or the status that refuses it.
struct RequestBody {
  std::string text;
  int refused = 0;
};

/// Takes a body piece by piece. The library would itself pass over one whose length in front is too
/// large, however slowly it comes: it is not asked to.
RequestBody read_body(const httplib::ContentReader& read, const std::optional<std::size_t>& length,
                      std::size_t most) {
  RequestBody body;
  if (length.value_or(0) > most) return {{}, kTooLarge};
  const bool whole = read([&](const char* data, std::size_t size) {
    if (body.text.size() + size > most) body.refused = kTooLarge;
    if (body.refused != 0) return false;
    body.text.append(data, size);
    return true;
  });
  if (!whole && body.refused == 0) body.refused = kTooSlow;
  return body;
}

ServedRequest head_of(const httplib::Request& request) {
  ServedRequest head;
  head.path = request.path;
  for (const auto& [name, value] : request.headers) head.headers.emplace(ascii_lower(name), value);
  if (head.headers.contains("transfer-encoding")) return head;
  const std::string length = head.header("content-length");
  std::size_t bytes = 0;
  std::from_chars(length.data(), length.data() + length.size(), bytes);
  head.length = bytes;
  return head;
}

bool has_control_characters(const std::string& path) {
  return std::ranges::any_of(path, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
  });
}

/// The library's server, over connections that are bounded, and that end with the service.
class BoundedServer final : public httplib::Server {
 public:
  BoundedServer(const HttpServiceLimits& limits, std::size_t longest_body)
      : limits_(limits), longest_body_(longest_body) {}

  /// Wakes whoever waits for a client; what is being answered is answered. Any thread.
  void end_connections() {
    const std::scoped_lock lock(mutex_);
    ends_.store(true);
    for (const int socket : open_) ::shutdown(socket, SHUT_RD);
  }

 private:
  bool process_and_close_socket(socket_t socket) override {
    {
      const std::scoped_lock lock(mutex_);
      open_.insert(socket);
    }
    const bool answered = serve(socket);
    {
      // Before it is closed: its number is another connection's then.
      const std::scoped_lock lock(mutex_);
      open_.erase(socket);
    }
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
    return answered;
  }

  /// Answers one request after the other, as long as it is certain where each ends.
  bool serve(socket_t socket) {
    ServedStream stream(socket, limits_.read, ends_);
    bool answered = false;
    for (std::size_t left = keep_alive_max_count_; left > 0; --left) {
      const bool first = left == keep_alive_max_count_;
      if (!stream.await_request(first ? std::chrono::microseconds(limits_.read.us)
                                      : std::chrono::seconds(keep_alive_timeout_sec_))) {
        break;
      }
      stream.begin_head();
      std::optional<RequestHead> head;
      bool closed = false;
      answered = process_request(stream, left == 1, closed, [&](httplib::Request& request) {
        head = read_request_head(stream.head());
        begin_body(request, head, stream);
      });
      if (!answered) break;
      if (!head || !head->length || stream.body_read() < *head->length) {
        stream.linger();
        break;
      }
      if (closed) break;
    }
    return answered;
  }

  /// The library percent-decodes what stands in header fields, which no rule of HTTP says: a
  /// handler gets them as they were sent. A head that is not certain has no version afterwards.
  void begin_body(httplib::Request& request, const std::optional<RequestHead>& head,
                  ServedStream& stream) const {
    request.headers.clear();
    request.ranges.clear();
    if (!head) request.version.clear();
    if (head) {
      for (const auto& [name, value] : head->fields) request.headers.emplace(name, value);
      // The library would read to the connection's end what has no length.
      if (head->length && !request.has_header("Content-Length")) {
        if (request.method == "POST") request.headers.emplace("Content-Length", "0");
      }
      // Whether the last chunk was read is not seen here.
      if (!head->length) {
        request.headers.erase("Connection");
        request.headers.emplace("Connection", "close");
      }
    }
    // Chunks of one byte take six.
    constexpr std::size_t kChunkCost = 8;
    constexpr std::size_t kChunkEnds = 4096;
    const bool chunked = head && !head->length;
    stream.begin_body(chunked ? (longest_body_ * kChunkCost) + kChunkEnds : longest_body_,
                      limits_.request);
  }

  const HttpServiceLimits limits_;
  const std::size_t longest_body_;
  std::atomic<bool> ends_{false};
  std::mutex mutex_;
  std::set<int> open_;
};

class HttplibService : public HttpService {
 public:
  HttplibService(HttpRoutes routes, const HttpServiceLimits& limits)
      : routes_(std::move(routes)),
        server_(limits, std::max({routes_.longest_body, routes_.longest_intake, std::size_t{1}})) {
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
          out.set_header("Connection", "close");
          out.set_content("the request cannot be answered\n", "text/plain");
        });
    // What is not served is refused before its body is read, which the library would do whatever
    // its length.
    server_.set_pre_routing_handler([this](const httplib::Request& request,
                                           httplib::Response& out) { return admit(request, out); });
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
        if (stop.stop_requested()) server_.end_connections();
        if (stop.stop_requested() && server_.is_running()) return server_.stop();
        std::this_thread::sleep_for(kPause);
      }
    });
    if (server_.listen_after_bind() || stop.stop_requested()) return {};
    return fail(ErrorCode::kUnavailable, "no more connections can be taken");
  }

 private:
  using Admission = httplib::Server::HandlerResponse;

  /// Of paths that hold control characters the library's patterns match none.
  [[nodiscard]] bool is_served(const httplib::Request& request) const {
    if (has_control_characters(request.path)) return false;
    if (request.method == "GET" || request.method == "HEAD") return routes_.get != nullptr;
    if (request.method != "POST") return false;
    return (routes_.post && request.path == routes_.post_path) ||
           (routes_.intake && request.path.starts_with(routes_.intake_path));
  }

  Admission admit(const httplib::Request& request, httplib::Response& out) const {
    if (request.version.empty()) {
      refuse(kNotThisForm, out);
      return Admission::Handled;
    }
    if (is_served(request)) return Admission::Unhandled;
    out.status = kNotServed;
    if (head_of(request).length.value_or(1) > 0) out.set_header("Connection", "close");
    return Admission::Handled;
  }

  void take_posts() {
    server_.Post(routes_.post_path, [this](const httplib::Request& request, httplib::Response& out,
                                           const httplib::ContentReader& read) {
      // The library reads such a body for other readers alone, and throws for ours.
      if (request.is_multipart_form_data()) return refuse(kNotThisForm, out);
      const RequestBody body = read_body(read, head_of(request).length, routes_.longest_body);
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
      bool whole = false;
      const ReadServedBody read_whole = [&](std::size_t most) -> tl::expected<std::string, int> {
        RequestBody body = read_body(read, head.length, most);
        if (body.refused != 0) return tl::unexpected(body.refused);
        whole = true;
        return std::move(body.text);
      };
      const HttpAnswer answer = routes_.intake(head, read_whole);
      if (!whole && head.length.value_or(1) > 0) out.set_header("Connection", "close");
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
  BoundedServer server_;
  int port_ = 0;
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
