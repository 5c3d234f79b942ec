#include "daemon/cli/interrupt.h"

#include <ctime>

namespace tidewaiter {

Interrupt::Interrupt() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, &before_);
  // One that waits already is taken before the command does anything.
  constexpr timespec kAtOnce{0, 0};
  if (sigtimedwait(&signals, nullptr, &kAtOnce) > 0) asked_.request_stop();
  waiter_ = std::jthread([this, signals](const std::stop_token& ended) {
    constexpr timespec kPatience{0, 100'000'000};
    while (!ended.stop_requested()) {
      if (sigtimedwait(&signals, nullptr, &kPatience) > 0) asked_.request_stop();
    }
  });
}

Interrupt::~Interrupt() {
  waiter_.request_stop();
  waiter_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace tidewaiter
