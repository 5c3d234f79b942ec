#include "daemon/cli/cycle_run.h"

#include <algorithm>
#include <ostream>

#include <nlohmann/json.hpp>

#include "daemon/cli/finding_text.h"
#include "daemon/cli/interrupt.h"
#include "daemon/notify/stream_log.h"

namespace tidewaiter {
namespace {

Result<CycleReport> cycle(App& app, const std::set<std::string>* due, const std::stop_token& stop) {
  if (due == nullptr) return app.run_once(stop);
  Result<CycleReport> report = app.cycle().run(due, stop);
  if (!report) return report;
  if (report->paused) return tl::unexpected(*report->paused);
  if (auto followed = app.follow_clusters(); !followed) return tl::unexpected(followed.error());
  const Result<Checkpoint> signed_head = app.cycle().sign();
  if (!signed_head) return tl::unexpected(signed_head.error());
  return report;
}

SourceState state_of(const std::vector<SourceState>& states, const std::string& name) {
  const auto found = std::find_if(states.begin(), states.end(),
                                  [&name](const SourceState& s) { return s.source == name; });
  return found == states.end() ? SourceState{} : *found;
}

}  // namespace

std::unique_ptr<CycleRun> run_cycle(Invocation& run, Config config,
                                    const std::set<std::string>* due, int& status) {
  const Interrupt interrupt;
  auto result = std::make_unique<CycleRun>();
  result->progress = std::make_unique<ProgressLine>(run.err, run.terminal);
  ProgressLine& progress = *result->progress;
  // This process has no log: what is to be told goes where a daemon's log would go.
  result->notices = stream_log(run.err, LogLevel::kWarn, config.log_format);
  AppOptions options;
  options.notices = result->notices.get();
  options.now = run.now;
  options.variables = run.environment.variables;
  options.progress = [shown = &progress](const CycleProgress& now) { shown->show(now); };
  std::vector<Diagnostic> diagnostics;
  const auto give_up = [&](const Error& error) {
    progress.clear();
    status = fail_with(run, error);
    return nullptr;
  };
  Result<std::unique_ptr<App>> app = App::start(std::move(config), std::move(options), diagnostics);
  progress.clear();
  print_diagnostics_briefly(run.err, diagnostics);
  if (!app) return give_up(app.error());
  result->app = std::move(*app);
  for (const std::string& policy : result->app->cycle().versions_not_raised()) {
    run.err << "tidewaiter: warning: policy " << printable(policy)
            << " means something else than before under the same version: raise `version`\n";
  }
  Result<std::vector<SourceState>> before = result->app->records().sources();
  if (!before) return give_up(before.error());
  result->before = std::move(*before);
  Result<CycleReport> report = cycle(*result->app, due, interrupt.token());
  if (!report) return give_up(report.error());
  result->report = std::move(*report);
  Result<std::vector<SourceState>> after = result->app->records().sources();
  if (!after) return give_up(after.error());
  result->after = std::move(*after);
  return result;
}

std::string reading_text(const CycleRun& run, const Terminal& terminal) {
  TextTable table({{.header = "SOURCE"},
                   {.header = "NEW RECORDS", .right = true},
                   {.header = "STORED", .right = true},
                   {.header = "QUARANTINED", .right = true},
                   {.header = "COVERED (UTC)", .folds = true}});
  for (const SourceView& view : source_views(run.app->config(), run.after)) {
    const SourceState before = state_of(run.before, view.name);
    const std::int64_t bad = view.state.quarantined - before.quarantined;
    table.add_row({{view.name},
                   {grouped(view.state.records - before.records)},
                   {grouped(view.state.records)},
                   {grouped(bad), bad > 0 ? Tone::kWarning : Tone::kPlain},
                   {view.state.covered ? interval_text(*view.state.covered) : "nothing yet"}});
  }
  std::string out = table.empty() ? "no sources are configured\n" : table.render(terminal);
  for (const SourceFailure& failure : run.report.failures) {
    out += painted(failure.stopped ? "failed" : "away for now", Tone::kBad, terminal) + "  " +
           printable(failure.source) + ": " + printable(to_text(failure.error)) + "\n";
  }
  if (run.report.unmatched > 0) {
    out += painted("unmatched", Tone::kBad, terminal) + "  " + grouped(run.report.unmatched) +
           " steps since an erasure fit no finding of the ledger, and are not in it\n";
  }
  if (run.report.interrupted)
    out += "stopped on request: incomplete; the next run goes on from here\n";
  return out;
}

nlohmann::ordered_json cycle_json(const CycleRun& run) {
  const CycleReport& r = run.report;
  nlohmann::ordered_json sources = nlohmann::ordered_json::array();
  for (const SourceView& view : source_views(run.app->config(), run.after)) {
    const SourceState before = state_of(run.before, view.name);
    sources.push_back({{"name", view.name},
                       {"new_records", view.state.records - before.records},
                       {"records", view.state.records},
                       {"quarantined", view.state.quarantined - before.quarantined}});
  }
  nlohmann::ordered_json failures = nlohmann::ordered_json::array();
  for (const SourceFailure& failure : r.failures) {
    failures.push_back({{"source", failure.source},
                        {"error", to_text(failure.error)},
                        {"stopped", failure.stopped}});
  }
  return {{"sources", sources},
          {"failures", failures},
          {"interrupted", r.interrupted},
          {"pages", r.pages},
          {"added", r.added},
          {"revised", r.revised},
          {"duplicates", r.duplicates},
          {"quarantined", r.quarantined},
          {"steps", r.steps},
          {"opened", r.opened},
          {"historical", r.historical},
          {"restated", r.restated},
          {"withdrawn", r.withdrawn},
          {"closed", r.closed},
          {"gaps", r.gaps},
          {"unmatched", r.unmatched}};
}

ExitStatus cycle_status(const CycleReport& report) {
  // An answer that is not whole must not look like one that is.
  ExitStatus status = report.interrupted ? ExitStatus::kUnavailable : ExitStatus::kOk;
  for (const SourceFailure& failure : report.failures) {
    if (!failure.stopped) {
      if (status == ExitStatus::kOk) status = ExitStatus::kUnavailable;
      continue;
    }
    status = static_cast<ExitStatus>(exit_code(failure.error.code));
  }
  return status;
}

}  // namespace tidewaiter
