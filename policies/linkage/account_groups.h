#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "policies/linkage/block_vector.h"
#include "policies/linkage/held_values.h"
#include "policies/linkage/linkage.h"

namespace tidewaiter {

using GroupNumber = std::uint32_t;

/// Accounts, each in one group, and each group with the least of its accounts, which names it.
/// Notes who was renamed until somebody asks. An account that is alone, as most are, costs 4 bytes;
/// one that is not, 16 more, and its group 12. Names are those of the HeldValues that each call is
/// given. REQUIRES: fewer than 2^31 accounts. Not thread-safe: one thread at a time.
class AccountGroups {
 public:
  /// Makes a group for each account that has none yet.
  void extend(std::size_t accounts) {
    while (members_of_.size() < accounts) members_of_.push_back(kAlone);
  }

  [[nodiscard]] GroupNumber of(AccountNumber account) const {
    const MemberNumber member = members_of_[account];
    return member == kAlone ? account | kOfOne : members_[member].group;
  }
  [[nodiscard]] std::uint32_t size(GroupNumber group) const {
    return is_of_one(group) ? 1 : groups_[group].size;
  }
  /// The account that names it.
  [[nodiscard]] AccountNumber least(GroupNumber group) const {
    return is_of_one(group) ? group & ~kOfOne : groups_[group].least;
  }
  /// Calls `visit(AccountNumber)` for each account of the group.
  template <class Visit>
  void each_member(GroupNumber group, const Visit& visit) const {
    if (is_of_one(group)) return visit(least(group));
    MemberNumber at = groups_[group].first;
    for (std::uint32_t i = 0; i < groups_[group].size; ++i) {
      const MemberNumber next = members_[at].next;
      visit(members_[at].account);
      at = next;
    }
  }

  /// Makes one group of those of two accounts. Costs the accounts of the smaller one, and those
  /// that get another name.
  void join(AccountNumber a, AccountNumber b, const HeldValues& names);
  /// Gives each of these sets of a group's accounts a group of its own. Costs them, and the rest
  /// where it loses its name. REQUIRES: the sets have no account in common, none is empty, and some
  /// accounts are left.
  void part(GroupNumber group, const std::vector<std::vector<AccountNumber>>& parts,
            const HeldValues& names);
  /// The accounts that are in a group of another name than when this was asked last, in order.
  [[nodiscard]] std::vector<ClusterMove> take_moves(const HeldValues& names);

  template <class Archive>
  void serialize(Archive& archive) {
    archive(members_of_, members_, free_members_, groups_, free_, named_);
  }

 private:
  using MemberNumber = std::uint32_t;
  static constexpr MemberNumber kAlone = 0xFFFFFFFF;
  /// In the number of a group that an account is alone in: the rest is the account.
  static constexpr GroupNumber kOfOne = 0x80000000;

  [[nodiscard]] static bool is_of_one(GroupNumber group) { return (group & kOfOne) != 0; }

  /// An account among others. INVARIANT: the members of a group form a ring.
  struct Member {
    AccountNumber account = 0;
    GroupNumber group = 0;
    MemberNumber next = 0;
    MemberNumber last = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(account, group, next, last);
    }
  };
  struct Group {
    AccountNumber least = 0;
    MemberNumber first = 0;
    std::uint32_t size = 0;  ///< 0: the number is free; else 2 or more between calls

    template <class Archive>
    void serialize(Archive& archive) {
      archive(least, first, size);
    }
  };

  /// Gives a group, whose accounts bear the name `now` now, the name `least`.
  void rename(GroupNumber group, AccountNumber now, AccountNumber least);
  [[nodiscard]] GroupNumber free_group();
  /// The group of an account among others; one that is alone gets one to be so.
  GroupNumber open_group(AccountNumber account);
  /// A group of one account is none: it is alone.
  void close_if_of_one(GroupNumber group);
  void take_out(MemberNumber member);
  void put(MemberNumber member, GroupNumber group);

  BlockVector<MemberNumber> members_of_;  ///< by account: kAlone or its place in members_
  BlockVector<Member> members_;
  std::vector<MemberNumber> free_members_;
  BlockVector<Group> groups_;
  std::vector<GroupNumber> free_;
  std::vector<std::pair<AccountNumber, AccountNumber>> named_;  ///< who was renamed: by whom before
};

}  // namespace tidewaiter
