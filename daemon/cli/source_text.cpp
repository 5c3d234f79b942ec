#include "daemon/cli/source_text.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "daemon/cli/finding_text.h"

namespace tidewaiter {

std::vector<SourceView> source_views(const Config& config, std::span<const SourceState> states) {
  std::vector<SourceView> views;
  for (const SourceConfig& source : config.sources) {
    SourceView view{source.name, &source, {}};
    const auto state = std::find_if(states.begin(), states.end(), [&source](const SourceState& s) {
      return s.source == source.name;
    });
    if (state != states.end()) view.state = *state;
    views.push_back(std::move(view));
  }
  for (const SourceState& state : states) {
    const bool known = std::any_of(views.begin(), views.end(), [&state](const SourceView& view) {
      return view.name == state.source;
    });
    if (!known) views.push_back({state.source, nullptr, state});
  }
  return views;
}

TextTable source_table(std::span<const SourceView> sources) {
  TextTable table({{.header = "SOURCE"},
                   {.header = "KIND"},
                   {.header = "RECORDS OF"},
                   {.header = "PATH", .shrinks = true},
                   {.header = "STORED", .right = true},
                   {.header = "QUARANTINED", .right = true},
                   {.header = "COVERED (UTC)"}});
  for (const SourceView& view : sources) {
    const SourceConfig* config = view.config;
    const SourceState& state = view.state;
    table.add_row(
        {{view.name},
         {config == nullptr ? "not configured" : config->kind,
          config == nullptr ? Tone::kWarning : Tone::kPlain},
         {config == nullptr ? "" : std::string(kind_name(config->record))},
         {config == nullptr ? "" : config->path},
         {grouped(state.records)},
         {grouped(state.quarantined), state.quarantined > 0 ? Tone::kWarning : Tone::kPlain},
         {state.covered ? interval_text(*state.covered) : "nothing yet"}});
  }
  return table;
}

nlohmann::ordered_json source_json(std::span<const SourceView> sources) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const SourceView& view : sources) {
    nlohmann::ordered_json item = {{"name", view.name}, {"configured", view.config != nullptr}};
    if (view.config != nullptr) {
      item["kind"] = view.config->kind;
      item["record"] = kind_name(view.config->record);
      item["path"] = view.config->path;
      item["poll_every"] = format_duration(view.config->poll_every);
    }
    const SourceState& state = view.state;
    item["records"] = state.records;
    item["quarantined"] = state.quarantined;
    item["covered"] = nullptr;
    if (state.covered) {
      item["covered"] = {{"from", format_time(state.covered->from)},
                         {"to", format_time(state.covered->to)}};
    }
    item["last_page"] = nullptr;
    if (state.last_page) item["last_page"] = format_time(*state.last_page);
    out.push_back(std::move(item));
  }
  return out;
}

}  // namespace tidewaiter
