#include <iostream>
#include <string>

#include <CLI/CLI.hpp>

#include "daemon/cli/policies_around.h"
#include "daemon/cli/verbs.h"
#include "daemon/lsp/language_server.h"

namespace tidewaiter {
void add_policy_lsp(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "lsp", "is a language server for editors, over standard input and output",
      "Reads and prints messages of the Language Server Protocol 3.17: diagnostics, hover,\n"
      "completion, definition, symbols, quick fixes, formatting. Prints nothing else. Editors "
      "start it;\n"
      "docs/editor.md says how. Exit status 0 after `shutdown` and `exit`, else 1.",
      "  tidewaiter policy lsp");
  // Some editors pass it to every server.
  const std::string description = "Nothing else is spoken; taken for editors that pass it";
  verb->add_flag("--stdio", description);
  verb->callback([&selection] {
    selection.command = [](Invocation& run) {
      const auto neighbours = [&run](const std::string& path) {
        return policies_around(path, run.environment);
      };
      const auto sources = [&run](const std::string& path) {
        return sources_around(path, run.environment);
      };
      LanguageServer server(run.out, {run.now, neighbours, sources});
      return server.run(std::cin);
    };
  });
}

}  // namespace tidewaiter
