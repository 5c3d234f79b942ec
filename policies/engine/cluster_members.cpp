#include "policies/engine/cluster_members.h"

#include <algorithm>

namespace tidewaiter {

ClusterMembers::Account& ClusterMembers::at(std::uint32_t account) {
  while (accounts_.size() <= account) {
    accounts_.push_back({static_cast<std::uint32_t>(accounts_.size()), 1, false, {}});
  }
  return accounts_[account];
}

void ClusterMembers::move(std::uint32_t account, std::uint32_t to) {
  --at(cluster_of(account)).named;
  ++at(to).named;
  at(account).cluster = to;
}

void ClusterMembers::add(std::uint32_t account, const Input& input) {
  Inputs& inputs = at(account).inputs;
  if (inputs.empty() || inputs.back().seq < input.seq) {
    inputs.push_back(input);
    return;
  }
  const auto place = std::ranges::lower_bound(inputs, input.seq, {}, &Input::seq);
  if (place->seq == input.seq) {
    *place = input;
  } else {
    inputs.insert(place, input);
  }
}

void ClusterMembers::remove(std::uint32_t account, std::int64_t seq) {
  Inputs& inputs = at(account).inputs;
  const auto place = std::ranges::lower_bound(inputs, seq, {}, &Input::seq);
  if (place != inputs.end() && place->seq == seq) inputs.erase(place);
}

void ClusterMembers::forget_before(std::int64_t pane) {
  for (Account& account : accounts_) {
    std::erase_if(account.inputs, [pane](const Input& input) { return input.pane < pane; });
  }
}

}  // namespace tidewaiter
