#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/app/policy_files.h"
#include "daemon/cli/verbs.h"
#include "daemon/lsp/language_server.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

/// A folder of so many files is no folder of policies.
constexpr std::size_t kMostNeighbours = 1000;

/// The YAML files in a file's own folder, not those in the folders of that one.
std::vector<PolicyText> neighbours_of(const std::string& path) {
  std::vector<PolicyText> texts;
  std::error_code failure;
  for (fs::directory_iterator it(fs::path(path).parent_path(), failure), end;
       !failure && it != end && texts.size() < kMostNeighbours; it.increment(failure)) {
    const fs::path& file = it->path();
    const bool is_yaml = file.extension() == ".yaml" || file.extension() == ".yml";
    std::error_code ignored;
    if (!is_yaml || !it->is_regular_file(ignored)) continue;
    // One that cannot be read now may be readable at the next change: that is no fault of the
    // document that is edited.
    if (auto read = read_policy_files({file.string()}, {})) {
      for (PolicyText& text : *read) texts.push_back(std::move(text));
    }
  }
  return texts;
}

}  // namespace

void add_policy_lsp(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "lsp", "is a language server for editors, over standard input and output",
      "Reads and prints messages of the Language Server Protocol 3.17: diagnostics, hover,\n"
      "completion, definition, formatting. Prints nothing else. Editors start it;\n"
      "docs/editor.md says how. Exit status 0 after `shutdown` and `exit`, else 1.",
      "  tidewaiter policy lsp");
  // Some editors pass it to every server.
  const std::string description = "Nothing else is spoken; taken for editors that pass it";
  verb->add_flag("--stdio", description);
  verb->callback([&selection] {
    selection.command = [](Invocation& run) {
      LanguageServer server(run.out, {run.now, neighbours_of});
      return server.run(std::cin);
    };
  });
}

}  // namespace tidewaiter
