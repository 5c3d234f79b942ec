#include "policies/linkage/account_groups.h"

#include <algorithm>

#include "policies/linkage/free_number.h"

namespace tidewaiter {

GroupNumber AccountGroups::free_group() { return free_number(groups_, free_); }

GroupNumber AccountGroups::open_group(AccountNumber account) {
  if (members_of_[account] != kAlone) return members_[members_of_[account]].group;
  const MemberNumber member = free_number(members_, free_members_);
  members_[member].account = account;
  members_of_[account] = member;
  const GroupNumber own = free_group();
  put(member, own);
  groups_[own].least = account;
  return own;
}

void AccountGroups::close_if_of_one(GroupNumber number) {
  Group& group = groups_[number];
  if (group.size != 1) return;
  members_of_[members_[group.first].account] = kAlone;
  free_members_.push_back(group.first);
  group.size = 0;
  free_.push_back(number);
}

void AccountGroups::put(MemberNumber number, GroupNumber group_number) {
  Group& group = groups_[group_number];
  Member& member = members_[number];
  member.group = group_number;
  if (group.size++ == 0) {
    group.first = member.next = member.last = number;
    return;
  }
  member.next = group.first;
  member.last = members_[group.first].last;
  members_[member.last].next = number;
  members_[group.first].last = number;
}

void AccountGroups::take_out(MemberNumber number) {
  const Member& member = members_[number];
  Group& group = groups_[member.group];
  members_[member.last].next = member.next;
  members_[member.next].last = member.last;
  if (group.first == number) group.first = member.next;
  --group.size;
}

void AccountGroups::rename(GroupNumber group, AccountNumber now, AccountNumber least) {
  groups_[group].least = least;
  if (least == now) return;
  each_member(group, [&](AccountNumber member) { named_.emplace_back(member, now); });
}

void AccountGroups::join(AccountNumber a, AccountNumber b, const HeldValues& names) {
  if (of(a) == of(b)) return;
  GroupNumber into = open_group(a);
  GroupNumber from = open_group(b);
  if (size(into) < size(from)) std::swap(into, from);
  const AccountNumber least = names.less(groups_[from].least, groups_[into].least)
                                  ? groups_[from].least
                                  : groups_[into].least;
  rename(into, groups_[into].least, least);
  rename(from, groups_[from].least, least);
  each_member(from, [&](AccountNumber one) { members_[members_of_[one]].group = into; });
  // Two rings become one: each is cut before its first member.
  const MemberNumber first = groups_[into].first;
  const MemberNumber second = groups_[from].first;
  const MemberNumber end = members_[first].last;
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
      take_out(members_of_[account]);
      put(members_of_[account], own);
    }
    rename(own, named, *std::min_element(part.begin(), part.end(), by_name));
    close_if_of_one(own);
  }
  if (of(named) != group) {
    AccountNumber left = members_[groups_[group].first].account;
    each_member(group, [&](AccountNumber member) { left = std::min(left, member, by_name); });
    rename(group, named, left);
  }
  close_if_of_one(group);
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
