#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// An address to listen at: `127.0.0.1:8470`, `[::1]:8470`. Port 0 is any that is free.
struct ListenAddress {
  std::string host;
  int port = 0;
};
/// Errors: kInvalidInput.
[[nodiscard]] Result<ListenAddress> parse_listen_address(const std::string& text);

/// The URL of a path there, as people are told it.
[[nodiscard]] std::string url_of(const ListenAddress& address, int port, const std::string& path);

struct HttpAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body = {};
  std::string cache_control = {};  ///< of this name's header; empty: without it
  std::vector<std::pair<std::string, std::string>> headers = {};  ///< others
};

/// A request as far as it is known before its body.
struct ServedRequest {
  std::string path;  ///< query left out
  /// As they were sent, by name in lower case; the first of each.
  std::map<std::string, std::string> headers;
  std::optional<std::size_t> length;  ///< of the body; absent: it comes in chunks

  /// Empty if it is not there.
  [[nodiscard]] std::string header(const std::string& name) const;
};

/// Reads a request's body, once: as it was sent, so that what its Content-Encoding says is the
/// caller's to undo. Error: the status that refuses one above `most`, or one that comes too slowly.
using ReadServedBody = std::function<tl::expected<std::string, int>(std::size_t most)>;

/// What a service answers; everything else is 404. The functions are called by several threads at a
/// time and must not throw.
struct HttpRoutes {
  /// One path that takes bodies, and the longest one; empty: nothing is taken.
  std::string post_path = {};
  std::size_t longest_body = 0;
  std::function<HttpAnswer(const std::string& body)> post = {};
  /// Takes bodies at any path that begins with this one, and decides by the request's head whether
  /// it reads the body at all; empty: nothing is taken so. What is left unread ends the connection.
  std::string intake_path = {};
  std::size_t longest_intake = 0;
  std::function<HttpAnswer(const ServedRequest& request, const ReadServedBody& read)> intake = {};
  /// Reads any path, query left out; empty: nothing is read. Its answers may be read by pages of
  /// other origins (CORS), for whatever is read here is for everybody.
  std::function<HttpAnswer(const std::string& path)> get = {};
};

struct HttpServiceLimits {
  Duration read{5 * kSecond.us};      ///< of a head, and between two pieces of a body
  Duration request{10 * kSecond.us};  ///< of a request's body as a whole
  std::size_t threads = 8;            ///< that answer, one connection each
};

/// What listens: hands requests to functions and sends what they give. A body that is too long is
/// answered with 413, one that does not come in time with 408, a form (multipart), and a body where
/// something is read, with 400, and a part of a file (Range) with 416. So is with 400 whatever does
/// not say for certain where its body ends (a length beside chunks, two lengths). Nothing is read
/// of the body of what is not served, and a connection ends behind a body that was not read whole.
/// Plain HTTP: on an address that strangers reach it stands behind a reverse proxy, which has TLS
/// and bounds how many connections one client has: each holds one of the threads.
class HttpService {
 public:
  /// Listens from now on; requests are answered in run(). Errors: kUnavailable.
  [[nodiscard]] static Result<std::unique_ptr<HttpService>> listen(
      const ListenAddress& address, HttpRoutes routes, const HttpServiceLimits& limits = {});
  virtual ~HttpService() = default;

  [[nodiscard]] virtual int port() const = 0;
  /// Answers requests until `stop`: those that have come whole are answered, in a second, and
  /// nobody is waited for. Errors: kUnavailable.
  [[nodiscard]] virtual Result<void> run(const std::stop_token& stop) = 0;
};

}  // namespace tidewaiter
