#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "policies/model/error.h"
#include "policies/model/time.h"
#include "storage/witness/witness.h"

namespace tidewaiter {

/// An address to listen at: `127.0.0.1:8470`, `[::1]:8470`. Port 0 is any that is free.
struct ListenAddress {
  std::string host;
  int port = 0;
};
/// Errors: kInvalidInput.
[[nodiscard]] Result<ListenAddress> parse_listen_address(const std::string& text);

struct HttpServiceLimits {
  Duration read{5 * kSecond.us};      ///< between two pieces of a request
  Duration request{10 * kSecond.us};  ///< of a request's body as a whole
  std::size_t threads = 8;            ///< that answer, one connection each
};

/// The HTTP side of a witness: hands the bodies of `POST /add-checkpoint` to a function and sends
/// what it gives. A body over kMaxAddCheckpointBytes is answered with 413, one that does not come
/// in time with 408, a form (multipart) with 400. Plain HTTP: on an address that strangers reach it
/// stands behind a reverse proxy, which has TLS and bounds what slow clients take.
class HttpService {
 public:
  /// Called by several threads at a time; must not throw.
  using Answer = std::function<WitnessAnswer(const std::string& body)>;

  /// Listens from now on; requests are answered in run(). Errors: kUnavailable.
  [[nodiscard]] static Result<std::unique_ptr<HttpService>> listen(
      const ListenAddress& address, Answer answer, const HttpServiceLimits& limits = {});
  virtual ~HttpService() = default;

  [[nodiscard]] virtual int port() const = 0;
  /// Answers requests until `stop`; the last ones are answered. Errors: kUnavailable.
  [[nodiscard]] virtual Result<void> run(const std::stop_token& stop) = 0;
};

}  // namespace tidewaiter
