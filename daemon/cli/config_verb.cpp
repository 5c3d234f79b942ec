#include <fstream>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/policy_files.h"
#include "daemon/cli/diagnostics_json.h"
#include "daemon/cli/verbs.h"
#include "daemon/sources/connector.h"

namespace tidewaiter {
namespace {

/// What `config check` found.
struct CheckOutcome {
  std::vector<Diagnostic> diagnostics;  ///< with a place
  std::vector<std::string> errors;      ///< without one: a source that cannot be made, files
  std::size_t policies = 0;
};

void check_policies(const Config& config, UtcTime now, CheckOutcome& outcome) {
  const Result<std::vector<PolicyText>> texts = read_policy_files(config.policies, config.base);
  if (!texts) {
    outcome.errors.push_back(to_text(texts.error()));
    return;
  }
  const LoadOutcome loaded = load_policies(*texts, now);
  outcome.policies = loaded.set.policies.size();
  for (const auto& some : {loaded.diagnostics, check_policies_fit(config, loaded.set)}) {
    outcome.diagnostics.insert(outcome.diagnostics.end(), some.begin(), some.end());
  }
}

void check_sources(const Config& config, CheckOutcome& outcome) {
  for (const SourceConfig& source : config.sources) {
    if (const auto made = make_connector(source); !made) {
      outcome.errors.push_back("source `" + source.name + "`: " + to_text(made.error()));
    }
  }
}

int check(Invocation& run, bool json) {
  const ConfigOutcome read = read_config(run.config_file, run.environment);
  const Config& config = read.config;
  CheckOutcome outcome{read.diagnostics, {}, 0};
  if (!has_errors(read.diagnostics)) {
    check_policies(config, run.now(), outcome);
    check_sources(config, outcome);
  }
  const bool good = !has_errors(outcome.diagnostics) && outcome.errors.empty();
  if (json) {
    print_json(run, {{"ok", good},
                     {"file", config.file.string()},
                     {"sources", config.sources.size()},
                     {"policies", outcome.policies},
                     {"errors", outcome.errors},
                     {"diagnostics", diagnostics_json(outcome.diagnostics)}});
  } else {
    print_diagnostics(run.out, outcome.diagnostics);
    for (const std::string& error : outcome.errors)
      run.out << "error: " << printable(error) << '\n';
    run.out << (config.file.empty() ? std::string("built-in defaults")
                                    : printable(config.file.string()))
            << ": " << (good ? "good" : "has errors") << ", "
            << counted(static_cast<std::int64_t>(config.sources.size()), "source")
            << ", policies read: " << outcome.policies << '\n';
  }
  return code(good ? ExitStatus::kOk : ExitStatus::kConfiguration);
}

int show(Invocation& run) {
  const std::optional<Config> config = configuration(run);
  if (!config) return code(ExitStatus::kConfiguration);
  run.out << show_config(*config);
  return code(ExitStatus::kOk);
}

int write_example(Invocation& run, const std::string& path) {
  if (path.empty()) {
    run.out << example_config();
    return code(ExitStatus::kOk);
  }
  if (std::filesystem::exists(path)) {
    return fail_with(run, ExitStatus::kRefused,
                     "`" + path + "` is there already: move it away, or name another file");
  }
  std::ofstream file(path, std::ios::binary);
  file << example_config();
  file.close();
  if (!file) return fail_with(run, ExitStatus::kUnavailable, "cannot write `" + path + "`");
  run.out << "wrote " << printable(path) << "; next: `tidewaiter config check --config "
          << printable(path) << "`\n";
  return code(ExitStatus::kOk);
}

}  // namespace

void add_config(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(app, "config", "checks, shows or writes a configuration",
                            "The keys of the configuration are in docs/configuration.md.", "");
  verb->require_subcommand(1);
  auto json = std::make_shared<bool>(false);
  CLI::App* check_verb = add_verb(
      *verb, "check", "reads configuration, sources and policies, and tells all faults at once",
      "Prints each fault with its place and a caret, then one line with the counts.",
      "  tidewaiter config check --config site.yaml");
  add_json_flag(*check_verb, *json);
  check_verb->callback([json, &selection] {
    selection.command = [json](Invocation& run) { return check(run, *json); };
  });
  CLI::App* show_verb = add_verb(
      *verb, "show", "prints the configuration in effect, every default filled in",
      "Prints YAML that --config reads back; secrets stay references.", "  tidewaiter config show");
  show_verb->callback([&selection] { selection.command = show; });
  CLI::App* init_verb = add_verb(*verb, "init", "writes a commented configuration to begin with",
                                 "Prints the configuration and nothing else; with FILE writes it\n"
                                 "there, which must not exist, and prints what to do next.",
                                 "  tidewaiter config init tidewaiter.yaml");
  auto path = std::make_shared<std::string>();
  init_verb->add_option("file", *path, "A new file to write; without it, standard output")
      ->type_name("FILE");
  init_verb->callback([path, &selection] {
    selection.command = [path](Invocation& run) { return write_example(run, *path); };
  });
}

}  // namespace tidewaiter
