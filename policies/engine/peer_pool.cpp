#include "policies/engine/peer_pool.h"

#include <algorithm>

namespace tidewaiter {

StatedGroup group_in(std::span<const Pane> panes, std::size_t list) {
  if (panes.empty()) return {};
  // A pane has an input, and each of them a mark.
  const std::vector<GroupMark>& marks = panes.back().groups[list];
  const GroupMark& latest = marks.back();
  const auto from = std::ranges::lower_bound(marks, latest.time, {}, &GroupMark::time);
  const bool told = std::all_of(from, marks.end(), [&latest](const GroupMark& mark) {
    return mark.told && mark.key == latest.key;
  });
  return {true, told ? std::optional(latest.key) : std::nullopt};
}

void PeerPool::add(std::int64_t group, const SubjectWindows& subject, double value) {
  Group& to = groups_[group];
  to.values.push_back(value);
  to.sorted = false;
  to.of[&subject].push_back(value);
  ++size_;
}

std::optional<Usual> PeerPool::usual_without(std::int64_t group, const SubjectWindows& subject) {
  const auto found = groups_.find(group);
  if (found == groups_.end()) return std::nullopt;
  Group& among = found->second;
  if (!among.sorted) std::ranges::sort(among.values);
  among.sorted = true;
  const auto own = among.of.find(&subject);
  const bool is_in = own != among.of.end();
  if (among.of.size() - (is_in ? 1 : 0) < kLeastPeers) return std::nullopt;
  std::vector<double> own_values;
  if (is_in) own_values = own->second;
  std::ranges::sort(own_values);
  return tidewaiter::usual_without(among.values, own_values);
}

}  // namespace tidewaiter
