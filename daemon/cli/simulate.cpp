#include <CLI/CLI.hpp>

#include "daemon/cli/verbs.h"

namespace tidewaiter {

void add_simulate(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(app, "simulate", "stands in for what is not there",
                            "For demonstrations and tests: nothing of it is real.", "");
  verb->require_subcommand(1);
  add_simulate_provider(*verb, selection);
  add_simulate_world(*verb, selection);
  add_simulate_score(*verb, selection);
}

}  // namespace tidewaiter
