#include "daemon/cli/daemon_outline.h"

namespace tidewaiter {

CommandOutline daemon_outline() {
  CommandOutline daemon;
  daemon.name = "tidewaiterd";
  daemon.description = "pulls usage, judges it by policy and records findings in the ledger";
  daemon.options = {
      {.names = {"-h", "--help"}, .description = "Print a help text and exit"},
      {.names = {"--version"}, .description = "Print the version and exit"},
      {.names = {"--config"},
       .value = "FILE",
       .description = "Read this configuration file; without it $TIDEWAITER_CONFIG, "
                      "./tidewaiter.yaml or /etc/tidewaiter/tidewaiter.yaml"},
      {.names = {"--check"}, .description = "Read configuration and policies, then exit"}};
  daemon.footer =
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
  return daemon;
}

}  // namespace tidewaiter
