#include "daemon/cli/source_text.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/cli/finding_text.h"
#include "daemon/sources/contract/contract_cursor.h"

namespace tidewaiter {

namespace {

TextTable::Cell state_cell(const SourceView& view) {
  if (view.stop) return {"stopped", Tone::kBad};
  if (view.state.idle) return {"idle", Tone::kWarning};
  return {""};
}

TextTable source_table(std::span<const SourceView> sources) {
  TextTable table({{.header = "SOURCE"},
                   {.header = "KIND"},
                   {.header = "RECORDS OF"},
                   {.header = "PATH", .folds = true},
                   {.header = "STORED", .right = true},
                   {.header = "QUARANTINED", .right = true},
                   {.header = "COVERED (UTC)", .folds = true},
                   {.header = "STATE"}});
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
         {state.covered ? interval_text(*state.covered) : "nothing yet"},
         state_cell(view)});
  }
  return table;
}

std::string idle_text(const SourceView& view, const Terminal& terminal) {
  constexpr int kIndent = 6;
  const std::string text =
      printable(view.name) + ": silent for longer than its `idle` limit; what is judged from " +
      format_time(view.state.covered->to) + " on lacks whatever it may still have";
  return painted("idle", Tone::kWarning, terminal) + "  " +
         wrapped(text, terminal.width, kIndent, kIndent) + "\n";
}

/// Where pulls of a source have ended in the midst of a window: by endpoint, in their order.
std::vector<std::pair<std::string, FeedState>> cut_windows(const SourceView& view) {
  std::vector<std::pair<std::string, FeedState>> cut;
  if (view.config == nullptr || !view.config->contract || view.state.cursor.empty()) return cut;
  const Result<ContractCursor> cursor = contract_cursor_from_text(view.state.cursor);
  if (!cursor) return cut;  // the source's next pull says so
  for (const auto& [name, feed] : cursor->feeds) {
    if (feed.window && feed.cuts > 0) cut.emplace_back(name, feed);
  }
  return cut;
}

std::string cut_text(const SourceView& view, const std::string& endpoint, const FeedState& feed,
                     const Terminal& terminal) {
  constexpr int kIndent = 6;
  const std::string text = printable(view.name) + ": " + printable(endpoint) + " from " +
                           interval_text(*feed.window) + " has more than " + grouped(feed.page) +
                           " pages, and " +
                           (feed.cuts == 1 ? "a pull" : grouped(feed.cuts) + " pulls") +
                           " ended in it; the next one reads on, and nothing is covered from there";
  return painted("long", Tone::kWarning, terminal) + "  " +
         wrapped(text, terminal.width, kIndent, kIndent) + "\n";
}

nlohmann::ordered_json cut_json(const SourceView& view) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const auto& [endpoint, feed] : cut_windows(view)) {
    out.push_back({{"endpoint", endpoint},
                   {"from", format_time(feed.window->from)},
                   {"to", format_time(feed.window->to)},
                   {"pages", feed.page},
                   {"pulls", feed.cuts}});
  }
  return out;
}

}  // namespace

std::vector<SourceView> source_views(const Config& config, std::span<const SourceState> states,
                                     std::span<const SourceStop> stops) {
  std::vector<SourceView> views;
  for (const SourceConfig& source : config.sources) views.push_back({source.name, &source, {}});
  for (const SourceState& state : states) {
    const auto view = std::ranges::find(views, state.source, &SourceView::name);
    if (view == views.end()) {
      views.push_back({state.source, nullptr, state});
    } else {
      view->state = state;
    }
  }
  for (SourceView& view : views) {
    const auto stop = std::ranges::find(stops, view.name, &SourceStop::source);
    if (stop != stops.end()) view.stop = *stop;
  }
  return views;
}

std::string sources_text(std::span<const SourceView> sources, const Terminal& terminal) {
  if (sources.empty()) return "no sources are configured\n";
  std::string out = source_table(sources).render(terminal);
  for (const SourceView& view : sources) {
    if (view.state.idle && view.config != nullptr) out += idle_text(view, terminal);
    for (const auto& [endpoint, feed] : cut_windows(view)) {
      out += cut_text(view, endpoint, feed, terminal);
    }
    if (!view.stop) continue;
    out += painted("stopped", Tone::kBad, terminal) + "  " +
           wrapped(printable(view.name) + ": failed on " + format_time(view.stop->at) + " (" +
                       printable(view.stop->error) + "), and nothing has come from it since; " +
                       "`tidewaiter source check` tells why",
                   terminal.width, 9, 9) +
           "\n";
  }
  return out;
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
    item["idle"] = state.idle;
    item["cut_short"] = cut_json(view);
    item["stopped"] = nullptr;
    if (view.stop) {
      item["stopped"] = {{"at", format_time(view.stop->at)}, {"error", view.stop->error}};
    }
    out.push_back(std::move(item));
  }
  return out;
}

}  // namespace tidewaiter
