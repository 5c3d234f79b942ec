#include <CLI/CLI.hpp>

#include "daemon/cli/verbs.h"

namespace tidewaiter {

void add_witness(CLI::App& app, Selection& selection) {
  CLI::App* verb =
      add_verb(app, "witness", "keeps watch over other people's ledgers, and cosigns their heads",
               "A witness needs no ledger and no configuration: a folder is all it has\n"
               "(docs/witness.md).",
               "");
  verb->require_subcommand(1);
  add_witness_add_log(*verb, selection);
  add_witness_head(*verb, selection);
  add_witness_init(*verb, selection);
  add_witness_list(*verb, selection);
  add_witness_serve(*verb, selection);
}

}  // namespace tidewaiter
