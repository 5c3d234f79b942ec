#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "daemon/outbound/secret.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// How many requests may go out under one credential. Of N a minute b = max(1, N/10) may go out at
/// once after a rest, and from there on one each 60/(N - b + 1) seconds: no minute, wherever it
/// begins, has more than N. By the generic cell rate algorithm (ITU-T I.371, annex A), in one
/// number: the time from which the next request is due. N is 0: there is no rate, and only what a
/// server asks to wait is waited. Any thread.
class RequestBudget {
 public:
  /// `per_minute` >= 0. `clock`: microseconds that never go back; empty: the system's steady clock.
  explicit RequestBudget(std::int64_t per_minute, std::function<std::int64_t()> clock = {});

  /// Takes a place for one request: how long it has to wait before it goes out. What was taken is
  /// not given back.
  [[nodiscard]] Duration take();
  /// The server has asked to be left alone so long: whoever comes waits that out.
  void hold(Duration length);
  /// Whether such a time is not over: who took a place before it began takes another one.
  [[nodiscard]] bool is_held();
  /// Sets another rate, if it is lower; 0 is none.
  void lower_to(std::int64_t per_minute);

 private:
  std::function<std::int64_t()> clock_;
  std::mutex mutex_;
  std::int64_t interval_us_ = 0;  ///< 0: no rate yet
  std::int64_t ahead_us_ = 0;     ///< how far before it is due a request may go out
  std::int64_t due_us_ = 0;
  std::int64_t held_us_ = 0;  ///< until then nobody goes out
};

/// The budgets of a program's sources: those that bring the same key to the same host share one.
/// Any thread.
class RequestBudgets {
 public:
  /// The budget of `key` at the host of `url`: its scheme, name and port, however these are
  /// written. Where sources name different rates the lowest is that of all; 0 is none.
  [[nodiscard]] std::shared_ptr<RequestBudget> of(const std::string& url, const SecretRef& key,
                                                  std::int64_t per_minute);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<RequestBudget>> shared_;
};

}  // namespace tidewaiter
