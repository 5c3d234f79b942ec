#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/app/config.h"
#include "daemon/app/diagnostic_text.h"
#include "daemon/cli/acting_options.h"
#include "daemon/cli/exit_status.h"
#include "daemon/cli/terminal.h"
#include "policies/language/load.h"
#include "policies/model/diagnostic.h"
#include "policies/model/time.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace tidewaiter {

/// What a command works with: where it writes, and what it may depend on.
struct Invocation {
  std::ostream& out;  ///< answers
  std::ostream& err;  ///< progress, warnings, errors
  Terminal terminal;
  Environment environment;
  std::function<UtcTime()> now;
  std::optional<std::filesystem::path> config_file;  ///< --config
  std::optional<std::filesystem::path> state;        ///< --state
  ActingOptions acting = {};                         ///< who reads: --as of the verb, or before it
  std::shared_ptr<KnownPerson> known = nobody_known();
};

/// A chosen command, its options bound. Returns a status of ExitStatus, of `ledger verify` or of
/// `ledger fsck`.
using Command = std::function<int(Invocation&)>;

/// Where a verb puts itself when the command line has chosen it.
struct Selection {
  Command command;
};

/// Adds a verb below `parent`. `prints` says what it prints; `example` is one command line or more.
CLI::App* add_verb(CLI::App& parent, const std::string& name, const std::string& description,
                   const std::string& prints, const std::string& example);

/// Adds `--json`.
void add_json_flag(CLI::App& verb, bool& json);

/// The greatest number that the command line takes: what JSON readers keep exactly, 2^53 - 1. Sums
/// of two such numbers do not overflow.
inline constexpr std::int64_t kMostNumber = (std::int64_t{1} << 53U) - 1;

/// Adds an option, or a positional if `name` has no dashes, that takes a whole number from `least`
/// to `most`.
CLI::Option* add_number(CLI::App& verb, const std::string& name, std::int64_t& value,
                        std::int64_t least, const std::string& description,
                        std::int64_t most = kMostNumber);

[[nodiscard]] constexpr int code(ExitStatus status) { return static_cast<int>(status); }

/// Tells an error on standard error, and gives its exit status.
int fail_with(Invocation& run, const Error& error);
int fail_with(Invocation& run, ExitStatus status, std::string_view message);

/// The configuration in effect, `--state` applied. Faults are told on standard error; nothing is
/// returned if there is an error among them.
[[nodiscard]] std::optional<Config> configuration(Invocation& run);

/// Puts another state folder in the place of the configured one: paths that lay in the old one
/// move with it, others stay.
void move_state(Config& config, const std::filesystem::path& folder);

/// Loads the policies that `patterns` name, or those of the configuration if there are none.
struct PolicyFiles {
  std::vector<PolicyText> texts;
  LoadOutcome loaded;
};
[[nodiscard]] Result<PolicyFiles> policy_files(Invocation& run,
                                               const std::vector<std::string>& patterns);

/// Writes one JSON document and a line feed to standard output.
void print_json(Invocation& run, const nlohmann::ordered_json& document);

}  // namespace tidewaiter
