#include "daemon/lists/list_sync.h"

#include <array>
#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/state.h"
#include "daemon/cli/configured_lists.h"
#include "daemon/cli/interrupt.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

struct ListSyncOptions {
  std::vector<std::string> names;
  bool accept = false;
  bool json = false;
};

struct SyncedList {
  ConfiguredList list;
  SyncReport report;
};

std::string_view outcome_name(SyncOutcome outcome) {
  static constexpr std::array<std::string_view, 3> kNames = {"new", "unchanged", "held"};
  return kNames[static_cast<std::size_t>(outcome)];
}

nlohmann::ordered_json synced_json(const SyncedList& synced, UtcTime now) {
  nlohmann::ordered_json out = list_standing_json(synced.list, now);
  out["outcome"] = outcome_name(synced.report.outcome);
  out["added"] = synced.report.added;
  out["removed"] = synced.report.removed;
  out["changed"] = synced.report.changed;
  return out;
}

void print_synced(Invocation& run, const std::vector<SyncedList>& all) {
  TextTable table({{"LIST"},
                   {"OUTCOME"},
                   {"ENTRIES", true},
                   {"ADDED", true},
                   {"REMOVED", true},
                   {"CHANGED", true},
                   {"UNREADABLE", true},
                   {"ISSUE"}});
  for (const SyncedList& synced : all) {
    const auto& issue = synced.list.standing.issue;
    const SyncReport& report = synced.report;
    const bool is_new = report.outcome == SyncOutcome::kNew;
    const auto figure = [](bool is_there, std::int64_t number) {
      return TextTable::Cell{is_there ? grouped(number) : "–"};
    };
    table.add_row({{synced.list.source.name},
                   {std::string(outcome_name(report.outcome)),
                    report.outcome == SyncOutcome::kHeld ? Tone::kBad : Tone::kGood},
                   figure(issue.has_value(), issue ? issue->entries : 0),
                   figure(is_new, report.added),
                   figure(is_new, report.removed),
                   figure(is_new, report.changed),
                   figure(issue.has_value(), issue ? issue->faults : 0),
                   {issue ? issue->id.substr(0, 12) : "–"}});
  }
  run.out << table.render(run.terminal);
}

/// Why nothing came, and what holds meanwhile.
void tell_held(Invocation& run, const ConfiguredList& list) {
  run.err << list.source.name << ": " << printable(list.standing.problem->message) << "; ";
  if (list.standing.checked) {
    run.err << "the issue that was confirmed at "
            << format_time(align_down(*list.standing.checked, kSecond)) << " goes on holding\n";
  } else {
    run.err << "there is no issue of it\n";
  }
}

int sync_lists(Invocation& run, const ListSyncOptions& options) {
  const std::optional<Config> config = configuration(run);
  if (!config) return code(ExitStatus::kConfiguration);
  auto lists = configured_lists(*config, options.names);
  if (!lists) return fail_with(run, lists.error());
  if (auto made = make_state_folder(config->state); !made) return fail_with(run, made.error());
  const Interrupt interrupt;
  ProgressLine progress(run.err, run.terminal);
  const auto http = make_curl_client(kListLimits);
  std::vector<SyncedList> all;
  bool any_held = false;
  for (ConfiguredList& list : *lists) {
    progress.show("fetching " + list.source.name);
    auto report = sync_list(list.source, list.folder.path(), *http, run.now(), options.accept,
                            interrupt.token());
    progress.clear();
    if (!report) return fail_with(run, report.error());
    list.standing = report->standing;
    if (report->outcome == SyncOutcome::kHeld) {
      any_held = true;
      tell_held(run, list);
    }
    all.push_back({std::move(list), *std::move(report)});
  }
  if (options.json) {
    nlohmann::ordered_json told = nlohmann::ordered_json::array();
    for (const SyncedList& synced : all) told.push_back(synced_json(synced, run.now()));
    print_json(run, {{"lists", std::move(told)}});
  } else {
    print_synced(run, all);
  }
  return code(any_held ? ExitStatus::kUnavailable : ExitStatus::kOk);
}

}  // namespace

void add_list_sync(CLI::App& list, Selection& selection) {
  CLI::App* verb = add_verb(
      list, "sync", "fetches the configured lists, where their publishers have new issues",
      "Prints one row a list: whether a new issue came, the publisher confirmed the one that is\n"
      "held, or nothing usable came and what was held goes on holding; and which entries an issue\n"
      "has more, has no more, or has with other values than the one before it. An issue is taken\n"
      "if it can be read, has an entry, and has not lost more entries or names than the list's\n"
      "`most_loss`. `tidewaiter screen` looks in these lists where it is told no other. Exit "
      "status\n"
      "5 if a list is held.",
      "  tidewaiter list sync\n"
      "  tidewaiter list sync un ofac-sdn --json\n"
      "  tidewaiter list sync un --accept");
  auto options = std::make_shared<ListSyncOptions>();
  verb->add_option("name", options->names, "Only these lists")->type_name("NAME");
  verb->add_flag("--accept", options->accept,
                 "Take issues that have lost more than `most_loss` allows");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return sync_lists(run, *options); };
  });
}

}  // namespace tidewaiter
