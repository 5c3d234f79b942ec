#pragma once

#include <string>

namespace CLI {
class App;
}

namespace tidewaiter {

/// What the command line of tidewaiter-verify asks for.
struct VerifierOptions {
  std::string path;
  std::string key;
  std::string lock;
  std::string entry;
  std::string tsa_ca;
  std::string policy;
  std::string witnessed;
  bool all_signed = false;
  bool json = false;
};

/// Describes the command line: the program parses with it, and its manual page is made from it.
/// `options` outlives `app`.
void describe_verifier(CLI::App& app, VerifierOptions& options);

}  // namespace tidewaiter
