#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/verbs.h"
#include "daemon/sources/connector.h"
#include "storage/files/durable_file.h"
#include "storage/records/record_log.h"

namespace tidewaiter {
namespace {

struct CheckOptions {
  std::vector<std::string> names;
  bool json = false;
};

/// Where the last pull of each source left off; none are known before there is a record log.
Result<std::vector<SourceState>> pulled(const Config& config) {
  const std::filesystem::path path = state_paths(config).records;
  const Result<bool> there = is_there(path);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return std::vector<SourceState>{};
  const auto records = RecordLog::open(path, RecordLog::Mode::kReadOnly);
  if (!records) return tl::unexpected(records.error());
  return (*records)->sources();
}

Result<std::vector<std::string>> check_one(const SourceConfig& config,
                                           const std::vector<SourceState>& states,
                                           const Invocation& run) {
  SourceServices services;
  services.variables = run.environment.variables;
  services.now = run.now;
  Result<std::unique_ptr<Connector>> connector = make_connector(config, services);
  if (!connector) return tl::unexpected(connector.error());
  const auto state = std::find_if(states.begin(), states.end(), [&config](const SourceState& s) {
    return s.source == config.name;
  });
  return (*connector)->check(state == states.end() ? std::string() : state->cursor, run.now());
}

/// The configured sources that were asked for; an error names the first that is not configured.
Result<std::vector<const SourceConfig*>> chosen(const Config& config,
                                                const std::vector<std::string>& names) {
  std::vector<const SourceConfig*> sources;
  for (const std::string& name : names) {
    const auto found = std::find_if(config.sources.begin(), config.sources.end(),
                                    [&name](const SourceConfig& s) { return s.name == name; });
    if (found == config.sources.end()) {
      return fail(ErrorCode::kNotFound,
                  "no source `" + name + "` is configured: `tidewaiter source list` shows them");
    }
    sources.push_back(&*found);
  }
  if (names.empty()) {
    for (const SourceConfig& source : config.sources) sources.push_back(&source);
  }
  return sources;
}

int check(Invocation& run, const CheckOptions& options) {
  const std::optional<Config> config = configuration(run);
  if (!config) return code(ExitStatus::kConfiguration);
  const auto sources = chosen(*config, options.names);
  if (!sources) return fail_with(run, sources.error());
  const auto states = pulled(*config);
  if (!states) return fail_with(run, states.error());
  bool all_work = true;
  nlohmann::ordered_json document = nlohmann::ordered_json::array();
  for (const SourceConfig* source : *sources) {
    const Result<std::vector<std::string>> lines = check_one(*source, *states, run);
    all_work = all_work && lines.has_value();
    if (options.json) {
      document.push_back({{"name", source->name},
                          {"works", lines.has_value()},
                          {"lines", lines ? *lines : std::vector<std::string>{}},
                          {"error", lines ? nlohmann::ordered_json(nullptr)
                                          : nlohmann::ordered_json(to_text(lines.error()))}});
      continue;
    }
    run.out << painted(source->name, Tone::kStrong, run.terminal) << "  "
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
