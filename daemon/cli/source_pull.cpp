#include <algorithm>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/cycle_run.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

struct PullOptions {
  std::vector<std::string> names;
  bool json = false;
};

int pull(Invocation& run, const PullOptions& options) {
  std::optional<Config> config = configuration(run);
  if (!config) return code(ExitStatus::kConfiguration);
  std::set<std::string> due(options.names.begin(), options.names.end());
  for (const std::string& name : due) {
    const bool known = std::any_of(config->sources.begin(), config->sources.end(),
                                   [&name](const SourceConfig& s) { return s.name == name; });
    if (!known) {
      return fail_with(
          run, ExitStatus::kUsage,
          "no source `" + name + "` is configured: `tidewaiter source list` shows them");
    }
  }
  if (due.empty()) {
    for (const SourceConfig& source : config->sources) due.insert(source.name);
  }
  int status = 0;
  const std::unique_ptr<CycleRun> cycle = run_cycle(run, std::move(*config), &due, status);
  if (cycle == nullptr) return status;
  if (options.json) {
    print_json(run, cycle_json(*cycle));
  } else {
    run.out << reading_text(*cycle, run.terminal)
            << "judged: " << counted(cycle->report.opened, "finding") << " opened, "
            << grouped(cycle->report.restated) << " restated, " << grouped(cycle->report.withdrawn)
            << " withdrawn\n";
  }
  return code(cycle_status(cycle->report));
}

}  // namespace

void add_source_pull(CLI::App& source, Selection& selection) {
  CLI::App* verb = add_verb(
      source, "pull", "pulls sources once, and judges what is new",
      "Prints one row a source with what it read, then how many findings came of it. Refused\n"
      "while a daemon uses the state folder.",
      "  tidewaiter source pull gateway");
  auto options = std::make_shared<PullOptions>();
  verb->add_option("name", options->names, "Sources; all of them by default")->type_name("NAME");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return pull(run, *options); };
  });
}

}  // namespace tidewaiter
