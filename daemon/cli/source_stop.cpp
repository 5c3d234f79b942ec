#include "daemon/cli/source_stop.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <nlohmann/json.hpp>

#include "policies/model/json_member.h"

namespace tidewaiter {
namespace {

/// The stop that an entry tells of; nothing for other entries.
std::optional<SourceStop> read_stop(const std::string& bytes) {
  // Most entries are steps: the text is looked at before it is parsed.
  if (bytes.find("source-stopped") == std::string::npos) return std::nullopt;
  const auto entry = nlohmann::json::parse(bytes, nullptr, false);
  if (text_member(entry, "typ") != "config.changed" ||
      text_member(entry, "change") != "source-stopped") {
    return std::nullopt;
  }
  const Result<UtcTime> at = parse_time(text_member(entry, "ts").value_or(""));
  if (!at) return std::nullopt;
  return SourceStop{text_member(entry, "source").value_or(""), *at,
                    text_member(entry, "error").value_or("")};
}

}  // namespace

Result<std::vector<SourceStop>> source_stops(const Ledger& ledger,
                                             std::span<const SourceState> sources) {
  std::map<std::string, UtcTime> last_page;
  for (const SourceState& state : sources) {
    if (state.last_page) last_page[state.source] = *state.last_page;
  }
  const Result<TreeHead> head = ledger.head();
  if (!head) return tl::unexpected(head.error());
  std::set<std::string> seen;
  std::vector<SourceStop> stops;
  for (std::int64_t index = head->size; index-- > 0;) {
    const Result<std::string> bytes = ledger.entry(index);
    if (!bytes) return tl::unexpected(bytes.error());
    std::optional<SourceStop> stop = read_stop(*bytes);
    if (!stop || !seen.insert(stop->source).second) continue;
    const auto page = last_page.find(stop->source);
    if (page == last_page.end() || page->second <= stop->at) stops.push_back(std::move(*stop));
  }
  std::ranges::sort(stops, {}, &SourceStop::source);
  return stops;
}

}  // namespace tidewaiter
