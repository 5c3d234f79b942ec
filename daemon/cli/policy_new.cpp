#include <array>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"
#include "policies/authoring/skeleton.h"
#include "policies/model/did_you_mean.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

struct NewOptions {
  std::string name;
  std::string file;
  bool list = false;
  bool json = false;
};

int list(Invocation& run, bool json) {
  if (json) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const Skeleton& one : skeletons()) {
      rows.push_back({{"name", one.name}, {"summary", one.summary}});
    }
    print_json(run, {{"templates", rows}});
    return code(ExitStatus::kOk);
  }
  TextTable table({{.header = "TEMPLATE"}, {.header = "WHAT IT LOOKS FOR", .folds = true}});
  for (const Skeleton& one : skeletons()) {
    table.add_row({{std::string(one.name)}, {std::string(one.summary)}});
  }
  run.out << table.render(run.terminal);
  return code(ExitStatus::kOk);
}

int unknown(Invocation& run, const std::string& name) {
  std::vector<std::string_view> names;
  for (const Skeleton& one : skeletons()) names.push_back(one.name);
  const auto near = did_you_mean(name, names);
  return fail_with(
      run, ExitStatus::kUsage,
      "there is no template `" + name + "`: " +
          (near ? "did you mean `" + *near + "`?" : "`tidewaiter policy new --list` shows them"));
}

int make(Invocation& run, const NewOptions& options) {
  const bool names_something = !options.name.empty() || !options.file.empty();
  if (options.json && !options.list && names_something) {
    return fail_with(run, ExitStatus::kUsage,
                     "`--json` is for `--list`: a template is YAML and is written as it is");
  }
  if (options.list || options.json) return list(run, options.json);
  if (options.name.empty()) {
    return fail_with(run, ExitStatus::kUsage,
                     "name a template: `tidewaiter policy new --list` shows them");
  }
  const Skeleton* skeleton = find_skeleton(options.name);
  if (skeleton == nullptr) return unknown(run, options.name);
  if (options.file.empty()) {
    run.out << skeleton->text;
    return code(ExitStatus::kOk);
  }
  const std::filesystem::path path = run.environment.working_folder / options.file;
  if (auto made = create_file(path, 0666, skeleton->text); !made) {
    return fail_with(run, made.error());
  }
  const std::string shown = printable(options.file);
  run.out << "wrote " << shown << "; next: `tidewaiter policy lint " << shown
          << "`, then `tidewaiter policy test " << shown << "`\n";
  return code(ExitStatus::kOk);
}

/// The word for a template with all of them, as help shows choices and completion offers them. None
/// is a check of CLI11's: `unknown` says which was meant.
std::string template_choices() {
  std::string names;
  for (const Skeleton& one : skeletons()) {
    names.append(names.empty() ? "" : ",").append(one.name);
  }
  return "TEMPLATE:{" + names + "}";
}

}  // namespace

void add_policy_new(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "new", "writes a commented policy to begin with",
      "TEMPLATE is a kind of abuse, a shape such as volume, sequence, screen or correlation, or a\n"
      "document that stands beside policies: list, exemption, license, linkage, pack, each with a\n"
      "policy that needs it. Prints the template and nothing else; with FILE writes it there, "
      "which\n"
      "must not exist. As it stands it lints without a warning but that it is a draft, and its\n"
      "tests pass.",
      "  tidewaiter policy new --list\n"
      "  tidewaiter policy new extraction\n"
      "  tidewaiter policy new --from ratio policies/failures.yaml");
  auto options = std::make_shared<NewOptions>();
  CLI::Option* from =
      verb->add_option("--from", options->name, "The template")->type_name(template_choices());
  // With --from the first word is the file.
  auto words = std::make_shared<std::array<std::string, 2>>();
  verb->add_option("template", words->at(0), "The template, unless --from names it")
      ->type_name(template_choices());
  verb->add_option("file", words->at(1), "A new file to write")->type_name("FILE");
  verb->add_flag("--list", options->list, "List the templates");
  verb->add_flag("--json", options->json, "List the templates as one JSON document");
  verb->callback([options, words, from, &selection] {
    const auto& [first, second] = *words;
    const bool named = from->count() > 0;
    if (named && !second.empty()) throw CLI::ExtrasError({second});
    if (!named) options->name = first;
    options->file = named ? first : second;
    selection.command = [options](Invocation& run) { return make(run, *options); };
  });
}

}  // namespace tidewaiter
