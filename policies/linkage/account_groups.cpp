#include "policies/linkage/account_groups.h"

#include <algorithm>

#include "policies/linkage/free_number.h"

namespace tidewaiter {

void AccountGroups::extend(std::size_t accounts) {
  while (members_.size() < accounts) {
    const auto account = static_cast<AccountNumber>(members_.size());
    members_.emplace_back();
    const GroupNumber own = free_group();
    put(account, own);
    groups_[own].least = account;
  }
}

GroupNumber AccountGroups::free_group() { return free_number(groups_, free_); }

void AccountGroups::put(AccountNumber account, GroupNumber number) {
  Group& group = groups_[number];
  Member& member = members_[account];
  member.group = number;
  if (group.size++ == 0) {
    group.first = member.next = member.last = account;
    return;
  }
  member.next = group.first;
  member.last = members_[group.first].last;
  members_[member.last].next = account;
  members_[group.first].last = account;
}

void AccountGroups::take_out(AccountNumber account) {
  const Member& member = members_[account];
  Group& group = groups_[member.group];
  members_[member.last].next = member.next;
  members_[member.next].last = member.last;
  if (group.first == account) group.first = member.next;
  --group.size;
}

void AccountGroups::rename(GroupNumber group, AccountNumber now, AccountNumber least) {
  groups_[group].least = least;
  if (least == now) return;
  each_member(group, [&](AccountNumber member) { named_.emplace_back(member, now); });
}

void AccountGroups::join(AccountNumber a, AccountNumber b, const HeldValues& names) {
  GroupNumber into = of(a);
  GroupNumber from = of(b);
  if (into == from) return;
  if (size(into) < size(from)) std::swap(into, from);
  const AccountNumber least = names.less(groups_[from].least, groups_[into].least)
                                  ? groups_[from].least
                                  : groups_[into].least;
  rename(into, groups_[into].least, least);
  rename(from, groups_[from].least, least);
  each_member(from, [&](AccountNumber member) { members_[member].group = into; });
  // Two rings become one: each is cut before its first member.
  const AccountNumber first = groups_[into].first;
  const AccountNumber second = groups_[from].first;
  const AccountNumber end = members_[first].last;
  members_[end].next = second;
  members_[first].last = members_[second].last;
  members_[members_[second].last].next = first;
  members_[second].last = end;
  groups_[into].size += groups_[from].size;
  groups_[from].size = 0;
  free_.push_back(from);
}

void AccountGroups::part(GroupNumber group, const std::vector<std::vector<AccountNumber>>& parts,
                         const HeldValues& names) {
  const AccountNumber named = least(group);
  const auto by_name = [&](AccountNumber a, AccountNumber b) { return names.less(a, b); };
  for (const std::vector<AccountNumber>& part : parts) {
    const GroupNumber own = free_group();
    for (const AccountNumber account : part) {
      take_out(account);
      put(account, own);
    }
    rename(own, named, *std::min_element(part.begin(), part.end(), by_name));
  }
  if (of(named) == group) return;
  AccountNumber left = groups_[group].first;
  each_member(group, [&](AccountNumber member) { left = std::min(left, member, by_name); });
  rename(group, named, left);
}

std::vector<ClusterMove> AccountGroups::take_moves(const HeldValues& names) {
  std::vector<ClusterMove> moves;
  if (named_.empty()) return moves;
  // Of each account the first name counts: it is the one from before.
  std::stable_sort(named_.begin(), named_.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto end = std::unique(named_.begin(), named_.end(),
                               [](const auto& a, const auto& b) { return a.first == b.first; });
  for (auto one = named_.begin(); one != end; ++one) {
    const AccountNumber now = least(of(one->first));
    if (now == one->second) continue;
    moves.push_back({names.name(one->first), names.name(one->second), names.name(now)});
  }
  named_.clear();
  std::sort(moves.begin(), moves.end());
  return moves;
}

}  // namespace tidewaiter
