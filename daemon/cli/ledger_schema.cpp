#include "storage/postgres/ledger_schema.h"

#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/verbs.h"
#include "storage/postgres/database_url.h"

namespace tidewaiter {
namespace {

/// The role that is named, or the one of the configuration's URL.
int print_schema(Invocation& run, const std::string& named) {
  std::string role = named;
  if (role.empty()) {
    const std::optional<Config> config = configuration(run);
    if (!config) return code(ExitStatus::kConfiguration);
    if (!config->ledger.postgres) {
      return fail_with(run, ExitStatus::kUsage,
                       "the configuration has no `ledger.postgres`: name the daemon's role with "
                       "--role");
    }
    const Result<DatabaseUrl> url = read_database_url(config->ledger.postgres->url);
    if (!url) return fail_with(run, url.error());
    role = url->role;
  }
  run.out << ledger_schema_sql(role);
  return code(ExitStatus::kOk);
}

}  // namespace

void add_ledger_schema(CLI::App& ledger, Selection& selection) {
  CLI::App* verb = add_verb(
      ledger, "schema", "writes the SQL that makes a ledger's tables in PostgreSQL",
      "Prints what the owner of a database runs once, before `ledger.postgres` names it: the\n"
      "schema `tidewaiter`, its tables, and what the daemon's role may do with them, of the log\n"
      "itself INSERT and SELECT alone. The role has to be there. Nothing is asked of the database.",
      "  tidewaiter ledger schema | psql -v ON_ERROR_STOP=1 -U postgres tidewaiter\n"
      "  tidewaiter ledger schema --role tidewaiter > schema.sql");
  auto role = std::make_shared<std::string>();
  verb->add_option("--role", *role, "The daemon's role, if not that of the configuration")
      ->type_name("ROLE");
  verb->callback([role, &selection] {
    selection.command = [role](Invocation& run) { return print_schema(run, *role); };
  });
}

}  // namespace tidewaiter
