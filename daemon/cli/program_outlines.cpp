#include "daemon/cli/program_outlines.h"

#include <CLI/CLI.hpp>

#include "daemon/app/tidewaiterd_options.h"
#include "storage/verify/verifier_options.h"

namespace tidewaiter {

CommandOutline daemon_outline() {
  CLI::App app;
  DaemonOptions options;
  describe_daemon(app, options);
  return outline(app);
}

CommandOutline verifier_outline() {
  CLI::App app;
  VerifierOptions options;
  describe_verifier(app, options);
  return outline(app);
}

}  // namespace tidewaiter
