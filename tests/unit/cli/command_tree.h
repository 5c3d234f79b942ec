#pragma once

#include <functional>

#include <CLI/CLI.hpp>

#include "daemon/cli/command_line.h"

namespace tidewaiter {

/// The outline of the whole of `tidewaiter`.
inline CommandOutline command_tree() {
  CLI::App app;
  GlobalOptions options;
  Selection selection;
  build_cli(app, options, selection);
  return outline(app);
}

/// Visits the options of a command and of all below it.
inline void each_option(const CommandOutline& command,
                        const std::function<void(const OptionOutline&)>& visit) {
  for (const OptionOutline& option : command.options) visit(option);
  for (const CommandOutline& inner : command.commands) each_option(inner, visit);
}

}  // namespace tidewaiter
