#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/source_supply.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"
#include "policies/model/value.h"

namespace tidewaiter {
namespace {

struct FieldsOptions {
  std::vector<std::string> names;
  bool json = false;
};

nlohmann::ordered_json supply_json(const SourceSupply& supply) {
  nlohmann::ordered_json names = nullptr;
  if (supply.fields) {
    names = nlohmann::ordered_json::array();
    for (const FieldId id : *supply.fields) names.push_back(field(id).name);
  }
  return {{"name", supply.name}, {"record", kind_name(supply.record)}, {"fields", names}};
}

void print_supply(Invocation& run, const SourceSupply& supply) {
  run.out << painted(supply.name, Tone::kStrong, run.terminal) << "  " << kind_name(supply.record)
          << " records\n";
  if (!supply.fields) {
    run.out << "  any: its lines are in the native format, and `supplies` does not say which\n"
            << "  fields they have\n";
    return;
  }
  TextTable table({{.header = "FIELD"}, {.header = "TYPE"}, {.header = "MEANING", .folds = true}});
  for (const FieldId id : *supply.fields) {
    const Field& one = field(id);
    table.add_row(
        {{std::string(one.name)}, {std::string(type_name(one.type))}, {std::string(one.doc)}});
  }
  run.out << table.render(run.terminal);
}

int show_fields(Invocation& run, const FieldsOptions& options) {
  const std::optional<Config> config = configuration(run);
  if (!config) return code(ExitStatus::kConfiguration);
  std::vector<SourceSupply> supplies = source_supplies(*config);
  for (const std::string& name : options.names) {
    if (std::ranges::find(supplies, name, &SourceSupply::name) == supplies.end()) {
      return fail_with(
          run, ExitStatus::kUsage,
          "no source `" + name + "` is configured: `tidewaiter source list` shows them");
    }
  }
  if (!options.names.empty()) {
    std::erase_if(supplies, [&options](const SourceSupply& supply) {
      return std::ranges::find(options.names, supply.name) == options.names.end();
    });
  }
  nlohmann::ordered_json document = nlohmann::ordered_json::array();
  for (const SourceSupply& supply : supplies) {
    if (options.json) {
      document.push_back(supply_json(supply));
    } else {
      print_supply(run, supply);
    }
  }
  if (options.json) print_json(run, {{"sources", document}});
  if (!options.json && supplies.empty()) run.out << "no sources are configured\n";
  return code(ExitStatus::kOk);
}

}  // namespace

void add_source_fields(CLI::App& source, Selection& selection) {
  CLI::App* verb = add_verb(
      source, "fields", "lists the fields that a source's records may have",
      "Prints the fields beside `time`, `duration`, `requests` and `source`, which every record\n"
      "has. A policy that needs another field is not evaluable over the\n"
      "source. Reads the configuration alone.",
      "  tidewaiter source fields openai");
  auto options = std::make_shared<FieldsOptions>();
  verb->add_option("name", options->names, "Sources; all of them by default")->type_name("NAME");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return show_fields(run, *options); };
  });
}

}  // namespace tidewaiter
