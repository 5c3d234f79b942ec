#include "daemon/cli/interrupt.h"

#include <ctime>

namespace tidewaiter {
namespace {

/// Wakes the waiter at the end; nobody else sends it.
constexpr int kEnded = SIGUSR2;

/// Ends the process as the signal does where nothing has blocked it.
void end_by(int number) {
  static_cast<void>(::signal(number, SIG_DFL));
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, number);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  static_cast<void>(::raise(number));
}

}  // namespace

Interrupt::Interrupt() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, &before_);
  // One that waits already is taken before the command does anything.
  constexpr timespec kAtOnce{0, 0};
  if (sigtimedwait(&signals, nullptr, &kAtOnce) > 0) asked_.request_stop();
  sigaddset(&signals, kEnded);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  waiter_ = std::jthread([this, signals](const std::stop_token& ended) {
    while (!ended.stop_requested()) {
      int taken = 0;
      if (sigwait(&signals, &taken) != 0 || taken == kEnded) continue;
      if (asked_.stop_requested()) end_by(taken);
      asked_.request_stop();
    }
  });
}

Interrupt::~Interrupt() {
  waiter_.request_stop();
  pthread_kill(waiter_.native_handle(), kEnded);
  waiter_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace tidewaiter
