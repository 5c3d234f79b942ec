#include <CLI/CLI.hpp>

#include "daemon/cli/verbs.h"

namespace tidewaiter {

void add_source(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(app, "source", "lists, checks and pulls sources",
                            "A source is an entry of `sources:` in the configuration.", "");
  verb->require_subcommand(1);
  add_source_list(*verb, selection);
  add_source_check(*verb, selection);
  add_source_doctor(*verb, selection);
  add_source_fields(*verb, selection);
  add_source_pull(*verb, selection);
  add_source_backfill(*verb, selection);
}

}  // namespace tidewaiter
