#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string_view>

#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Writes bytes to a peer that answers nothing, as a syslog collector. An interface, so that tests
/// answer without a network.
/// Errors: kInvalidInput (URL), kUnavailable (transport, deadline, stopped).
class StreamClient {
 public:
  virtual ~StreamClient() = default;
  /// Any thread. Connects, writes all of it, and closes. What is written may still be lost on the
  /// way, or by the peer: nobody says that it has arrived.
  /// `ca`: certificates to trust (PEM); empty: the system's.
  [[nodiscard]] virtual Result<void> send(std::string_view url, const std::filesystem::path& ca,
                                          std::string_view bytes, const std::stop_token& stop) = 0;
};

/// Checks what a URL must be: tls://HOST:PORT, or tcp://HOST:PORT to this machine. Errors:
/// kInvalidInput.
[[nodiscard]] Result<void> check_stream_url(std::string_view url);

/// libcurl: TLS 1.2 or newer with verification, no proxy.
[[nodiscard]] std::unique_ptr<StreamClient> make_curl_stream_client(Duration longest = Duration{
                                                                        15 * kSecond.us});

}  // namespace tidewaiter
