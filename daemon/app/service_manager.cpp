#include "daemon/app/service_manager.h"

#include <algorithm>
#include <cstdint>
#include <ctime>

#include <systemd/sd-daemon.h>

namespace tidewaiter {

void ServiceManager::ready() const { sd_notify(0, "READY=1"); }

void ServiceManager::reloading() const {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t us = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
  const std::string message = "RELOADING=1\nMONOTONIC_USEC=" + std::to_string(us);
  sd_notify(0, message.c_str());
}

void ServiceManager::stopping() const { sd_notify(0, "STOPPING=1"); }

void ServiceManager::watchdog() const { sd_notify(0, "WATCHDOG=1"); }

void ServiceManager::status(std::string_view line) const {
  std::string message = "STATUS=" + std::string(line);
  std::replace(message.begin(), message.end(), '\n', ' ');
  sd_notify(0, message.c_str());
}

Duration ServiceManager::watchdog_interval() {
  std::uint64_t interval = 0;
  if (sd_watchdog_enabled(0, &interval) <= 0) return Duration{0};
  return Duration{static_cast<std::int64_t>(interval)};
}

}  // namespace tidewaiter
