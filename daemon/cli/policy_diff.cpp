#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/diff_report.h"
#include "daemon/cli/diff_run.h"
#include "daemon/cli/history_choice.h"
#include "daemon/cli/interrupt.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/set_to_try.h"
#include "daemon/cli/time_options.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

struct DiffOptions {
  std::string before;
  std::string after;
  HistoryOptions history;
  TimeOptions times;
  std::int64_t limit = 20;
  bool json = false;
};

/// Loads one side. Errors in it are told.
Result<PolicySet> load_side(Invocation& run, const std::string& path) {
  Result<PolicyFiles> files = policy_files(run, {path});
  if (!files) return tl::unexpected(files.error());
  if (!has_errors(files->loaded.diagnostics)) return set_to_try(run, files->texts, files->loaded);
  print_diagnostics(run.err, files->loaded.diagnostics);
  return fail(ErrorCode::kInvalidInput,
              "the policies of `" + path + "` have errors: nothing was compared");
}

int diff(Invocation& run, const DiffOptions& options) {
  const Result<std::optional<Interval>> reported = interval_of(options.times);
  if (!reported) return fail_with(run, reported.error());
  const Result<PolicySet> before = load_side(run, options.before);
  if (!before) return fail_with(run, before.error());
  const Result<PolicySet> after = load_side(run, options.after);
  if (!after) return fail_with(run, after.error());
  const Interrupt interrupt;
  ProgressLine progress(run.err, run.terminal);
  const HistoryWatch watch{interrupt.token(),
                           [&progress](const CycleProgress& p) { progress.show(p); }, run.now};
  const Result<ChosenHistory> chosen = choose_history(run, options.history, *after, watch);
  progress.clear();
  if (!chosen) return fail_with(run, chosen.error());
  warn_of_bad_lines(run, *chosen);
  const auto limit = static_cast<std::size_t>(options.limit);
  const Result<DiffReport> report =
      run_diff(*before, *after, *chosen->history, watch, *reported, limit);
  progress.clear();
  if (!report) return fail_with(run, report.error());
  if (options.json) {
    print_json(run, diff_json(*report));
  } else {
    run.out << diff_text(*report, limit, run.terminal);
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_policy_diff(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "diff", "compares two versions of policies over the same history",
      "Prints what changed in meaning, and over stored history, or files, the subjects that the\n"
      "new version gains, loses or judges with other figures, each with the clause or record that\n"
      "made the difference, and the findings a day of both. Policies are paired by id; a file of\n"
      "one policy is compared with another of one, whatever their ids.",
      "  tidewaiter policy diff policies/burst.yaml drafts/burst.yaml\n"
      "  tidewaiter policy diff policies/ drafts/ --over usage-2026-01.jsonl.gz --json");
  auto options = std::make_shared<DiffOptions>();
  verb->add_option("old", options->before, "The old version: a file, folder or glob")
      ->type_name("OLD")
      ->required();
  verb->add_option("new", options->after, "The new version: a file, folder or glob")
      ->type_name("NEW")
      ->required();
  add_history_options(*verb, options->history);
  add_time_options(*verb, options->times, "Compare findings that begin");
  add_number(*verb, "--limit", options->limit, 0,
             "How many changes of each policy to show and explain");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return diff(run, *options); };
  });
}

}  // namespace tidewaiter
