#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/source_look.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

struct CheckOptions {
  std::vector<std::string> names;
  bool json = false;
};

Result<std::vector<std::string>> check_one(const SourceToLookAt& source, const Invocation& run) {
  const Result<std::unique_ptr<Connector>> connector = connector_to_look_with(*source.config, run);
  if (!connector) return tl::unexpected(connector.error());
  return (*connector)->check(source.cursor, run.now());
}

int check(Invocation& run, const CheckOptions& options) {
  const std::optional<Config> config = configuration(run);
  if (!config) return code(ExitStatus::kConfiguration);
  const auto sources = sources_to_look_at(*config, options.names);
  if (!sources) return fail_with(run, sources.error());
  bool all_work = true;
  nlohmann::ordered_json document = nlohmann::ordered_json::array();
  for (const SourceToLookAt& source : *sources) {
    const std::string& name = source.config->name;
    const Result<std::vector<std::string>> lines = check_one(source, run);
    all_work = all_work && lines.has_value();
    if (options.json) {
      document.push_back({{"name", name},
                          {"works", lines.has_value()},
                          {"lines", lines ? *lines : std::vector<std::string>{}},
                          {"error", lines ? nlohmann::ordered_json(nullptr)
                                          : nlohmann::ordered_json(to_text(lines.error()))}});
      continue;
    }
    run.out << painted(name, Tone::kStrong, run.terminal) << "  "
            << painted(lines ? "works" : "does not work", lines ? Tone::kGood : Tone::kBad,
                       run.terminal)
            << '\n';
    if (!lines) run.out << "  " << printable(to_text(lines.error())) << '\n';
    for (const std::string& line : lines ? *lines : std::vector<std::string>{}) {
      run.out << "  " << printable(line) << '\n';
    }
  }
  if (options.json) print_json(run, {{"sources", document}});
  if (!options.json && sources->empty()) run.out << "no sources are configured\n";
  return code(all_work ? ExitStatus::kOk : ExitStatus::kCheckFailed);
}

}  // namespace

void add_source_check(CLI::App& source, Selection& selection) {
  CLI::App* verb = add_verb(source, "check", "looks once at each source, changing nothing",
                            "Prints what works and what does not. Exit status 1 if a source does "
                            "not work.",
                            "  tidewaiter source check gateway");
  auto options = std::make_shared<CheckOptions>();
  verb->add_option("name", options->names, "Sources; all of them by default")->type_name("NAME");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return check(run, *options); };
  });
}

}  // namespace tidewaiter
