#include "policies/lists/list_diff.h"

#include <memory>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>

#include "daemon/cli/list_diff_report.h"
#include "daemon/cli/list_faults.h"
#include "daemon/cli/list_files.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

struct ListDiffOptions {
  std::string before;
  std::string after;
  std::int64_t limit = 20;
  bool json = false;
  bool csv = false;
};

Result<ParsedList> read_issue(Invocation& run, const std::string& path) {
  ProgressLine progress(run.err, run.terminal);
  progress.show("reading " + printable(path));
  Result<ParsedList> list = read_list_file(run.environment.working_folder, path);
  progress.clear();
  if (list) tell_faults(run, path, list->faults);
  return list;
}

int compare_issues(Invocation& run, const ListDiffOptions& options) {
  const Result<ParsedList> before = read_issue(run, options.before);
  if (!before) return fail_with(run, before.error());
  const Result<ParsedList> after = read_issue(run, options.after);
  if (!after) return fail_with(run, after.error());
  const ListDiffReport report{*before, *after, options.before, options.after,
                              list_diff(before->entries, after->entries)};
  if (options.json) {
    print_json(run, list_diff_json(report));
  } else if (options.csv) {
    run.out << list_diff_csv(report);
  } else {
    run.out << list_diff_text(report, static_cast<std::size_t>(options.limit), run.terminal);
  }
  // What stands in a row that could not be read is neither gone nor new.
  const bool all_read = before->faults.empty() && after->faults.empty();
  return code(all_read ? ExitStatus::kOk : ExitStatus::kCheckFailed);
}

}  // namespace

void add_list_diff(CLI::App& list, Selection& selection) {
  CLI::App* verb = add_verb(
      list, "diff", "says which entries two issues of a list have, and what changed",
      "Prints the entries that are new in the later of two files of a list, those that are gone,\n"
      "and of those that changed the values of each field. Entries are the same by the list's own\n"
      "id, or by name where it has none. Beside OFAC's sdn.csv its alt.csv, add.csv and\n"
      "sdn_comments.csv are read as well. Rows that cannot be read are told on standard error, "
      "and\n"
      "counted in the report: their entries read as gone or new. Exit status 1 if there are any.",
      "  tidewaiter list diff 2026-10/sdn.csv 2026-11/sdn.csv\n"
      "  tidewaiter list diff old/UN_consolidated.xml new/UN_consolidated.xml --csv > changes.csv\n"
      "  tidewaiter list diff old.csv new.csv --json | jq -r '.added[].name'");
  auto options = std::make_shared<ListDiffOptions>();
  verb->add_option("old", options->before, "The earlier issue")->type_name("OLD")->required();
  verb->add_option("new", options->after, "The later issue")->type_name("NEW")->required();
  add_number(*verb, "--limit", options->limit, 0,
             "How many entries that are new, gone and changed to show each; 0 shows all");
  CLI::Option* csv =
      verb->add_flag("--csv", options->csv,
                     "Print a line for each new or gone entry and each changed field as CSV");
  verb->add_flag("--json", options->json, "Print one JSON document instead of text")->excludes(csv);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return compare_issues(run, *options); };
  });
}

}  // namespace tidewaiter
