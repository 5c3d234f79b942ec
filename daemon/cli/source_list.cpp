#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/source_text.h"
#include "daemon/cli/verbs.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

/// What the stores know of sources; nothing where there are no stores yet.
Result<std::vector<SourceView>> read_views(const Config& config) {
  const StatePaths paths = state_paths(config);
  std::vector<SourceState> states;
  const Result<bool> any_records = is_there(paths.records);
  if (!any_records) return tl::unexpected(any_records.error());
  if (*any_records) {
    const auto records = RecordLog::open(paths.records, RecordLog::Mode::kReadOnly);
    if (!records) return tl::unexpected(records.error());
    Result<std::vector<SourceState>> known = (*records)->sources();
    if (!known) return tl::unexpected(known.error());
    states = std::move(*known);
    if (auto told = (*records)->tell_idle(states); !told) return tl::unexpected(told.error());
  }
  std::vector<SourceStop> stops;
  const Result<bool> any_ledger = has_ledger(paths.ledger);
  if (!any_ledger) return tl::unexpected(any_ledger.error());
  if (*any_ledger) {
    const auto ledger = Ledger::open(paths.ledger, Ledger::Mode::kReadOnly);
    if (!ledger) return tl::unexpected(ledger.error());
    Result<std::vector<SourceStop>> told = source_stops(**ledger, states);
    if (!told) return tl::unexpected(told.error());
    stops = std::move(*told);
  }
  return source_views(config, states, stops);
}

int list(Invocation& run, bool json) {
  const std::optional<Config> config = configuration(run);
  if (!config) return code(ExitStatus::kConfiguration);
  const Result<std::vector<SourceView>> views = read_views(*config);
  if (!views) return fail_with(run, views.error());
  if (json) {
    print_json(run, {{"sources", source_json(*views)}});
  } else if (views->empty()) {
    run.out << "no sources are configured: see `sources:` in docs/configuration.md\n";
  } else {
    run.out << sources_text(*views, run.now(), run.terminal);
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_source_list(CLI::App& source, Selection& selection) {
  CLI::App* verb = add_verb(source, "list", "lists the sources and what is stored of each",
                            "Prints one row a source: what it is, how many records are stored or\n"
                            "quarantined, the event time that it has covered, and whether it has\n"
                            "stopped.",
                            "  tidewaiter source list");
  auto json = std::make_shared<bool>(false);
  add_json_flag(*verb, *json);
  verb->callback([json, &selection] {
    selection.command = [json](Invocation& run) { return list(run, *json); };
  });
}

}  // namespace tidewaiter
