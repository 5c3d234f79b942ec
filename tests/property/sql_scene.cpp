#include "tests/property/sql_scene.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "tests/property/random_log.h"
#include "tests/property/random_policies.h"

namespace tidewaiter {

std::vector<FieldId> sql_columns() {
  std::vector<FieldId> all;
  for (std::size_t i = 0; i < fields().size(); ++i) {
    if (fields()[i].type != ValueType::kStringList) all.push_back(static_cast<FieldId>(i));
  }
  return all;
}

SqlScene random_sql_scene(std::uint64_t seed, bool statistics) {
  Random random(seed);
  LogShape shape{20, 120};
  shape.statistics = statistics;
  OneSetLog log = one_set_log(random, shape);
  SqlScene scene{std::move(log.set), {}, {}};
  std::set<std::pair<std::string, RecordKind>> sources;
  Interval all{{std::numeric_limits<std::int64_t>::max()},
               {std::numeric_limits<std::int64_t>::min()}};
  for (LogEntry& entry : log.entries) {
    const auto* record = std::get_if<Record>(&entry.body);
    if (record == nullptr) continue;
    if (entry.replaces) scene.last.erase(entry.replaces->seq);
    scene.last.emplace(entry.seq, *record);
    sources.emplace(record->source, record->kind);
    all.from = std::min(all.from, record->time);
    all.to = std::max(all.to, record->end());
    scene.entries.push_back(std::move(entry));
  }
  std::int64_t seq = log.entries.empty() ? 0 : log.entries.back().seq;
  for (const auto& [source, kind] : sources) {
    LogEntry entry;
    entry.seq = ++seq;
    entry.body = Control{SourceDrained{
        source, kind, {all.from - Duration{40 * kDay.us}, all.to + Duration{40 * kDay.us}}}};
    scene.entries.push_back(std::move(entry));
  }
  return scene;
}

}  // namespace tidewaiter
