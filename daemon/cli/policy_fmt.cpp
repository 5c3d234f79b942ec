#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/line_diff.h"
#include "daemon/cli/policies_around.h"
#include "daemon/cli/verbs.h"
#include "policies/authoring/format.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

struct FmtOptions {
  std::vector<std::string> paths;
  bool check = false;
  bool diff = false;
  bool json = false;
  bool alone = false;
};

/// What became of the files.
struct Tally {
  std::vector<std::string> changed;  ///< or would be
  std::vector<std::string> refused;
  std::int64_t files = 0;
};

void tell_refusal(Invocation& run, const PolicyText& file, const FormatRefusal& refusal) {
  print_diagnostics(run.err, refusal.errors);
  run.err << "tidewaiter: " << printable(file.path) << ": "
          << (refusal.errors.empty() ? refusal.reason : "left as it was: it has errors") << '\n';
}

void print_diff(Invocation& run, const PolicyText& file, const std::string& laid_out) {
  const std::string diff = unified_diff(file.text, laid_out, printable(file.path));
  std::string_view rest = diff;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    const Tone tone = line.starts_with('+')    ? Tone::kGood
                      : line.starts_with('-')  ? Tone::kBad
                      : line.starts_with("@@") ? Tone::kFaint
                                               : Tone::kPlain;
    run.out << painted(printable(line), tone, run.terminal) << '\n';
    rest.remove_prefix(end + 1);
  }
}

Result<void> take_result(Invocation& run, const FmtOptions& options, const PolicyText& file,
                         const std::string& laid_out, Tally& tally) {
  if (laid_out == file.text) return {};
  tally.changed.push_back(file.path);
  if (options.diff) print_diff(run, file, laid_out);
  if (options.check || options.diff) return {};
  return replace_file(file.path, laid_out);
}

void tell(Invocation& run, const FmtOptions& options, const Tally& tally) {
  const bool writes = !options.check && !options.diff;
  if (options.json) {
    print_json(run, {{"files", tally.files},
                     {"written", writes},
                     {"changed", tally.changed},
                     {"refused", tally.refused}});
    return;
  }
  if (options.diff) return;
  for (const std::string& path : tally.changed) {
    run.out << (writes ? "laid out " : "not laid out: ") << printable(path) << '\n';
  }
  const auto changed = static_cast<std::int64_t>(tally.changed.size());
  run.out << counted(tally.files, "file") << ", " << grouped(changed)
          << (writes ? " changed" : " to be laid out");
  if (!tally.refused.empty()) {
    run.out << ", " << grouped(static_cast<std::int64_t>(tally.refused.size())) << " refused";
  }
  run.out << '\n';
}

int format(Invocation& run, const FmtOptions& options) {
  const Result<NamedPolicies> named = named_policies(run, options.paths, options.alone);
  if (!named) return fail_with(run, named.error());
  const PolicyFiles* const files = &named->files;
  std::vector<PolicyText> set = files->texts;
  set.insert(set.end(), named->rest.begin(), named->rest.end());
  Tally tally;
  tally.files = static_cast<std::int64_t>(files->texts.size());
  for (const PolicyText& file : files->texts) {
    const auto laid_out = format_policies(file, set);
    if (!laid_out) {
      tell_refusal(run, file, laid_out.error());
      tally.refused.push_back(file.path);
    } else if (auto done = take_result(run, options, file, *laid_out, tally); !done) {
      return fail_with(run, done.error());
    }
  }
  tell(run, options, tally);
  const bool asked = options.check || options.diff;
  const bool good = tally.refused.empty() && !(asked && !tally.changed.empty());
  return code(good ? ExitStatus::kOk : ExitStatus::kCheckFailed);
}

}  // namespace

void add_policy_fmt(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "fmt", "lays policy files out in the one canonical way",
      "Keys stand in the order of docs/policy-language.md, comments stay where they are, quotes\n"
      "where they are needed. What a policy means, its hash, never changes; a file with errors is\n"
      "left as it is. Prints which files were changed. Exit status 1 if a file is refused or, "
      "with\n"
      "--check or --diff, is not laid out.",
      "  tidewaiter policy fmt policies/\n"
      "  tidewaiter policy fmt --check\n"
      "  tidewaiter policy fmt --diff policies/burst.yaml");
  auto options = std::make_shared<FmtOptions>();
  verb->add_option("path", options->paths, "Files, folders or globs")->type_name("PATH");
  verb->add_flag("--check", options->check, "Write nothing; tell which files are not laid out");
  verb->add_flag("--diff", options->diff, "Write nothing; print what would change")
      ->excludes(verb->get_option("--check"));
  verb->add_flag("--alone", options->alone, kAloneDescription);
  CLI::Option* json =
      verb->add_flag("--json", options->json, "Print one JSON document instead of text");
  json->excludes(verb->get_option("--diff"));
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return format(run, *options); };
  });
}

}  // namespace tidewaiter
