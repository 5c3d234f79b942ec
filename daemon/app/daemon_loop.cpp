#include "daemon/app/daemon_loop.h"

#include <algorithm>
#include <set>
#include <utility>

namespace tidewaiter {

DaemonLoop::DaemonLoop(App& app, Clock& clock, LoopHooks hooks, EventLog* log,
                       Duration longest_sleep)
    : app_(app), clock_(clock), hooks_(std::move(hooks)), log_(log), longest_sleep_(longest_sleep) {
  plan();
}

void DaemonLoop::plan() {
  std::vector<PollPlan> plans;
  for (const SourceConfig& source : app_.config().sources) {
    plans.push_back({source.name, source.poll_every, source.poll_jitter});
  }
  scheduler_.emplace(std::move(plans), clock_.now());
}

void DaemonLoop::request_reload() {
  reload_requested_.store(true);
  clock_.wake();
}

Result<void> DaemonLoop::run(const std::stop_token& stop) {
  if (auto done =
          app_.cycle().record_event("daemon.started", R"({"version":")" TIDEWAITER_VERSION R"("})");
      !done) {
    return done;
  }
  if (hooks_.ready) hooks_.ready();
  while (!stop.stop_requested()) {
    beat();
    if (reload_requested_.exchange(false)) {
      if (auto done = reload(); !done) return done;
    }
    if (auto done = turn(stop); !done) return done;
    if (!stop.stop_requested()) clock_.wait_until(next_wake(), stop);
  }
  return finish();
}

Result<void> DaemonLoop::turn(const std::stop_token& stop) {
  std::set<std::string> due;
  for (const Scheduler::Due& poll : scheduler_->take_due(clock_.now())) {
    due.insert(poll.source);
    if (poll.missed > 0 && log_ != nullptr) {
      log_->warn("polls_missed", {{"source", poll.source}, {"slots", poll.missed}});
    }
  }
  const Result<CycleReport> report = app_.cycle().run(&due, stop);
  if (!report) return tl::unexpected(report.error());
  tell(*report);
  return drop_old_records();
}

void DaemonLoop::tell(const CycleReport& report) {
  records_ += report.added;
  findings_ += report.opened;
  if (report.pages == 0 && report.entries == 0) return;
  if (log_ != nullptr) {
    log_->info("cycle", {{"added", report.added},
                         {"revised", report.revised},
                         {"quarantined", report.quarantined},
                         {"entries", report.entries},
                         {"steps", report.steps},
                         {"opened", report.opened},
                         {"gaps", report.gaps}});
  }
  if (hooks_.status) {
    hooks_.status(std::to_string(records_) + " records and " + std::to_string(findings_) +
                  " findings since the start");
  }
}

Result<void> DaemonLoop::reload() {
  if (hooks_.reloading) hooks_.reloading();
  std::vector<Diagnostic> diagnostics;
  Result<void> done;
  ConfigOutcome outcome;
  if (hooks_.read_config) outcome = hooks_.read_config();
  if (has_errors(outcome.diagnostics)) {
    done = fail(ErrorCode::kInvalidInput, "the configuration has errors");
    for (const Diagnostic& diagnostic : outcome.diagnostics) {
      if (log_ != nullptr) log_->error("diagnostic", {{"text", to_text(diagnostic)}});
    }
  } else {
    done = app_.reload(std::move(outcome.config), diagnostics);
  }
  const bool ours = !done && done.error().code != ErrorCode::kInvalidInput &&
                    done.error().code != ErrorCode::kRefused;
  if (ours) return done;
  if (done) {
    plan();
    // Sources that had stopped are polled again from here on.
    if (auto told = app_.cycle().record_event("config.changed", R"({"change":"reloaded"})");
        !told) {
      return told;
    }
    if (log_ != nullptr) {
      log_->info("reloaded",
                 {{"set", to_hex(app_.policies().hash)},
                  {"policies", static_cast<std::int64_t>(app_.policies().policies.size())}});
    }
  } else if (log_ != nullptr) {
    log_->error("reload_refused",
                {{"reason", to_text(done.error())}, {"kept", to_hex(app_.policies().hash)}});
  }
  if (hooks_.ready) hooks_.ready();
  return {};
}

/// Once a day of the machine's clock.
Result<void> DaemonLoop::drop_old_records() {
  const UtcTime today = align_down(clock_.now(), kDay);
  if (retention_day_ == today) return {};
  retention_day_ = today;
  const Result<std::int64_t> dropped = app_.drop_old_records();
  if (!dropped) return tl::unexpected(dropped.error());
  if (*dropped > 0 && log_ != nullptr) log_->info("records_dropped", {{"records", *dropped}});
  return {};
}

Result<void> DaemonLoop::finish() {
  if (auto done = app_.cycle().record_event("daemon.stopped", "{}"); !done) return done;
  const Result<Checkpoint> signed_head = app_.cycle().sign();
  if (!signed_head) return tl::unexpected(signed_head.error());
  return {};
}

UtcTime DaemonLoop::next_wake() const {
  UtcTime next = clock_.now() + longest_sleep_;
  for (const auto& when :
       {scheduler_->next(), app_.cycle().sign_due(), app_.outbox().next_attempt()}) {
    if (when) next = std::min(next, *when);
  }
  return next;
}

}  // namespace tidewaiter
