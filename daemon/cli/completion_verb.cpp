#include <memory>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>

#include "daemon/cli/command_line.h"
#include "daemon/cli/completion.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {

void add_completion(CLI::App& app, Selection& selection) {
  CLI::App* verb =
      add_verb(app, "completion", "prints a completion script for a shell",
               "Prints a script; the shell reads it. Packages install both scripts already.",
               "  source <(tidewaiter completion bash)\n"
               "  tidewaiter completion zsh > ~/.zsh/completions/_tidewaiter");
  auto shell = std::make_shared<std::string>();
  verb->add_option("shell", *shell, "The shell: bash or zsh")
      ->type_name("SHELL")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh"}));
  verb->callback([shell, &selection] {
    selection.command = [shell](Invocation& run) {
      CLI::App tree;
      GlobalOptions options;
      Selection none;
      build_cli(tree, options, none);
      const CommandOutline program = outline(tree);
      run.out << (*shell == "bash" ? bash_completion(program) : zsh_completion(program));
      return code(ExitStatus::kOk);
    };
  });
}

}  // namespace tidewaiter
