#include <CLI/CLI.hpp>

#include "daemon/cli/report_custody.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {

void add_report(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(
      app, "report", "draws, approves and issues reports that prove themselves offline",
      "A report is drawn from a case or a period, approved by another person than its author, by\n"
      "counsel too where it goes to a government, and issued as a folder that tidewaiter-verify\n"
      "checks without network. What went out is corrected, supplemented or withdrawn, and\n"
      "`report list` says which of it cites what has changed since. Each step is signed, judged\n"
      "by the rules of docs/reports.md, and is an entry of the ledger; so is what was refused.",
      "");
  verb->require_subcommand(1);
  add_report_new(*verb, selection);
  add_report_list(*verb, selection);
  add_report_acts(*verb, selection);
  add_report_follow(*verb, selection);
  add_report_custody(*verb, selection);
}

}  // namespace tidewaiter
