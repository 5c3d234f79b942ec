#include "daemon/pipeline/source_gap.h"

#include <algorithm>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "storage/records/own_records.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kCycles = 2;

/// By source: since when there was something to read in the gap that was told last.
using ToldGaps = std::map<std::string, std::int64_t>;

/// A cursor that cannot be read says of nothing that it was told.
ToldGaps told_gaps(const std::string& cursor) {
  ToldGaps told;
  const nlohmann::json json = nlohmann::json::parse(cursor, nullptr, false);
  if (!json.is_object() || !json.contains("gaps") || !json["gaps"].is_object()) return told;
  for (const auto& [source, since] : json["gaps"].items()) {
    if (since.is_number_integer()) told[source] = since.get<std::int64_t>();
  }
  return told;
}

}  // namespace

Duration longest_silence(const SourceConfig& config) {
  const Duration cycle = std::max(config.poll_every, config.contract->bucket);
  return {kCycles * cycle.us + config.poll_jitter.us};
}

std::optional<Page> page_of_gap(const std::string& cursor, const SourceGap& gap,
                                const std::set<std::string>& sources) {
  ToldGaps told = told_gaps(cursor);
  const auto known = told.find(gap.source);
  if (known != told.end() && known->second == gap.since.us) return std::nullopt;
  std::erase_if(told, [&sources](const auto& one) { return !sources.contains(one.first); });
  told[gap.source] = gap.since.us;
  Page page;
  page.source = kOwnSource;
  page.kind = RecordKind::kAudit;
  page.records = {gap_of_source(gap.source, gap.since, gap.noticed, gap.why)};
  page.cursor = nlohmann::json{{"gaps", told}}.dump();
  return page;
}

}  // namespace tidewaiter
