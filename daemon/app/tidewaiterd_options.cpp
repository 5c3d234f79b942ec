#include "daemon/app/tidewaiterd_options.h"

#include <span>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/notify/event_log.h"

namespace tidewaiter {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  tidewaiterd --config /etc/tidewaiter/tidewaiter.yaml\n"
    "  tidewaiterd --config tidewaiter.yaml --log-level trace    # each request and page, to "
    "stderr\n"
    "\n"
    "SIGHUP reads configuration and policies again and keeps the old ones if there is an error.\n"
    "SIGTERM and SIGINT finish the batch, sign the ledger's head and stop.\n"
    "\n"
    "Exit status:\n"
    "  0   stopped on request\n"
    "  2   the command line\n"
    "  3   the configuration or the policies\n"
    "  4   refused: state in use by another process, ledger behind its lock, corruption\n"
    "  5   unavailable: disk, network, permissions\n"
    "  70  a defect of the program\n";

}  // namespace

void describe_daemon(CLI::App& app, DaemonOptions& options) {
  app.name("tidewaiterd");
  app.description("pulls usage, judges it by policy and records findings in the ledger");
  app.footer(kFooter);
  app.set_help_flag("-h,--help", "Print a help text and exit");
  app.set_version_flag("--version", "tidewaiterd " TIDEWAITER_VERSION,
                       "Print the version and exit");
  app.add_option("--config", options.config,
                 "Read this configuration file; without it $TIDEWAITER_CONFIG, ./tidewaiter.yaml "
                 "or /etc/tidewaiter/tidewaiter.yaml")
      ->type_name("FILE");
  const std::span<const std::string_view> levels = log_level_words();
  app.add_option("--log-level", options.log_level,
                 "Write lines of this level and above, whatever the configuration says")
      ->type_name("LEVEL")
      ->check(CLI::IsMember(std::vector<std::string>(levels.begin(), levels.end())));
  app.add_flag("--check", options.check, "Read configuration and policies, then exit");
}

}  // namespace tidewaiter
