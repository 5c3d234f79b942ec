#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "policies/model/time.h"

namespace tidewaiter {

/// The time of the machine. Threads: any.
[[nodiscard]] UtcTime system_now();

/// What the loop knows of time. Tests move theirs by hand.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual UtcTime now() const = 0;
  /// Returns at `deadline`, on wake(), or when `stop` is requested, whichever comes first.
  virtual void wait_until(UtcTime deadline, const std::stop_token& stop) = 0;
  /// Ends the wait that runs, or the next one. Any thread.
  virtual void wake() = 0;
};

/// The machine's clock.
class SystemClock : public Clock {
 public:
  [[nodiscard]] UtcTime now() const override;
  void wait_until(UtcTime deadline, const std::stop_token& stop) override;
  void wake() override;

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool woken_ = false;  ///< guarded by mutex_
};

}  // namespace tidewaiter
