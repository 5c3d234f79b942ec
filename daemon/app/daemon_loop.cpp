#include "daemon/app/daemon_loop.h"

#include <algorithm>
#include <set>
#include <utility>

#include "daemon/app/diagnostic_log.h"

namespace tidewaiter {
namespace {

/// How long a stop waits for the answer to a message that is out.
constexpr Duration kLastAnswer = kSecond;

/// While storage is away, the least time between two turns.
constexpr Duration kPausedTurn = kSecond;

}  // namespace

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
  if (auto done = note("daemon.started", R"({"version":")" TIDEWAITER_VERSION R"("})"); !done) {
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

/// An event that the ledger has no room for waits there until it has.
Result<void> DaemonLoop::note(std::string type, std::string fields) {
  auto done = app_.cycle().record_event(std::move(type), std::move(fields));
  if (!done && done.error().code == ErrorCode::kUnavailable) return {};
  return done;
}

Result<void> DaemonLoop::turn(const std::stop_token& stop) {
  if (auto taken = take_acts(); !taken) return taken;
  if (auto looked = look_into_lists(); !looked) return looked;
  app_.renew_addresses();
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
  if (auto followed = follow_clusters(); !followed) return followed;
  app_.timestamper().step(app_.ledger(), clock_.now());
  if (auto asked = app_.witnesses().step(app_.ledger(), clock_.now()); !asked) return asked;
  return drop_old_records();
}

/// What cannot be written now waits in its folder.
Result<void> DaemonLoop::take_acts() {
  Result<void> taken = app_.take_acts();
  if (taken || taken.error().code != ErrorCode::kUnavailable) return taken;
  if (log_ != nullptr) log_->error("acts_wait", {{"reason", to_text(taken.error())}});
  return {};
}

/// What cannot be written now is looked at again by the next turn.
Result<void> DaemonLoop::follow_clusters() {
  Result<void> followed = app_.follow_clusters();
  if (followed || followed.error().code != ErrorCode::kUnavailable) return followed;
  if (log_ != nullptr) log_->error("cases_wait", {{"reason", to_text(followed.error())}});
  return {};
}

/// What the log has no room for now is looked for again by the next turn.
Result<void> DaemonLoop::look_into_lists() {
  Result<void> looked = app_.look_into_lists();
  if (looked || looked.error().code != ErrorCode::kUnavailable) return looked;
  if (log_ != nullptr) log_->error("lists_wait", {{"reason", to_text(looked.error())}});
  return {};
}

void DaemonLoop::tell(const CycleReport& report) {
  if (log_ != nullptr && report.unmatched > 0) {
    log_->error("steps_unmatched", {{"steps", report.unmatched}});
  }
  records_ += report.added;
  findings_ += report.opened;
  if (report.paused || was_paused_) {
    was_paused_ = report.paused.has_value();
    if (hooks_.status) {
      hooks_.status(report.paused ? "paused: " + to_text(*report.paused) : "goes on after a pause");
    }
  }
  if (report.paused || (report.pages == 0 && report.entries == 0)) return;
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
    hooks_.status("since the start: records " + std::to_string(records_) + ", findings " +
                  std::to_string(findings_));
  }
}

/// Reads the configuration again and takes it over, or says why not.
Result<void> DaemonLoop::take_configuration() {
  ConfigOutcome outcome = hooks_.read_config();
  log_diagnostics(log_, outcome.diagnostics);
  if (has_errors(outcome.diagnostics)) {
    return fail(ErrorCode::kInvalidInput, "the configuration has errors");
  }
  std::vector<Diagnostic> of_policies;  // the app logs them
  return app_.reload(std::move(outcome.config), of_policies);
}

Result<void> DaemonLoop::reload() {
  if (hooks_.reloading) hooks_.reloading();
  Result<void> done = take_configuration();
  if (!done && done.error().code == ErrorCode::kCorruption) return done;
  if (done) {
    plan();
    // Sources that had stopped are polled again from here on.
    if (auto told = note("config.changed", R"({"change":"reloaded"})"); !told) return told;
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
  if (!dropped && dropped.error().code == ErrorCode::kUnavailable) {
    if (log_ != nullptr) log_->error("retention_failed", {{"reason", to_text(dropped.error())}});
    return {};  // the records stay a day longer
  }
  if (!dropped) return tl::unexpected(dropped.error());
  if (*dropped > 0 && log_ != nullptr) log_->info("records_dropped", {{"records", *dropped}});
  return {};
}

/// A message that is out may still be answered: marked now, it does not go out again at the start.
/// Whatever fails, what is durable is signed if it can be: the lock store may have room where the
/// ledger has none.
Result<void> DaemonLoop::finish() {
  static_cast<void>(app_.outbox().wait_for_answer(kLastAnswer));
  Result<void> marked = app_.outbox().take_answers(app_.ledger(), clock_.now());
  Result<void> noted = app_.cycle().record_event("daemon.stopped", "{}");
  const Result<Checkpoint> signed_head = app_.cycle().sign();
  app_.cycle().save_snapshot();
  if (!marked) return marked;
  if (!noted) return noted;
  if (!signed_head) return tl::unexpected(signed_head.error());
  return {};
}

UtcTime DaemonLoop::next_wake() const {
  UtcTime next = clock_.now() + longest_sleep_;
  for (const auto& when : {scheduler_->next(), app_.cycle().sign_due(),
                           app_.outbox().next_attempt(), app_.witnesses().next_attempt()}) {
    if (when) next = std::min(next, *when);
  }
  // What storage did not take stays due: it is not asked again at once.
  return was_paused_ ? std::max(next, clock_.now() + std::min(kPausedTurn, longest_sleep_)) : next;
}

}  // namespace tidewaiter
