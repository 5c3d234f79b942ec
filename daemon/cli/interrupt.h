#pragma once

#include <stop_token>
#include <thread>

#include <signal.h>

namespace tidewaiter {

/// While it lives, SIGINT and SIGTERM ask the command to stop at the next safe place instead of
/// ending the process; the second of them ends it at once, for a command that does not get there.
/// Made before other threads start, so that they inherit the mask. One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  [[nodiscard]] std::stop_token token() const { return asked_.get_token(); }

 private:
  sigset_t before_{};
  std::stop_source asked_;
  std::jthread waiter_;
};

}  // namespace tidewaiter
