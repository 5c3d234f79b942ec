#include <CLI/CLI.hpp>

#include "daemon/cli/case_bulk.h"
#include "daemon/cli/case_split.h"
#include "daemon/cli/case_statements.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {

void add_case(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(app, "case", "works with cases: what people do about findings",
                            "A case has the findings about one subject. Each act is signed by the\n"
                            "person who does it, judged by the rules of docs/cases.md, and is an\n"
                            "entry of the ledger; so is what was refused.",
                            "");
  verb->require_subcommand(1);
  add_case_list(*verb, selection);
  add_case_show(*verb, selection);
  add_case_work(*verb, selection);
  add_case_exhibits(*verb, selection);
  add_case_split(*verb, selection);
  add_case_decide(*verb, selection);
  add_case_attribution(*verb, selection);
  add_case_conclusion(*verb, selection);
  add_case_export(*verb, selection);
  add_case_bulk(*verb, selection);
}

}  // namespace tidewaiter
