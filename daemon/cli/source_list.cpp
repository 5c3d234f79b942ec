#include <filesystem>
#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/source_text.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

int list(Invocation& run, bool json) {
  const std::optional<Config> config = configuration(run);
  if (!config) return code(ExitStatus::kConfiguration);
  std::vector<SourceState> states;
  const std::filesystem::path database = state_paths(*config).records;
  if (std::filesystem::exists(database)) {
    const auto records = RecordLog::open(database, RecordLog::Mode::kReadOnly);
    if (!records) return fail_with(run, records.error());
    Result<std::vector<SourceState>> known = (*records)->sources();
    if (!known) return fail_with(run, known.error());
    states = std::move(*known);
  }
  const std::vector<SourceView> views = source_views(*config, states);
  if (json) {
    print_json(run, {{"sources", source_json(views)}});
  } else if (views.empty()) {
    run.out << "no sources are configured: see `sources:` in docs/configuration.md\n";
  } else {
    run.out << source_table(views).render(run.terminal);
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_source_list(CLI::App& source, Selection& selection) {
  CLI::App* verb = add_verb(source, "list", "lists the sources and what is stored of each",
                            "Prints one row a source: what it is, how many records are stored or\n"
                            "quarantined, and the event time that it has covered.",
                            "  tidewaiter source list");
  auto json = std::make_shared<bool>(false);
  add_json_flag(*verb, *json);
  verb->callback([json, &selection] {
    selection.command = [json](Invocation& run) { return list(run, *json); };
  });
}

}  // namespace tidewaiter
