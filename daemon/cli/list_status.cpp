#include <algorithm>
#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/configured_lists.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

struct ListStatusOptions {
  std::vector<std::string> names;
  bool json = false;
};

Tone tone_of(ListFreshness state) {
  return state == ListFreshness::kFresh ? Tone::kGood : Tone::kBad;
}

void print_standings(Invocation& run, const std::vector<ConfiguredList>& lists, UtcTime now) {
  TextTable table({{"LIST"},
                   {"STANDING"},
                   {"ENTRIES", true},
                   {"NAMES", true},
                   {"UNREADABLE", true},
                   {"RETRIEVED"},
                   {"CONFIRMED"},
                   {"ISSUE"},
                   {"FORMAT", false, true}});
  for (const ConfiguredList& list : lists) {
    const ListFreshness state = freshness(list.source, list.standing, now);
    std::vector<TextTable::Cell> row = {{list.source.name},
                                        {std::string(freshness_name(state)), tone_of(state)}};
    if (const auto& issue = list.standing.issue) {
      row.insert(row.end(), {{grouped(issue->entries)},
                             {grouped(issue->names)},
                             {grouped(issue->faults)},
                             {format_time(align_down(issue->retrieved, kSecond))},
                             {format_time(align_down(*list.standing.checked, kSecond))},
                             {issue->id.substr(0, 12)},
                             {issue->format}});
    } else {
      row.insert(row.end(), 7, {"–"});
    }
    table.add_row(std::move(row));
  }
  run.out << table.render(run.terminal);
  for (const ConfiguredList& list : lists) {
    if (!list.standing.problem) continue;
    run.out << list.source.name << ": the attempt at "
            << format_time(align_down(list.standing.problem->at, kSecond))
            << " brought nothing: " << printable(list.standing.problem->message) << '\n';
  }
}

int show_status(Invocation& run, const ListStatusOptions& options) {
  const std::optional<Config> config = configuration(run);
  if (!config) return code(ExitStatus::kConfiguration);
  const auto lists = configured_lists(*config, options.names);
  if (!lists) return fail_with(run, lists.error());
  const UtcTime now = run.now();
  if (options.json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const ConfiguredList& list : *lists) all.push_back(list_standing_json(list, now));
    print_json(run, {{"lists", std::move(all)}});
  } else {
    print_standings(run, *lists, now);
  }
  const bool all_fresh = std::ranges::all_of(*lists, [now](const ConfiguredList& list) {
    return freshness(list.source, list.standing, now) == ListFreshness::kFresh;
  });
  return code(all_fresh ? ExitStatus::kOk : ExitStatus::kCheckFailed);
}

}  // namespace

void add_list_status(CLI::App& list, Selection& selection) {
  CLI::App* verb = add_verb(list, "status",
                            "says which issue of each configured list is held, and how old it is",
                            "Prints one row a list: whether its publisher has confirmed it within "
                            "`stale_after`, what it\n"
                            "holds, when it came, and why the last attempt brought nothing, if it "
                            "did. Exit status 1 if a\n"
                            "list is stale or missing.",
                            "  tidewaiter list status\n"
                            "  tidewaiter list status un --json | jq -r '.lists[0].issue.file'");
  auto options = std::make_shared<ListStatusOptions>();
  verb->add_option("name", options->names, "Only these lists")->type_name("NAME");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return show_status(run, *options); };
  });
}

}  // namespace tidewaiter
