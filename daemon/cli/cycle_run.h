#pragma once

#include <memory>
#include <set>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/app/app.h"
#include "daemon/cli/command.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/source_text.h"

namespace tidewaiter {

/// One cycle that a command ran, and what it can tell of it.
struct CycleRun {
  std::unique_ptr<ProgressLine> progress;  ///< the App reports to it: outlives the App
  std::unique_ptr<EventLog> notices;       ///< of channels of kind `log`: outlives the App
  std::unique_ptr<App> app;
  CycleReport report;
  std::vector<SourceState> before;  ///< what the log knew of the sources
  std::vector<SourceState> after;
};

/// Starts an App with `config`, runs one cycle over `due` (all sources, if null), signs, and shows
/// progress on standard error, which has what channels of kind `log` are told, too. On failure
/// tells why and sets `status`.
[[nodiscard]] std::unique_ptr<CycleRun> run_cycle(Invocation& run, Config config,
                                                  const std::set<std::string>* due, int& status);

/// What was read, a row a source; then the sources that failed.
[[nodiscard]] std::string reading_text(const CycleRun& cycle, const Terminal& terminal);

/// Shape: docs/commands.md#run.
[[nodiscard]] nlohmann::ordered_json cycle_json(const CycleRun& cycle);

/// A source that failed for good makes the command fail with the status of its error (what the
/// configuration names and is not there is the configuration's fault); otherwise a source that is
/// away for now, or an interruption, gives kUnavailable.
[[nodiscard]] ExitStatus cycle_status(const CycleReport& report);

}  // namespace tidewaiter
