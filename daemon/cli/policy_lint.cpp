#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/diagnostics_json.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

struct LintOptions {
  std::vector<std::string> paths;
  std::string format = "text";
};

int lint(Invocation& run, const LintOptions& options) {
  const Result<PolicyFiles> files = policy_files(run, options.paths);
  if (!files) return fail_with(run, files.error());
  const std::vector<Diagnostic>& all = files->loaded.diagnostics;
  const auto errors = std::count_if(all.begin(), all.end(), [](const Diagnostic& d) {
    return d.level == DiagnosticLevel::kError;
  });
  const auto warnings = static_cast<std::int64_t>(all.size()) - errors;
  const auto policies = static_cast<std::int64_t>(files->loaded.set.policies.size());
  if (options.format == "json") {
    print_json(run, {{"files", files->texts.size()},
                     {"policies", policies},
                     {"errors", errors},
                     {"warnings", warnings},
                     {"diagnostics", diagnostics_json(all)}});
  } else {
    print_diagnostics(run.out, all);
    run.out << counted(static_cast<std::int64_t>(files->texts.size()), "file")
            << ", policies without error: " << grouped(policies) << ", "
            << painted(counted(errors, "error"), errors > 0 ? Tone::kBad : Tone::kGood,
                       run.terminal)
            << ", " << counted(warnings, "warning") << '\n';
  }
  return code(errors > 0 ? ExitStatus::kCheckFailed : ExitStatus::kOk);
}

}  // namespace

void add_policy_lint(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "lint", "reads policies and tells all errors and warnings at once",
      "Prints each with file, line, column, code, the line, a caret and a hint, then the counts.\n"
      "Exit status 1 if there is an error; warnings alone give 0.",
      "  tidewaiter policy lint policies/\n"
      "  tidewaiter policy lint --format json policies/burst.yaml");
  auto options = std::make_shared<LintOptions>();
  verb->add_option("path", options->paths, "Files, folders or globs")->type_name("PATH");
  verb->add_option("--format", options->format, "How to print")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
  verb->add_flag_callback(
      "--json", [options] { options->format = "json"; }, "Same as --format json");
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return lint(run, *options); };
  });
}

}  // namespace tidewaiter
