#include <fstream>
#include <memory>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/diagnostics_json.h"
#include "daemon/cli/verbs.h"
#include "daemon/sources/connector.h"

namespace tidewaiter {
namespace {

void check_sources(const Config& config, std::vector<Diagnostic>& diagnostics) {
  for (const SourceConfig& source : config.sources) {
    if (const auto made = make_connector(source); !made) {
      Diagnostic problem;
      problem.code = "TW0000";
      problem.message = "source `" + source.name + "`: " + made.error().message;
      problem.span.file = config.file.string();
      diagnostics.push_back(std::move(problem));
    }
  }
}

int check(Invocation& run, bool json) {
  ConfigOutcome outcome = read_config(run.config_file, run.environment);
  std::vector<Diagnostic>& all = outcome.diagnostics;
  std::size_t policies = 0;
  std::optional<Error> unread;
  if (!has_errors(all)) {
    const Result<PolicyFiles> files = policy_files(run, {});
    if (files) {
      policies = files->loaded.set.policies.size();
      const auto& more = files->loaded.diagnostics;
      all.insert(all.end(), more.begin(), more.end());
      const auto fit = check_policies_fit(outcome.config, files->loaded.set);
      all.insert(all.end(), fit.begin(), fit.end());
    } else {
      unread = files.error();
    }
    check_sources(outcome.config, all);
  }
  const bool good = !has_errors(all) && !unread;
  if (json) {
    print_json(run, {{"ok", good},
                     {"file", outcome.config.file.string()},
                     {"sources", outcome.config.sources.size()},
                     {"policies", policies},
                     {"error", unread ? nlohmann::ordered_json(to_text(*unread)) : nullptr},
                     {"diagnostics", diagnostics_json(all)}});
  } else {
    print_diagnostics(run.out, all);
    if (unread) run.out << "error: " << printable(to_text(*unread)) << '\n';
    run.out << (outcome.config.file.empty() ? std::string("built-in defaults")
                                            : printable(outcome.config.file.string()))
            << ": " << (good ? "good" : "has errors") << ", "
            << counted(static_cast<std::int64_t>(outcome.config.sources.size()), "source")
            << ", policies read: " << policies << '\n';
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
  if (path == "-") {
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
                                 "Prints the file's name. `-` prints the text itself.",
                                 "  tidewaiter config init tidewaiter.yaml");
  auto path = std::make_shared<std::string>("tidewaiter.yaml");
  init_verb->add_option("file", *path, "Where to write; ./tidewaiter.yaml by default")
      ->type_name("FILE");
  init_verb->callback([path, &selection] {
    selection.command = [path](Invocation& run) { return write_example(run, *path); };
  });
}

}  // namespace tidewaiter
