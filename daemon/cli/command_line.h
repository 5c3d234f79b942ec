#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "daemon/cli/command.h"
#include "daemon/cli/man_page.h"

namespace tidewaiter {

/// The program's options that every command understands.
struct GlobalOptions {
  std::string config;
  std::string state;
  std::string color = "auto";
  ActingOptions acting;  ///< also handed on to commands that have such options of their own
};

/// Builds the tree of commands: the only description of the command line. Help, manual pages and
/// completions come from it.
void build_cli(CLI::App& app, GlobalOptions& options, Selection& selection);

/// The program's version, from the build.
[[nodiscard]] std::string_view program_version();

/// Every manual page that is installed: tidewaiter(1), tidewaiter-VERB(1), tidewaiter-verify(1)
/// and tidewaiterd(8).
[[nodiscard]] std::vector<ManPage> all_man_pages();

/// Parses the arguments (without the program's name) and runs the command. `make_terminal` is asked
/// once --color is known. Never throws; returns the process's exit status.
using TerminalMaker = std::function<Terminal(ColorChoice)>;
[[nodiscard]] int run_command_line(std::span<const std::string> arguments, std::ostream& out,
                                   std::ostream& err, const Environment& environment,
                                   const std::function<UtcTime()>& now,
                                   const TerminalMaker& make_terminal);

}  // namespace tidewaiter
