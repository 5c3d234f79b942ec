#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace tidewaiter {

/// An option or a positional argument, as the help tells it.
struct OptionOutline {
  std::vector<std::string> names = {};    ///< "--config", "-c"; for a positional its one name
  std::string value = {};                 ///< stands for the value: "FILE"; empty for a flag
  std::vector<std::string> choices = {};  ///< the values that it takes, where they are fixed
  std::string description = {};
  bool positional = false;
  bool required = false;
  bool repeats = false;
};

/// A command with what belongs to it. The one description from which help, manual pages and
/// completions come.
struct CommandOutline {
  std::string name;
  std::string description;  ///< one line
  std::string footer;       ///< what it prints, examples, exit codes: paragraphs
  std::vector<OptionOutline> options;
  std::vector<CommandOutline> commands;
};

/// Walks a CLI11 tree. Options and commands of the hidden group (empty name) are left out.
[[nodiscard]] CommandOutline outline(const CLI::App& app);

}  // namespace tidewaiter
