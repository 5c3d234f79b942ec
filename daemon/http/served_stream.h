#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>

#include <httplib.h>

#include "policies/model/time.h"

namespace tidewaiter {

/// One connection as the library reads and writes it. The library bounds the time between two
/// pieces alone; this bounds the bytes and the time of each part of a request as a whole, and ends
/// as soon as the service is asked to stop. A read beyond a bound fails, as at a broken connection.
///
/// The thread that serves the connection.
class ServedStream final : public httplib::Stream {
 public:
  /// `pause`: the longest time between two pieces, in both directions.
  ServedStream(int socket, Duration pause, const std::atomic<bool>& ends)
      : socket_(socket), pause_(pause.us), ends_(ends) {}

  /// Waits for a request's first byte. False: it does not come.
  [[nodiscard]] bool await_request(std::chrono::microseconds longest);
  void begin_head();
  /// What is read from now on is the body: so many bytes on the wire, in so much time.
  void begin_body(std::size_t most, Duration longest);
  /// The head as it was sent, once begin_body() was called.
  [[nodiscard]] const std::string& head() const { return head_; }
  /// How many bytes were read since begin_body().
  [[nodiscard]] std::size_t body_read() const { return body_read_; }
  /// Ends a connection on which a client may still be sending what nobody reads: says that nothing
  /// follows, and takes some of it away. Closed upon unread bytes the connection would be reset,
  /// and the answer lost on its way.
  void linger();

  [[nodiscard]] bool is_readable() const override { return !ends_.load(); }
  [[nodiscard]] bool is_writable() const override { return true; }
  ssize_t read(char* to, std::size_t size) override;
  ssize_t write(const char* from, std::size_t size) override;
  void get_remote_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
  void get_local_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
  [[nodiscard]] socket_t socket() const override { return socket_; }

 private:
  using Clock = std::chrono::steady_clock;

  /// False: no more comes, or not by then.
  [[nodiscard]] bool fill(Clock::time_point until);

  const int socket_;
  const std::chrono::microseconds pause_;
  const std::atomic<bool>& ends_;
  std::array<char, 16'384> buffer_{};
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  bool in_head_ = true;
  std::string head_;
  std::size_t left_ = 0;  ///< that may be read of this part
  std::size_t body_read_ = 0;
  Clock::time_point until_;  ///< when this part has to be there
  Clock::time_point last_write_ = Clock::time_point::max();
};

}  // namespace tidewaiter
