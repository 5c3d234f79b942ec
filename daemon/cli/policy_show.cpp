#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/verbs.h"
#include "policies/authoring/documentation.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

struct ShowOptions {
  std::string id;
  std::vector<std::string> paths;
  bool json = false;
};

nlohmann::ordered_json page_json(const PolicyPage& page) {
  nlohmann::ordered_json parts = nlohmann::ordered_json::array();
  for (const PagePart& part : page.parts) {
    nlohmann::ordered_json facts = nlohmann::ordered_json::array();
    for (const auto& [name, value] : part.facts) {
      facts.push_back({{"name", name}, {"value", value}});
    }
    parts.push_back({{"heading", part.heading},
                     {"prose", part.prose},
                     {"facts", facts},
                     {"items", part.items}});
  }
  return {{"id", page.id}, {"title", page.title}, {"parts", parts}};
}

std::string on_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return printable(text.substr(0, text.find_last_not_of(' ') + 1));
}

void print_lines(Invocation& run, const std::string& head, const std::string& text) {
  run.out << "  " << head
          << wrapped(on_one_line(text), run.terminal.width, 4, display_width(head) + 2) << '\n';
}

void print_page(Invocation& run, const PolicyPage& page) {
  run.out << painted(wrapped(on_one_line(page.title), run.terminal.width, 0), Tone::kStrong,
                     run.terminal)
          << '\n';
  for (const PagePart& part : page.parts) {
    run.out << '\n' << painted(part.heading, Tone::kStrong, run.terminal) << '\n';
    if (!part.prose.empty()) print_lines(run, "", part.prose);
    for (const std::string& item : part.items) print_lines(run, "- ", item);
    for (const auto& [name, value] : part.facts) print_lines(run, printable(name) + ": ", value);
  }
}

int unknown(Invocation& run, const PolicySet& set, const std::string& id) {
  std::vector<std::string_view> ids;
  for (const Policy& policy : set.policies) ids.push_back(policy.id);
  const auto near = did_you_mean(id, ids);
  return fail_with(run, ExitStatus::kUsage,
                   "there is no policy `" + id + "`: " +
                       (near ? "did you mean `" + *near + "`?"
                             : "`tidewaiter policy list` shows those that there are"));
}

/// A file holds the policy to be shown alone, or it is named by its id and the file behind it.
int not_one(Invocation& run, const PolicySet& set, const std::string& file) {
  std::string ids;
  for (const Policy& policy : set.policies) ids += (ids.empty() ? "" : ", ") + policy.id;
  return fail_with(run, ExitStatus::kUsage,
                   ids.empty() ? "`" + file + "` holds no policy that can be read"
                               : "`" + file + "` holds several policies (" + ids +
                                     "): name one by its id, and the file behind it");
}

/// The policy of the id, or the only one of the file that stands in its place.
const Policy* shown_policy(const PolicySet& set, const std::string& id, bool is_file) {
  if (is_file && set.policies.size() == 1) return &set.policies.front();
  const auto found = std::ranges::find(set.policies, id, &Policy::id);
  return found == set.policies.end() ? nullptr : &*found;
}

int show(Invocation& run, const ShowOptions& options) {
  std::error_code failure;  // of a name that cannot be a file's: then it is an id
  const bool is_file =
      options.paths.empty() &&
      std::filesystem::exists(run.environment.working_folder / options.id, failure);
  const Result<PolicyFiles> files =
      policy_files(run, is_file ? std::vector<std::string>{options.id} : options.paths);
  if (!files) return fail_with(run, files.error());
  const PolicySet& set = files->loaded.set;
  const Policy* found = shown_policy(set, options.id, is_file);
  if (found == nullptr) {
    // A policy with errors is not in the set: what is wrong with it says more than that.
    if (has_errors(files->loaded.diagnostics))
      print_diagnostics(run.err, files->loaded.diagnostics);
    return is_file ? not_one(run, set, options.id) : unknown(run, set, options.id);
  }
  const PolicyPage page = policy_page(*found, run.now());
  if (options.json) {
    print_json(run, page_json(page));
  } else {
    print_page(run, page);
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_policy_show(CLI::App& policy, Selection& selection) {
  CLI::App* verb =
      add_verb(policy, "show", "explains one policy in plain words",
               "Prints what `policy docs` writes about it: basis, what it selects, figures and\n"
               "threshold, exemptions, tests, hash, and what the fields mean.",
               "  tidewaiter policy show extraction.long-answers\n"
               "  tidewaiter policy show drafts/burst.yaml");
  auto options = std::make_shared<ShowOptions>();
  verb->add_option("id", options->id, "The policy's id, or a file that holds it alone")
      ->type_name("ID")
      ->required();
  verb->add_option("path", options->paths, "Files, folders or globs")->type_name("PATH");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return show(run, *options); };
  });
}

}  // namespace tidewaiter
