#include "daemon/cli/records_views.h"

#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/acts.h"
#include "daemon/cli/case_text.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

struct ViewOptions {
  std::int64_t limit = 50;
  bool json = false;
};

/// A view of evidence, and at what it was.
struct ToldView {
  RecordedAct act;
  std::string at;        ///< in words; empty: all that the case's findings name
  bool missing = false;  ///< there are words, which are erased, or not on this machine
};

Result<std::vector<ToldView>> views_of(const Stores& stores) {
  Result<std::vector<RecordedAct>> acts = recorded_acts(*stores.ledger);
  if (!acts) return tl::unexpected(acts.error());
  std::vector<ToldView> all;
  for (RecordedAct& act : *acts) {
    if (!std::holds_alternative<EvidenceViewed>(act.act.act.body)) continue;
    const auto words = confidential_of(stores.paths.folder, act.act.act);
    if (!words) return tl::unexpected(words.error());
    ToldView& view = all.emplace_back();
    view.missing = act.act.act.confidential && !*words;
    if (*words && (*words)->contains("looked_at")) view.at = (*words)->at("looked_at");
    view.act = std::move(act);
  }
  return all;
}

std::string at_text(const ToldView& view) {
  if (view.missing) return "erased, or not on this machine";
  return view.at.empty() ? "all that its findings name" : view.at;
}

nlohmann::ordered_json view_json(const ToldView& view) {
  const Act& act = view.act.act.act;
  const auto& viewed = std::get<EvidenceViewed>(act.body);
  nlohmann::ordered_json one = {{"entry", view.act.index},
                                {"recorded", format_time(view.act.recorded)},
                                {"by", act.by},
                                {"at", format_time(act.at)},
                                {"case", nullptr},
                                {"findings", viewed.findings},
                                {"records", nullptr},
                                {"looked_at", nullptr},
                                {"words_missing", view.missing}};
  if (!viewed.records) one["case"] = act.case_id;
  if (viewed.records) one["records"] = *viewed.records;
  if (!view.at.empty()) one["looked_at"] = view.at;
  return one;
}

void print_views(Invocation& run, std::span<const ToldView> shown, std::size_t earlier) {
  TextTable table(
      {{"entry", true}, {"recorded"}, {"who"}, {"case"}, {"at what", false, false, true}});
  for (const ToldView& view : shown) {
    const Act& act = view.act.act.act;
    table.add_row({{std::to_string(view.act.index)},
                   {format_time(view.act.recorded)},
                   {act.by},
                   {is_view_of_records(act) ? "none" : act.case_id},
                   {at_text(view)}});
  }
  if (table.empty()) {
    run.out << "nobody has looked at evidence\n";
    return;
  }
  run.out << table.render(run.terminal);
  if (earlier > 0) {
    run.out << "and " << counted(static_cast<std::int64_t>(earlier), "earlier one", "earlier ones")
            << ": --limit 0 shows them\n";
  }
}

int list_views(Invocation& run, const ViewOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const Result<std::vector<ToldView>> views = views_of(*stores);
  if (!views) return fail_with(run, views.error());
  const auto limit = static_cast<std::size_t>(options.limit);
  const std::size_t earlier =
      limit > 0 && views->size() > limit ? views->size() - limit : std::size_t{0};
  const auto shown = std::span(*views).subspan(earlier);
  if (!options.json) {
    print_views(run, shown, earlier);
    return code(ExitStatus::kOk);
  }
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ToldView& view : shown) list.push_back(view_json(view));
  print_json(run, {{"views", list}, {"more", earlier > 0}});
  return code(ExitStatus::kOk);
}

}  // namespace

void add_records_views(CLI::App& records, Selection& selection) {
  CLI::App* verb = add_verb(
      records, "views", "lists who has looked at evidence, and at what",
      "Prints a row for each view of stored records: its entry of the ledger, when it was "
      "recorded,\n"
      "who looked, the case that it was about, and at what: a finding, records by their numbers, "
      "a\n"
      "subject by a policy. The last 50, in order; a viewer is not shown it.",
      "  tidewaiter records views\n"
      "  tidewaiter records views --limit 0 --json | jq '.views[] | select(.by == \"jo-ng\")'");
  auto options = std::make_shared<ViewOptions>();
  add_number(*verb, "--limit", options->limit, 0, "How many to show, the last ones; 0 shows all");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return list_views(run, *options); };
  });
}

}  // namespace tidewaiter
