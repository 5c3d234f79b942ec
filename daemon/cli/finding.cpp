#include <CLI/CLI.hpp>

#include "daemon/cli/verbs.h"

namespace tidewaiter {

void add_finding(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(app, "finding", "lists findings and explains one",
                            "A finding is a potential violation: a person decides what it is.", "");
  verb->require_subcommand(1);
  add_finding_list(*verb, selection);
  add_finding_show(*verb, selection);
}

}  // namespace tidewaiter
