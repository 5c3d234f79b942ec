#include "policies/engine/reference_peers.h"

#include <algorithm>
#include <set>

#include "policies/engine/reference_policy.h"
#include "policies/engine/window_grid.h"
#include "policies/language/interpret.h"

namespace tidewaiter::reference {
namespace {

/// The latest inputs of some time: one, several that have one time, or none.
std::vector<const Input*> latest_of(const PeerRecord& record, const Interval& time) {
  std::vector<const Input*> latest;
  for (const Input* input : record.inputs) {
    const UtcTime at = input->record.time;
    if (at < time.from || at >= time.to) continue;
    if (!latest.empty() && at > latest.front()->record.time) latest.clear();
    if (latest.empty() || at == latest.front()->record.time) latest.push_back(input);
  }
  return latest;
}

/// What all of them say. Null where it is not known: one does not say, two differ.
Value group_of(const std::vector<const Input*>& latest, const Measure& measure) {
  std::set<Value> groups;
  for (const Input* input : latest) {
    const bool certain = input->truth == Truth::kTrue;
    groups.insert(certain ? interpret(*measure.group, {&input->record, {}, {}}) : Value());
  }
  return groups.size() == 1 ? *groups.begin() : Value();
}

std::map<std::int64_t, std::vector<const Input*>> by_window(const PeerRecord& record,
                                                            const WindowGrid& grid) {
  std::map<std::int64_t, std::vector<const Input*>> windows;
  for (const Input* input : record.inputs) {
    const std::int64_t last = grid.last_begun(input->record.time);
    for (std::int64_t k = last - grid.overlap() + 1; k <= last; ++k) windows[k].push_back(input);
  }
  return windows;
}

bool has_certain(const std::vector<const Input*>& inputs) {
  return std::any_of(inputs.begin(), inputs.end(),
                     [](const Input* input) { return input->truth == Truth::kTrue; });
}

}  // namespace

PeerRecords peer_records(const Policy& policy, const Inputs& inputs, const Coverage& coverage,
                         const ClusterSize& size_of) {
  PeerRecords records;
  if (std::none_of(policy.measures.begin(), policy.measures.end(), compares_peers)) return records;
  const WindowGrid grid(policy.window);
  for (const auto& [id, input] : inputs) records[input.subject].inputs.push_back(&input);
  for (auto& [subject, record] : records) {
    if (policy.linkage) record.accounts = size_of(subject);
    for (const auto& [k, held] : by_window(record, grid)) {
      const Interval span = grid.interval(k);
      if (!has_certain(held) || !coverage.closed(span)) continue;
      if (span.from < coverage.dropped_before()) continue;
      Past nothing;  // figures that are compared do not rest on a history
      nothing.window_end = span.to;
      nothing.histories.resize(policy.measures.size());
      Judgement judgement = judge(policy, held, span.to - span.from, true, nothing);
      if (judgement.certain) record.figures[k] = std::move(judgement.figures);
    }
  }
  return records;
}

PeerHistory peer_history(const Policy& policy, std::size_t m, const Subject& subject,
                         std::int64_t k, const PeerRecords& records) {
  const Measure& measure = policy.measures[m];
  const WindowGrid grid(policy.window);
  const std::int64_t count = windows_of(*measure.baseline, policy.window);
  const Interval before{grid.interval(k - count * grid.overlap()).from, grid.interval(k).from};
  PeerHistory history;
  const auto own = records.find(subject);
  if (own == records.end()) return history;
  const auto peer_of = [&](const PeerRecord& record) -> Value {
    // 1, 2 to 3, 4 to 7, …: as often as the number can be halved.
    std::int64_t band = 0;
    for (std::int64_t rest = record.accounts; rest > 1; rest /= 2) ++band;
    return measure.by_size_band ? Value(band) : group_of(latest_of(record, before), measure);
  };
  Value group = peer_of(own->second);
  if (!measure.by_size_band && latest_of(own->second, before).empty()) {
    history.by_window_alone = true;
    group = group_of(latest_of(own->second, grid.interval(k)), measure);
  }
  if (is_null(group)) return history;
  int peers = 0;
  for (const auto& [other, record] : records) {
    if (other == subject || peer_of(record) != group) continue;
    const std::size_t so_far = history.values.size();
    for (std::int64_t i = 1; i <= count; ++i) {
      const auto figures = record.figures.find(k - i * grid.overlap());
      if (figures == record.figures.end()) continue;
      const Value& value = figures->second[measure.baseline->measure].value;
      if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        history.values.push_back(static_cast<double>(*whole));
      } else if (const auto* real = std::get_if<double>(&value)) {
        history.values.push_back(*real);
      }
    }
    if (history.values.size() > so_far) ++peers;
  }
  if (peers < 3) history.values.clear();
  return history;
}

}  // namespace tidewaiter::reference
