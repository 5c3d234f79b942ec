#include "daemon/cli/source_text.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/cli/finding_text.h"
#include "daemon/sources/contract/contract_check.h"
#include "daemon/sources/contract/contract_cursor.h"
#include "storage/records/own_records.h"

namespace tidewaiter {

namespace {

/// How long before its end a key's is a warning.
constexpr Duration kKeyToldAhead{14 * kDay.us};

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

/// A warning below the table, by its word.
std::string warning(std::string_view word, Tone tone, const std::string& text,
                    const Terminal& terminal) {
  const std::size_t indent = word.size() + 2;
  return painted(word, tone, terminal) + "  " + wrapped(text, terminal.width, indent, indent) +
         "\n";
}

std::string idle_text(const SourceView& view, const Terminal& terminal) {
  const std::string text =
      printable(view.name) + ": silent for longer than its `idle` limit; what is judged from " +
      format_time(view.state.covered->to) + " on lacks whatever it may still have";
  return warning("idle", Tone::kWarning, text, terminal);
}

/// What the last page of a source over HTTP left; of others, and of one whose cursor cannot be
/// read, which the next pull says, that of none.
ContractCursor cursor_of(const SourceView& view) {
  if (view.config == nullptr || !view.config->contract || view.state.cursor.empty()) return {};
  return contract_cursor_from_text(view.state.cursor).value_or(ContractCursor{});
}

/// Which endpoints are asked without keys, up to when.
std::string narrow_texts(const SourceView& view, const ContractCursor& cursor,
                         const Terminal& terminal) {
  std::string out;
  for (const auto& [name, feed] : cursor.feeds) {
    if (!feed.narrow_to) continue;
    out += warning("narrow", Tone::kWarning,
                   printable(view.name) + ": " + printable(name) + " has no keys before " +
                       format_time(*feed.narrow_to) + ", for the server refuses to group by them",
                   terminal);
  }
  return out;
}

/// When the key that the source brings expires, if that is known.
std::string key_text(const SourceView& view, const KeyStanding& key, UtcTime now,
                     const Terminal& terminal) {
  const std::string told = told_key(key, now);
  if (told.empty()) return {};
  const Tone tone = *key.expires <= now                   ? Tone::kBad
                    : *key.expires <= now + kKeyToldAhead ? Tone::kWarning
                                                          : Tone::kPlain;
  return warning("key", tone, printable(view.name) + ": " + printable(told), terminal);
}

nlohmann::ordered_json key_json(const KeyStanding& key) {
  if (key.last_four.empty()) return nullptr;
  nlohmann::ordered_json out = {
      {"last_four", key.last_four}, {"id", nullptr}, {"expires", nullptr}};
  if (!key.id.empty()) out["id"] = key.id;
  if (key.expires) out["expires"] = format_time(*key.expires);
  return out;
}

nlohmann::ordered_json narrow_json(const ContractCursor& cursor) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const auto& [name, feed] : cursor.feeds) {
    if (feed.narrow_to) out.push_back({{"endpoint", name}, {"to", format_time(*feed.narrow_to)}});
  }
  return out;
}

/// Where pulls of a source have ended in the midst of a window: by endpoint, in their order.
std::vector<std::pair<std::string, FeedState>> cut_windows(const ContractCursor& cursor) {
  std::vector<std::pair<std::string, FeedState>> cut;
  for (const auto& [name, feed] : cursor.feeds) {
    if (feed.window && feed.cuts > 0) cut.emplace_back(name, feed);
  }
  return cut;
}

std::string cut_text(const SourceView& view, const std::string& endpoint, const FeedState& feed,
                     const Terminal& terminal) {
  const std::string text = printable(view.name) + ": " + printable(endpoint) + " from " +
                           interval_text(*feed.window) + " has more than " + grouped(feed.page) +
                           " pages, and " +
                           (feed.cuts == 1 ? "a pull" : grouped(feed.cuts) + " pulls") +
                           " ended in it; the next one reads on, and nothing is covered from there";
  return warning("long", Tone::kWarning, text, terminal);
}

nlohmann::ordered_json cut_json(const ContractCursor& cursor) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const auto& [endpoint, feed] : cut_windows(cursor)) {
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
    if (state.source == kOwnSource) continue;  // nobody configures it
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

std::string sources_text(std::span<const SourceView> sources, UtcTime now,
                         const Terminal& terminal) {
  if (sources.empty()) return "no sources are configured\n";
  std::string out = source_table(sources).render(terminal);
  for (const SourceView& view : sources) {
    if (view.state.idle && view.config != nullptr) out += idle_text(view, terminal);
    const ContractCursor cursor = cursor_of(view);
    for (const auto& [endpoint, feed] : cut_windows(cursor)) {
      out += cut_text(view, endpoint, feed, terminal);
    }
    out += narrow_texts(view, cursor, terminal);
    out += key_text(view, cursor.key, now, terminal);
    if (!view.stop) continue;
    out += warning("stopped", Tone::kBad,
                   printable(view.name) + ": failed on " + format_time(view.stop->at) + " (" +
                       printable(view.stop->error) + "), and nothing has come from it since; " +
                       "`tidewaiter source check` tells why",
                   terminal);
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
    const ContractCursor cursor = cursor_of(view);
    item["cut_short"] = cut_json(cursor);
    item["narrow"] = narrow_json(cursor);
    item["key"] = key_json(cursor.key);
    item["stopped"] = nullptr;
    if (view.stop) {
      item["stopped"] = {{"at", format_time(view.stop->at)}, {"error", view.stop->error}};
    }
    out.push_back(std::move(item));
  }
  return out;
}

}  // namespace tidewaiter
