#include <algorithm>
#include <iterator>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/app.h"
#include "daemon/app/report_recipients.h"
#include "daemon/cli/diagnostics_json.h"
#include "daemon/cli/verbs.h"
#include "daemon/report/site_template_files.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

/// The same checks as `tidewaiterd --check`, and those of templates and recipients of reports,
/// which no daemon uses.
int check(Invocation& run, bool json) {
  const ConfigOutcome read = read_config(run.config_file, run.environment);
  const Config& config = read.config;
  std::vector<Diagnostic> diagnostics = read.diagnostics;
  std::size_t policies = 0;
  if (!has_errors(diagnostics)) {
    if (const auto loaded = load_configured_policies(config, run.now(), diagnostics)) {
      policies = loaded->set.policies.size();
    }
    std::ranges::move(check_sources(config), std::back_inserter(diagnostics));
    (void)read_report_recipients(config.base / kReportRecipientsFile, diagnostics);
    (void)read_site_templates(config.base / kSiteTemplatesFolder, {}, diagnostics);
  }
  const bool good = !has_errors(diagnostics);
  if (json) {
    print_json(run, {{"ok", good},
                     {"file", config.file.string()},
                     {"sources", config.sources.size()},
                     {"policies", policies},
                     {"diagnostics", diagnostics_json(diagnostics)}});
  } else {
    print_diagnostics(run.out, diagnostics);
    run.out << (config.file.empty() ? std::string("built-in defaults")
                                    : printable(config.file.string()))
            << ": " << (good ? "good" : "has errors") << ", "
            << counted(static_cast<std::int64_t>(config.sources.size()), "source")
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
  if (path.empty()) {
    run.out << example_config();
    return code(ExitStatus::kOk);
  }
  if (auto made = create_file(run.environment.working_folder / path, 0666, example_config());
      !made) {
    return fail_with(run, made.error());
  }
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
      "Prints each fault with its place and a caret, then one line with the counts. Templates of\n"
      "reports (report-templates beside the configuration) are read, too.",
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
