#include "policies/engine/cluster_members.h"

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
  at(account).inputs.add(input);
}

void ClusterMembers::remove(std::uint32_t account, std::int64_t seq) {
  at(account).inputs.remove(seq);
}

void ClusterMembers::forget_before(std::int64_t pane) {
  for (Account& account : accounts_) account.inputs.forget_before(pane);
}

}  // namespace tidewaiter
