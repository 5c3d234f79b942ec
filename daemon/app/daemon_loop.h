#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "daemon/app/app.h"
#include "daemon/app/clock.h"
#include "daemon/pipeline/scheduler.h"

namespace tidewaiter {

/// What the loop asks and tells its program, on the loop's thread. All but `read_config` may be
/// empty.
struct LoopHooks {
  std::function<ConfigOutcome()> read_config;  ///< for a reload
  std::function<void()> reloading;
  std::function<void()> ready;                     ///< after start and after each reload
  std::function<void(const std::string&)> status;  ///< one line for `systemctl status`
};

/// The daemon's one loop: polls sources at their slots, judges, signs, delivers, reloads, until it
/// is stopped. Sleeps between; nothing spins.
class DaemonLoop {
 public:
  /// `longest_sleep`: beats() rises at least that often.
  DaemonLoop(App& app, Clock& clock, LoopHooks hooks, EventLog* log, Duration longest_sleep);

  /// Runs until `stop`, then signs what is unsigned. Errors: fatal ones of Cycle.
  [[nodiscard]] Result<void> run(const std::stop_token& stop);

  /// Asks for a reload. Any thread.
  void request_reload();

  /// Says that work goes on: from a progress sink, within long pieces of work. Any thread.
  void beat() { beats_.fetch_add(1, std::memory_order_relaxed); }
  /// Rises as long as the loop gets on. Any thread.
  [[nodiscard]] std::uint64_t beats() const { return beats_.load(std::memory_order_relaxed); }

 private:
  [[nodiscard]] Result<void> turn(const std::stop_token& stop);
  [[nodiscard]] Result<void> take_acts();
  [[nodiscard]] Result<void> look_into_lists();
  [[nodiscard]] Result<void> follow_clusters();
  [[nodiscard]] Result<void> reload();
  [[nodiscard]] Result<void> take_configuration();
  [[nodiscard]] Result<void> note(std::string type, std::string fields);
  [[nodiscard]] Result<void> drop_old_records();
  [[nodiscard]] Result<void> finish();
  void plan();
  void tell(const CycleReport& report);
  [[nodiscard]] UtcTime next_wake() const;

  App& app_;
  Clock& clock_;
  LoopHooks hooks_;
  EventLog* log_;
  Duration longest_sleep_;
  std::optional<Scheduler> scheduler_;
  std::optional<UtcTime> retention_day_;  ///< the day on which old records were dropped last
  std::int64_t records_ = 0;              ///< since the start
  std::int64_t findings_ = 0;
  bool was_paused_ = false;
  std::atomic<bool> reload_requested_{false};
  std::atomic<std::uint64_t> beats_{0};
};

}  // namespace tidewaiter
