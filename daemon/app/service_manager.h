#pragma once

#include <string>
#include <string_view>

#include "policies/model/time.h"

namespace tidewaiter {

/// What the daemon tells systemd, by sd_notify(3): nothing where $NOTIFY_SOCKET is not set. Any
/// thread.
class ServiceManager {
 public:
  void ready() const;
  /// Type=notify-reload wants the moment on the monotonic clock with it.
  void reloading() const;
  void stopping() const;
  void watchdog() const;
  void status(std::string_view line) const;

  /// How often the manager wants to hear watchdog(), or 0: it does not ($WATCHDOG_USEC).
  [[nodiscard]] static Duration watchdog_interval();
};

}  // namespace tidewaiter
