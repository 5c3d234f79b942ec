#pragma once

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace tidewaiter {

/// What the command line of tidewaiterd asks for.
struct DaemonOptions {
  std::optional<std::string> config;
  bool check = false;
  std::optional<std::string> log_level;  ///< in place of the configuration's; one of its words
};

/// Describes the command line: the daemon parses with it, and its manual page is made from it.
/// `options` outlives `app`.
void describe_daemon(CLI::App& app, DaemonOptions& options);

}  // namespace tidewaiter
