#include <CLI/CLI.hpp>

#include "daemon/cli/verbs.h"

namespace tidewaiter {

void add_list(CLI::App& app, Selection& selection) {
  CLI::App* verb =
      add_verb(app, "list", "fetches published lists of parties, and compares their issues",
               "Names are screened by `tidewaiter screen NAME`, and entries read by\n"
               "`tidewaiter list search TEXT`.\n"
               "What lists can be read is in docs/screening.md.",
               "");
  verb->require_subcommand(1);
  add_list_sync(*verb, selection);
  add_list_status(*verb, selection);
  add_list_diff(*verb, selection);
  add_list_search(*verb, selection);
}

}  // namespace tidewaiter
