#include <CLI/CLI.hpp>

#include "daemon/cli/verbs.h"

namespace tidewaiter {

void add_cluster(CLI::App& app, Selection& selection) {
  CLI::App* verb =
      add_verb(app, "cluster", "shows the clusters of stored history, and what links them",
               "Clusters are linked by the policies in force, as findings about them are.\n"
               "`tidewaiter link` tries other linkages, and files.",
               "");
  verb->require_subcommand(1);
  add_cluster_list(*verb, selection);
  add_cluster_show(*verb, selection);
  add_cluster_rulings(*verb, selection);
}

}  // namespace tidewaiter
