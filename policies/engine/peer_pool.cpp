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
  groups_[group].push_back({&subject, value});
  ++size_;
}

const std::optional<Usual>& PeerPool::usual_without(std::int64_t group,
                                                    const SubjectWindows& subject) {
  const auto [asked, fresh] = asked_.try_emplace({group, &subject});
  if (!fresh) return asked->second;
  std::vector<double> values;
  std::size_t peers = 0;
  const SubjectWindows* last = nullptr;
  for (const Known& known : groups_[group]) {
    if (known.subject == &subject) continue;
    if (known.subject != last) ++peers;
    last = known.subject;
    values.push_back(known.value);
  }
  if (peers >= kLeastPeers) asked->second = usual_of(std::move(values));
  return asked->second;
}

}  // namespace tidewaiter
