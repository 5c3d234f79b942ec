#include <CLI/CLI.hpp>

#include "daemon/cli/ledger_parties.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {

void add_ledger(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(app, "ledger", "shows, proves and verifies the ledger",
                            "The bytes of entries, tree and checkpoints are in\n"
                            "docs/ledger-format.md.",
                            "");
  verb->require_subcommand(1);
  add_ledger_backup(*verb, selection);
  add_ledger_erase(*verb, selection);
  add_ledger_export(*verb, selection);
  add_ledger_fsck(*verb, selection);
  add_ledger_head(*verb, selection);
  add_ledger_hold(*verb, selection);
  add_ledger_log(*verb, selection);
  add_ledger_proof(*verb, selection);
  add_ledger_restore(*verb, selection);
  add_ledger_rotate_key(*verb, selection);
  add_ledger_schema(*verb, selection);
  add_ledger_serve(*verb, selection);
  add_ledger_timestamp(*verb, selection);
  add_ledger_verify(*verb, selection);
}

}  // namespace tidewaiter
