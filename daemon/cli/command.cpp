#include "daemon/cli/command.h"

#include <algorithm>
#include <charconv>
#include <ostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/policy_files.h"
#include "policies/sigma/policy_set.h"

namespace tidewaiter {
namespace {

std::filesystem::path moved(const std::filesystem::path& path, const std::filesystem::path& from,
                            const std::filesystem::path& to) {
  const auto [end, rest] = std::mismatch(from.begin(), from.end(), path.begin(), path.end());
  if (end != from.end()) return path;
  std::filesystem::path result = to;
  for (auto part = rest; part != path.end(); ++part) result /= *part;
  return result;
}

}  // namespace

CLI::App* add_verb(CLI::App& parent, const std::string& name, const std::string& description,
                   const std::string& prints, const std::string& example) {
  CLI::App* verb = parent.add_subcommand(name, description);
  std::string footer = prints;
  if (!example.empty()) footer += "\n\nExamples:\n" + example;
  verb->footer(footer);
  return verb;
}

void add_json_flag(CLI::App& verb, bool& json) {
  verb.add_flag("--json", json, "Print one JSON document instead of text");
}

CLI::Option* add_number(CLI::App& verb, const std::string& name, std::int64_t& value,
                        std::int64_t least, const std::string& description, std::int64_t most) {
  const auto fault = [least, most](const std::string& text) -> std::string {
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = failure == std::errc{} && end == text.data() + text.size();
    if (whole && number >= least && number <= most) return {};
    return "expected a whole number from " + grouped(least) + " to " + grouped(most) + ", got `" +
           text + "`";
  };
  return verb.add_option(name, value, description)->type_name("N")->check(fault);
}

int fail_with(Invocation& run, const Error& error) {
  return fail_with(run, exit_status(error.code), to_text(error));
}

int fail_with(Invocation& run, ExitStatus status, std::string_view message) {
  run.err << "tidewaiter: " << printable(message) << '\n';
  return code(status);
}

std::optional<Config> configuration(Invocation& run) {
  ConfigOutcome outcome = read_config(run.config_file, run.environment);
  print_diagnostics(run.err, outcome.diagnostics);
  if (has_errors(outcome.diagnostics)) return std::nullopt;
  if (run.state) {
    const std::filesystem::path folder =
        (run.environment.working_folder / *run.state).lexically_normal();
    move_state(outcome.config, folder);
  }
  return std::move(outcome.config);
}

void move_state(Config& config, const std::filesystem::path& folder) {
  const std::filesystem::path old = config.state;
  for (std::filesystem::path* path :
       {&config.ledger.lock, &config.ledger.key, &config.ledger.vault}) {
    *path = moved(*path, old, folder);
  }
  config.state = folder;
}

namespace {

/// Those of the configuration, where none are named.
Result<std::vector<PolicyText>> policy_texts(Invocation& run,
                                             const std::vector<std::string>& patterns) {
  if (!patterns.empty()) return read_named_policy_files(patterns, run.environment.working_folder);
  const std::optional<Config> config = configuration(run);
  if (!config) return fail(ErrorCode::kInvalidInput, "the configuration has errors");
  return read_configured_policy_files(*config);
}

}  // namespace

Result<PolicyFiles> policy_files(Invocation& run, const std::vector<std::string>& patterns) {
  PolicyFiles files;
  Result<std::vector<PolicyText>> texts = policy_texts(run, patterns);
  if (!texts) return tl::unexpected(texts.error());
  files.texts = std::move(*texts);
  files.loaded = load_policy_set(files.texts, run.now());
  return files;
}

void print_json(Invocation& run, const nlohmann::ordered_json& document) {
  // Bytes of outside names that are not UTF-8 become U+FFFD: the document stays JSON.
  run.out << document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

}  // namespace tidewaiter
