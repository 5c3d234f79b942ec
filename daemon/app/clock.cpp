#include "daemon/app/clock.h"

#include <algorithm>
#include <chrono>

namespace tidewaiter {

UtcTime system_now() {
  return {std::chrono::duration_cast<std::chrono::microseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

UtcTime SystemClock::now() const { return system_now(); }

void SystemClock::wait_until(UtcTime deadline, const std::stop_token& stop) {
  // A length on the steady clock: a wall clock that is set back does not prolong the wait.
  const std::int64_t left = std::max<std::int64_t>(0, (deadline - now()).us);
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, std::chrono::microseconds(left), [this] { return woken_; });
  woken_ = false;
}

void SystemClock::wake() {
  {
    const std::scoped_lock lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

}  // namespace tidewaiter
