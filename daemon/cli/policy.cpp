#include <CLI/CLI.hpp>

#include "daemon/cli/verbs.h"

namespace tidewaiter {

void add_policy(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(app, "policy", "writes, checks, tests, tries and explains policies",
                            "Without PATH, the policies of the configuration.", "");
  verb->require_subcommand(1);
  add_policy_activate(*verb, selection);
  add_policy_backtest(*verb, selection);
  add_policy_deactivate(*verb, selection);
  add_policy_diff(*verb, selection);
  add_policy_docs(*verb, selection);
  add_policy_explain(*verb, selection);
  add_policy_fmt(*verb, selection);
  add_policy_lint(*verb, selection);
  add_policy_list(*verb, selection);
  add_policy_lsp(*verb, selection);
  add_policy_new(*verb, selection);
  add_policy_publish(*verb, selection);
  add_policy_schema(*verb, selection);
  add_policy_shadow(*verb, selection);
  add_policy_show(*verb, selection);
  add_policy_sigma(*verb, selection);
  add_policy_test(*verb, selection);
}

}  // namespace tidewaiter
